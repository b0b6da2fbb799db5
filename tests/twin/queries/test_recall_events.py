from __future__ import annotations

import tests.factory as f
from tests.twin.projection.arrivals import project
from twin.events.event import Event
from twin.graph.session import Graph
from twin.lineage.exposure import exposure
from twin.queries.clocks import LIVE
from twin.queries.recall_impact import recall_events
from twin.queries.recall_watch import watched_recall
from twin.records.recall import MaterialLotScope

PASTE = MaterialLotScope("PASTE-1")


def lot_with_dies(*, wafer_of: str | None = None) -> list[Event]:
    """A lot that used the paste, on a strip with dies of a wafer that went onto another strip, too."""
    return [
        f.material_lot_received(occurred_at="08:00", event_id="received"),
        f.substrate_registered(occurred_at="08:01", event_id="wafer", material_lot_id=wafer_of),
        f.lot_created(occurred_at="08:10", event_id="created", quantity=3),
        f.substrate_registered(
            occurred_at="08:11", event_id="strip", substrate_id="STRIP-1", kind="STRIP", lot_id="LOT-1"
        ),
        f.units_identified(
            occurred_at="08:12",
            event_id="identified",
            substrate_id="STRIP-1",
            units=[{"unit_id": f"UNIT-{number}", "x": number, "y": 0} for number in range(3)],
        ),
        f.dies_transferred(
            occurred_at="08:13", event_id="mine", transfers=[["WAFER-1", 0, 0, 0, 0]], lot_id="LOT-1"
        ),
        f.dies_transferred(
            occurred_at="08:14",
            event_id="others",
            to_substrate_id="STRIP-9",
            transfers=[["WAFER-1", 0, 0, 0, 0]],
        ),
        f.material_consumed(occurred_at="08:20", event_id="consumed"),
    ]


async def fetched(graph: Graph, *, with_origins: bool = False) -> set[str]:
    return {event.event_id for event in await recall_events(graph, PASTE, LIVE, with_origins=with_origins)}


async def test_what_names_one_of_many_units_alone_is_found(empty_graph: Graph) -> None:
    parts = [{"unit_id": "UNIT-2"}]
    built = f.units_assembled(occurred_at="09:00", event_id="built", lot_id="LOT-9", components=parts)
    tested = f.test_results_recorded(occurred_at="09:10", event_id="tested")
    module = f.lot_created(occurred_at="08:50", event_id="module", lot_id="LOT-9", quantity=1)
    await project(empty_graph, *lot_with_dies(), module, built, tested)
    assert await fetched(empty_graph) >= {"identified", "built", "module", "tested"}
    events = await recall_events(empty_graph, PASTE, LIVE)
    assert [(lot.lot_id, lot.low, lot.high) for lot in exposure(events, PASTE).lots] == [
        ("LOT-1", 3, 3),
        ("LOT-9", 1, 1),
    ]


async def test_what_was_voided_about_one_of_many_units_is_left_out(empty_graph: Graph) -> None:
    parts = [{"unit_id": "UNIT-2"}]
    built = f.units_assembled(occurred_at="09:00", event_id="built", lot_id="LOT-9", components=parts)
    voided = f.event_voided(occurred_at="09:30", event_id="void", voided_event_id="built")
    await project(empty_graph, *lot_with_dies(), built, voided)
    assert "built" not in await fetched(empty_graph)


async def test_where_dies_came_from_is_not_asked_when_none_can_be_a_suspect(empty_graph: Graph) -> None:
    await project(empty_graph, *lot_with_dies(wafer_of="WAFERS-1"))
    few = await fetched(empty_graph)
    assert {"strip", "mine", "identified"} <= few
    assert not {"wafer", "others"} & few
    assert {"wafer", "others"} <= await fetched(empty_graph, with_origins=True)


async def test_where_dies_came_from_is_asked_when_the_suspect_became_wafers(empty_graph: Graph) -> None:
    await project(empty_graph, *lot_with_dies(wafer_of="PASTE-1"))
    assert {"wafer", "others"} <= await fetched(empty_graph)
    events = await recall_events(empty_graph, PASTE, LIVE)
    assert "die.used_twice" in {finding.code for finding in exposure(events, PASTE).findings}


async def test_a_recall_waits_for_what_names_one_of_many_units_alone(empty_graph: Graph) -> None:
    await project(empty_graph, *lot_with_dies())
    _, watch = await watched_recall(empty_graph, PASTE, LIVE)
    assert watch.is_touched("Packed", [("Container", "REEL-9"), ("Unit", "UNIT-1")])
    assert not watch.is_touched("Packed", [("Container", "REEL-9"), ("Unit", "UNIT-9")])
