from __future__ import annotations

from typing import Any

import pytest

from tests import factory
from tests.twin.projection.arrivals import one, project
from twin.events.event import Event
from twin.graph.session import Graph

MACHINE = "MATCH (one:Equipment {equipment_id: 'DB-01'}) RETURN one AS thing"
PASTE = "MATCH (one:MaterialLot {material_lot_id: 'PASTE-1'}) RETURN one AS thing"
TOO_EARLY = "MATCH (one:Finding {finding_id: 'consumption.not_usable_yet:PASTE-1'}) RETURN one AS thing"
EXPIRED = "MATCH (one:Finding {finding_id: 'consumption.expired:PASTE-1'}) RETURN one AS thing"
LAST = 130
"""More events than the first page that is read back."""


async def thing(graph: Graph, statement: str) -> dict[str, Any]:
    row = await one(graph, statement)
    assert isinstance(row["thing"], dict)
    return row["thing"]


def reports(states: list[str], apart: int = 1) -> list[Event]:
    return [
        factory.equipment_state_changed(
            event_id=f"r{number:03d}", state=state, occurred_at=factory.START + apart * number
        )
        for number, state in enumerate(states)
    ]


def void(*events: Event) -> list[Event]:
    return [
        factory.event_voided(event_id=f"void {event.event_id}", voided_event_id=event.event_id)
        for event in events
    ]


@pytest.mark.parametrize("apart", [1, 0], ids=["one after the other", "all at once"])
async def test_a_machine_whose_latest_report_is_voided_is_in_its_state_since_it_first_told_it(
    empty_graph: Graph, apart: int
) -> None:
    told = reports(["STANDBY", *["PRODUCTIVE"] * LAST, "UNSCHEDULED_DOWN"], apart)
    await project(empty_graph, *told)

    await project(empty_graph, *void(told[-1]))

    machine = await thing(empty_graph, MACHINE)
    assert (machine["state"], machine["state_since"]) == ("PRODUCTIVE", factory.START + apart)
    assert (machine["revision"], machine["updated_at"]) == (LAST + 1, factory.START + apart * LAST)


async def test_what_is_voided_together_with_later_news_ends_as_if_it_had_never_been(
    empty_graph: Graph,
) -> None:
    told = reports(["PRODUCTIVE", "STANDBY"] * (LAST // 2))
    news = factory.equipment_state_changed(event_id="new", state="STANDBY", occurred_at=factory.START + LAST)
    await project(empty_graph, *told)
    await project(empty_graph, *void(*told[-3:]), news)
    expected = await thing(empty_graph, MACHINE)

    await project(empty_graph, *void(news))
    await project(empty_graph, news)

    machine = await thing(empty_graph, MACHINE)
    assert (expected["state"], expected["state_since"]) == ("STANDBY", factory.START + LAST)
    assert (machine["state"], machine["state_since"]) == ("PRODUCTIVE", factory.START + LAST - 4)
    assert machine["revision"] == LAST - 3


async def test_a_use_that_is_voided_leaves_the_use_before_it(empty_graph: Graph) -> None:
    got = factory.material_lot_received(
        occurred_at=factory.START - 1, quantity=200, unit="G", expires_at=f"{factory.DAY}12:00:00Z"
    )
    uses = [
        factory.material_consumed(
            event_id=f"u{number:03d}", occurred_at=factory.START + number, quantity=1.5, unit="G"
        )
        for number in range(LAST)
    ]
    late = factory.material_consumed(event_id="late", occurred_at="12:01", quantity=3, unit="G")
    await project(empty_graph, got, *uses)
    await project(empty_graph, late)
    assert (await thing(empty_graph, PASTE))["remaining_quantity"] == 2.0
    assert (await thing(empty_graph, EXPIRED)).get("resolved_at") is None

    await project(empty_graph, *void(late))

    paste = await thing(empty_graph, PASTE)
    assert (paste["remaining_quantity"], paste["updated_at"]) == (5.0, factory.START + LAST - 1)
    assert (await thing(empty_graph, EXPIRED))["resolved_at"] is not None


async def test_a_late_thawing_that_comes_with_the_void_of_the_last_use_finds_the_first_use_after_it(
    empty_graph: Graph,
) -> None:
    def used(at: str) -> Event:
        return factory.material_consumed(event_id=f"used {at}", occurred_at=at)

    def thawed(at: str, usable_from: str) -> Event:
        start, end = f"{factory.DAY}{usable_from}:00Z", f"{factory.DAY}23:00:00Z"
        return factory.material_thawed(
            event_id=f"thawed {at}", occurred_at=at, usable_from=start, usable_until=end
        )

    last = used("09:00")
    await project(empty_graph, thawed("06:00", "06:30"), used("07:00"), used("08:15"), used("08:45"), last)

    await project(empty_graph, *void(last), used("07:30"), thawed("08:00", "08:30"))

    assert (await thing(empty_graph, TOO_EARLY)).get("resolved_at") is None
