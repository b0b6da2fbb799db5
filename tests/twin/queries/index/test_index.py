from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random

import pytest
from msgspec.structs import replace

from tests.factory import (
    START,
    event_voided,
    lot_created,
    lot_split,
    material_consumed,
    material_defined,
    material_lot_received,
    order_received,
    packed,
    shipped,
    units_identified,
)
from tests.oracle.lot_plants import lot_plant
from tests.oracle.questions import Asking
from tests.resolvers.following import Line
from tests.twin.queries.index.books import differences
from twin.errors import NotFound
from twin.events.naming import named
from twin.graph.session import Graph
from twin.queries.clocks import LIVE, Clocks
from twin.queries.index.checking import Mistaken
from twin.queries.index.index import LineageIndex
from twin.queries.recall_estimate import recall_estimate
from twin.queries.recall_impact import recall_impact
from twin.records.recall import Exposure, LotScope, MaterialLotScope, RecallScope
from twin.stream.client import Stream
from twin.vocabulary.instants import Instant

PASTE = MaterialLotScope("PASTE-1")
PLENTY = 1 << 30


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, the index has read what it was told before it is passed over."""
    monkeypatch.setattr("twin.queries.index.index._BEHIND_S", 60.0)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not is_so():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(line: Line, graph: Graph, most_bytes: int = PLENTY) -> AsyncIterator[LineageIndex]:
    index = LineageIndex(graph, line.feed, most_bytes)
    work = asyncio.create_task(index.run())
    try:
        yield index
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def answers(graph: Graph, index: LineageIndex, scope: RecallScope) -> tuple[Exposure | str, ...]:
    """By the graph, and by the index; it must have been the index."""
    try:
        by_graph: Exposure | str = await recall_impact(graph, scope, LIVE)
    except NotFound:
        by_graph = "not found"
    try:
        found = await index.exposure(scope, LIVE)
    except NotFound:
        return by_graph, "not found"
    assert found is not None
    return by_graph, found


@pytest.fixture
async def line(empty_graph: Graph, stream: Stream) -> Line:
    made = Line(empty_graph, stream)
    await made.project(
        material_lot_received(occurred_at="07:00", material_lot_id="PASTE-1"),
        lot_created(occurred_at="08:00", lot_id="LOT-1", quantity=100),
        lot_created(occurred_at="08:00", lot_id="LOT-2", quantity=50),
        material_consumed(event_id="used", occurred_at="08:30", lot_id="LOT-1", material_lot_id="PASTE-1"),
        units_identified(
            event_id="named",
            occurred_at="08:10",
            lot_id="LOT-2",
            units=[{"unit_id": "U1"}, {"unit_id": "U2"}],
        ),
    )
    return made


async def test_a_warm_index_answers_as_the_graph_does(line: Line, empty_graph: Graph) -> None:
    async with running(line, empty_graph) as index:
        assert await index.exposure(PASTE, LIVE) is None
        await until(lambda: index.is_warm)
        by_graph, by_index = await answers(empty_graph, index, PASTE)
        assert differences(by_graph, by_index) is None
        assert isinstance(by_index, Exposure)
        assert [row.lot_id for row in by_index.lots] == ["LOT-1"]
        assert (index.answered, index.lots, index.size_bytes > 0) == (1, 2, True)
        _, again = await answers(empty_graph, index, PASTE)
        assert differences(by_graph, again) is None
        assert (index.answered, index.repeated) == (2, 1)
        assert await index.check() == 2


async def test_the_lots_reached_are_counted_before_anything_is_reckoned(
    line: Line, empty_graph: Graph
) -> None:
    children = [{"lot_id": "LOT-8", "quantity": 10}, {"lot_id": "LOT-9", "quantity": 30}]
    await line.project(lot_split(occurred_at="08:40", parent_lot_id="LOT-1", children=children))
    async with running(line, empty_graph) as index:
        assert await index.reach(PASTE) is None
        await until(lambda: index.is_warm)
        found = await index.reach(PASTE)
        assert found is not None
        assert (found.lots, found.material_lots) == (3, 1)
        await line.tell(material_consumed(occurred_at="09:00", lot_id="LOT-7", material_lot_id="PASTE-1"))
        assert await recall_estimate(empty_graph, PASTE, index) == await recall_estimate(empty_graph, PASTE)
        assert (await recall_estimate(empty_graph, PASTE, index)).lots == 4


async def test_estimates_of_random_plants_told_event_by_event_are_alike(
    empty_graph: Graph, stream: Stream
) -> None:
    events = [replace(event, recorded_at=Instant(START + event.recorded_at)) for event in lot_plant(30)]
    Random(8).shuffle(events)
    keys = {name for event in events for name in named(event.fact)}
    scopes: list[RecallScope] = [LotScope(key) for label, key in sorted(keys) if label == "Lot"]
    scopes += [MaterialLotScope(key) for label, key in sorted(keys) if label == "MaterialLot"]
    made = Line(empty_graph, stream)
    answered = 0
    async with running(made, empty_graph) as index:
        await until(lambda: index.is_warm)
        for place in range(0, len(events), 4):
            await made.tell(*events[place : place + 4])
            for scope in scopes:
                reach = await index.reach(scope)
                answered += reach is not None
                if reach is not None:
                    by_graph = await recall_estimate(empty_graph, scope)
                    assert (by_graph.lots, by_graph.material_lots, by_graph.events) == reach[:3], scope
    assert answered > 100


async def test_late_events_voids_and_new_things_are_in_the_next_answer(
    line: Line, empty_graph: Graph
) -> None:
    late = [
        material_consumed(event_id="late", occurred_at="08:05", lot_id="LOT-2", material_lot_id="PASTE-1"),
        lot_split(occurred_at="08:40", parent_lot_id="LOT-1", children=[{"lot_id": "LOT-9", "quantity": 30}]),
        packed(occurred_at="09:00", container_id="BOX", contents=[{"lot_id": "LOT-9", "quantity": 10}]),
        shipped(occurred_at="09:30", shipment_id="S-1", contents=[{"container_id": "BOX"}]),
        packed(event_id="unit", occurred_at="09:10", container_id="TRAY", contents=[{"unit_id": "U1"}]),
        event_voided(occurred_at="10:00", voided_event_id="unit"),
        event_voided(occurred_at="10:00", voided_event_id="used"),
    ]
    reached = []
    async with running(line, empty_graph) as index:
        await until(lambda: index.is_warm)
        for event in late:
            await line.tell(event)
            by_graph = await recall_impact(empty_graph, PASTE, LIVE)
            by_index = await recall_impact(empty_graph, PASTE, LIVE, index)
            assert differences(by_graph, by_index) is None, event.type
            reached.append([row.lot_id for row in by_index.lots])
    assert reached == [
        ["LOT-1", "LOT-2"],
        *[["LOT-1", "LOT-2", "LOT-9"]] * 5,
        ["LOT-2"],
    ]


async def test_what_only_the_graph_can_tell_is_left_to_the_graph(line: Line, empty_graph: Graph) -> None:
    async with running(line, empty_graph) as index:
        await until(lambda: index.is_warm)
        assert await index.exposure(PASTE, Clocks(as_of=Instant(START))) is None
        assert await index.exposure(LotScope("LOT-2"), LIVE) is not None
        await line.tell(packed(occurred_at="09:00", container_id="TRAY", contents=[{"unit_id": "U1"}]))
        assert await index.exposure(LotScope("LOT-2"), LIVE) is None
        with pytest.raises(NotFound):
            await index.exposure(LotScope("mistyped"), LIVE)


async def test_an_index_behind_the_graph_lets_the_graph_answer(
    line: Line, empty_graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(line, empty_graph) as index:
        await until(lambda: index.is_warm)
        untold = await line.project(lot_created(occurred_at="11:00", lot_id="LOT-7", quantity=5))
        monkeypatch.setattr("twin.queries.index.index._BEHIND_S", 0.05)
        assert await index.exposure(PASTE, LIVE) is None
        assert index.bypassed == 1
        monkeypatch.setattr("twin.queries.index.index._BEHIND_S", 60.0)
        await line.feed.publish(untold)
        assert await index.exposure(PASTE, LIVE) is not None


async def test_definitions_that_are_ahead_of_the_lines_let_the_graph_answer(
    line: Line, empty_graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(line, empty_graph) as index:
        await until(lambda: index.is_warm)
        told = await line.project(
            material_defined(event_id="defined", occurred_at="06:00", material_id="M-1")
        )
        await line.feed.publish(told)
        assert await index.reaches(told.positions)
        untold = await line.project(
            material_defined(event_id="again", occurred_at="06:30", material_id="M-2"),
            material_consumed(event_id="new", occurred_at="09:00", lot_id="LOT-2", material_lot_id="PASTE-1"),
        )
        monkeypatch.setattr("twin.queries.index.index._BEHIND_S", 0.05)
        assert await index.exposure(PASTE, LIVE, told.positions) is None
        monkeypatch.setattr("twin.queries.index.index._BEHIND_S", 60.0)
        await line.feed.publish(untold)
        assert differences(*await answers(empty_graph, index, PASTE)) is None


async def test_what_is_out_of_date_is_read_anew_before_anybody_asks(line: Line, empty_graph: Graph) -> None:
    async with running(line, empty_graph) as index:
        await until(lambda: index.is_warm)
        await line.tell(
            order_received(event_id="order", occurred_at="05:00", order_id="O-1"),
            lot_created(occurred_at="05:30", lot_id="LOT-5", quantity=5, order_id="O-1"),
        )
        hints = await index.hints()
        assert hints is not None
        await until(lambda: hints.received("O-1") is not None and index.stale == 0)


async def test_an_index_that_is_wrong_is_found_out_and_built_anew(line: Line, empty_graph: Graph) -> None:
    async with running(line, empty_graph) as index:
        await until(lambda: index.is_warm)
        await line.project(
            lot_split(
                occurred_at="09:00", parent_lot_id="LOT-1", children=[{"lot_id": "LOT-9", "quantity": 30}]
            )
        )
        await line.feed.publish(await line.project(lot_created(occurred_at="11:00", lot_id="LOT-7")))
        await until(lambda: index.lots == 3)
        with pytest.raises(Mistaken):
            await index.check(100)


async def test_an_index_too_large_for_its_bound_stays_off(line: Line, empty_graph: Graph) -> None:
    async with running(line, empty_graph, most_bytes=100) as index:
        await until(lambda: index.is_off)
        assert not index.is_warm
        assert await index.exposure(PASTE, LIVE) is None


async def test_random_plants_told_event_by_event_are_answered_alike(
    empty_graph: Graph, stream: Stream
) -> None:
    events = [replace(event, recorded_at=Instant(START + event.recorded_at)) for event in lot_plant(30)]
    Random(7).shuffle(events)
    scopes = [scope for scope, as_of, known in Asking(events, 30).asked(400) if not (as_of or known)]
    made = Line(empty_graph, stream)
    answered = 0
    before: list[RecallScope] = []
    async with running(made, empty_graph) as index:
        await until(lambda: index.is_warm)
        for place in range(0, len(events), 8):
            await made.tell(*events[place : place + 8])
            fresh = scopes[place // 8 :: 6]
            for scope in [*before, *fresh, *fresh[:2]]:
                try:
                    by_graph: Exposure | str = await recall_impact(empty_graph, scope, LIVE)
                except NotFound:
                    by_graph = "not found"
                try:
                    found: Exposure | str | None = await index.exposure(scope, LIVE)
                except NotFound:
                    found = "not found"
                if found is not None:
                    answered += 1
                    assert differences(by_graph, found) is None, scope
            before = fresh[:2]
        assert index.repeated > 0
    assert answered > 10
