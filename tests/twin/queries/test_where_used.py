from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.factory import (
    START,
    event_voided,
    lot_created,
    lot_split,
    lots_merged,
    material_consumed,
    material_lot_received,
    material_mixed,
    packed,
    shipped,
    units_assembled,
)
from tests.resolvers.following import Line
from twin.errors import Refused
from twin.events.event import Event
from twin.graph.session import Graph
from twin.queries.clocks import LIVE, Clocks
from twin.queries.index.index import LineageIndex
from twin.queries.where_used import where_used
from twin.records.material import Use
from twin.stream.change_feed import Change
from twin.stream.client import Stream
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind

PASTE = Thing(ThingKind.MATERIAL_LOT, "PASTE-1")
LOT = Thing(ThingKind.LOT, "LOT-1")
SOME = [{"lot_id": "LOT-1", "quantity": 20}]
INPUTS = [{"material_lot_id": "PASTE-1", "quantity": 2.5, "unit": "G"}]


@pytest.fixture
async def line(empty_graph: Graph, stream: Stream) -> Line:
    made = Line(empty_graph, stream)
    await made.project(
        material_lot_received(occurred_at="07:00", material_lot_id="PASTE-1"),
        material_mixed(event_id="mixed", occurred_at="07:30", material_lot_id="MIX-1", inputs=INPUTS),
        lot_created(occurred_at="08:00", lot_id="LOT-1", quantity=100),
        material_consumed(event_id="used", occurred_at="08:30", lot_id="LOT-1", material_lot_id="PASTE-1"),
        lot_split(
            event_id="split",
            occurred_at="09:00",
            parent_lot_id="LOT-1",
            children=[{"lot_id": "LOT-2", "quantity": 30}, {"lot_id": "LOT-3", "quantity": 0}],
        ),
        packed(
            event_id="boxed",
            occurred_at="09:10",
            container_id="BOX",
            contents=SOME,
        ),
    )
    return made


@pytest.fixture
async def index(line: Line, empty_graph: Graph) -> AsyncIterator[LineageIndex]:
    made = LineageIndex(empty_graph, line.feed, 1 << 30)
    work = asyncio.create_task(made.run())
    async with asyncio.timeout(60):
        while not made.is_warm:
            await asyncio.sleep(0.01)
    yield made
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def heard(line: Line, index: LineageIndex, change: Change) -> None:
    await line.feed.publish(change)
    async with asyncio.timeout(60):
        while any(index.positions.get(place, 0) < seq for place, seq in change.positions.items()):
            await asyncio.sleep(0.01)


async def told(line: Line, index: LineageIndex, *events: Event) -> None:
    await heard(line, index, await line.project(*events))


async def told_by(graph: Graph, index: LineageIndex, thing: Thing) -> list[str]:
    """Which events say where the thing was used: by the index, and the same by the graph."""
    before = index.answered
    found: tuple[Use, ...] = await where_used(graph, thing, LIVE, index)
    assert index.answered == before + 1
    assert found == await where_used(graph, thing, LIVE)
    return [use.event_id for use in found]


async def test_a_warm_index_knows_what_lots_and_material_lots_went_into(
    empty_graph: Graph, index: LineageIndex
) -> None:
    assert await told_by(empty_graph, index, PASTE) == ["mixed", "used"]
    assert await told_by(empty_graph, index, LOT) == ["split", "split", "boxed"]


async def test_uses_told_late_or_taken_back_are_in_the_next_answer(
    line: Line, empty_graph: Graph, index: LineageIndex
) -> None:
    parents = [{"lot_id": "LOT-1", "quantity": 10}]
    await told(
        line,
        index,
        material_consumed(event_id="late", occurred_at="08:10", lot_id="LOT-2", material_lot_id="PASTE-1"),
        units_assembled(
            event_id="built",
            occurred_at="10:00",
            unit_id="M-1",
            lot_id="LOT-2",
            components=[{"material_lot_id": "PASTE-1"}],
        ),
        lots_merged(event_id="merged", occurred_at="09:30", into_lot_id="LOT-9", parents=parents),
        shipped(
            event_id="gone",
            occurred_at="09:40",
            shipment_id="S-1",
            contents=SOME,
        ),
    )
    assert await told_by(empty_graph, index, PASTE) == ["mixed", "late", "used", "built"]
    assert await told_by(empty_graph, index, LOT) == ["split", "split", "boxed", "merged", "gone"]
    await told(line, index, event_voided(occurred_at="11:00", voided_event_id="used"))
    await told(line, index, event_voided(occurred_at="11:00", voided_event_id="boxed"))
    assert await told_by(empty_graph, index, PASTE) == ["mixed", "late", "built"]
    assert await told_by(empty_graph, index, LOT) == ["split", "split", "merged", "gone"]


async def test_the_graph_is_asked_about_all_else(empty_graph: Graph, index: LineageIndex) -> None:
    box, nobody = Thing(ThingKind.CONTAINER, "BOX"), Thing(ThingKind.LOT, "LOT-8")
    earlier = Clocks(as_of=Instant(START))
    assert await index.used(box, LIVE) is None
    assert await index.used(nobody, LIVE) is None
    assert await index.used(LOT, earlier) is None
    assert await where_used(empty_graph, nobody, LIVE, index) == ()
    assert [use.event_id for use in await where_used(empty_graph, PASTE, earlier, index)] == ["mixed"]
    with pytest.raises(Refused):
        await where_used(empty_graph, Thing(ThingKind.CUSTOMER, "C"), LIVE, index)


async def test_an_index_behind_the_graph_is_passed_over(
    line: Line, empty_graph: Graph, index: LineageIndex
) -> None:
    used = material_consumed(event_id="new", occurred_at="08:40", lot_id="LOT-2", material_lot_id="PASTE-1")
    untold = await line.project(used)
    assert await index.used(PASTE, LIVE) is None
    assert [use.event_id for use in await where_used(empty_graph, PASTE, LIVE, index)][-1] == "new"
    await heard(line, index, untold)
    assert await told_by(empty_graph, index, PASTE) == ["mixed", "used", "new"]
