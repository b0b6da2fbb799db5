from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest

from resolvers.inputs import LotScope, MaterialLotScope, RecallScope
from tests.factory import (
    equipment_state_changed,
    event_voided,
    lot_created,
    lot_split,
    lots_merged,
    material_consumed,
    material_lot_received,
    packed,
    shipped,
)
from tests.resolvers.asking import context
from tests.resolvers.following import Follower, Line
from tests.resolvers.small_plant import small_plant
from twin.errors import NotFound
from twin.events.material import MaterialLotReceived
from twin.graph.session import Graph
from twin.queries.clocks import LIVE
from twin.queries.recall_impact import recall_impact
from twin.records.page import Cursor
from twin.records.recall import MaterialLotScope as MaterialLotSuspect
from twin.stream.client import Stream
from twin.vocabulary.states import FrameKind

PASTE = RecallScope(material_lot=MaterialLotScope(material_lot_id="PASTE-1"))


@pytest.fixture
async def line(empty_graph: Graph, stream: Stream) -> AsyncIterator[Line]:
    made = Line(empty_graph, stream)
    await made.project(
        material_lot_received(occurred_at="07:00", material_lot_id="PASTE-1"),
        lot_created(occurred_at="08:00", lot_id="LOT-1", quantity=100),
        lot_created(occurred_at="08:00", lot_id="LOT-2", quantity=50),
        material_consumed(event_id="used", occurred_at="08:30", lot_id="LOT-1", material_lot_id="PASTE-1"),
    )
    running = asyncio.create_task(made.hub.run())
    yield made
    running.cancel()
    await asyncio.wait((running,))


@pytest.fixture
def recall(line: Line, empty_graph: Graph) -> Any:
    def follow(scope: RecallScope = PASTE, after: Cursor | None = None) -> Follower:
        return Follower(line.hub.recall_impact(context(empty_graph), scope, after))

    return follow


def rows(lots: Any) -> list[tuple[str, int, int, int]]:
    return [(lot.lot_id, lot.low, lot.high, lot.quantity) for lot in lots]


def whole(frame: Any) -> list[tuple[str, int, int, int]]:
    return rows(frame.impact.exposure.lots)


def told(frame: Any) -> tuple[Any, ...]:
    why = None if frame.because is None else frame.because.event_id
    return rows(frame.added), rows(frame.removed), rows(frame.changed), why


async def test_a_late_event_lets_a_lot_join_with_its_reason(line: Line, recall: Any) -> None:
    follower = recall()
    first = await follower.next()
    assert (first.kind, first.seq, whole(first)) == (FrameKind.SNAPSHOT, 1, [("LOT-1", 100, 100, 100)])
    assert told(first) == ([], [], [], None)

    await line.tell(lot_created(occurred_at="09:30", lot_id="LOT-3", quantity=7))
    await line.tell(
        material_consumed(event_id="late", occurred_at="08:10", lot_id="LOT-2", material_lot_id="PASTE-1")
    )
    frame = await follower.next()

    assert (frame.kind, frame.seq) == (FrameKind.DELTA, 2)
    assert told(frame) == ([("LOT-2", 50, 50, 50)], [], [], "late")
    assert frame.because.type == "MaterialConsumed"
    assert whole(frame) == [("LOT-1", 100, 100, 100), ("LOT-2", 50, 50, 50)]
    assert (frame.impact.totals.lots, frame.impact.totals.low) == (2, 150)
    await follower.leave()
    assert line.hub.followers == 0


async def test_a_split_learned_late_shrinks_what_is_suspect(line: Line, recall: Any) -> None:
    follower = recall()
    await follower.next()
    await line.tell(
        lot_split(
            event_id="split",
            occurred_at="08:15",
            parent_lot_id="LOT-1",
            children=[{"lot_id": "LOT-1A", "quantity": 40}],
        )
    )
    frame = await follower.next()
    assert told(frame) == ([], [], [("LOT-1", 60, 60, 60)], "split")
    await follower.leave()


async def test_a_void_lets_a_lot_leave_with_its_reason(line: Line, recall: Any) -> None:
    follower = recall()
    await follower.next()
    await line.tell(event_voided(event_id="mistake", voided_event_id="used"))
    frame = await follower.next()
    assert (frame.kind, frame.seq) == (FrameKind.DELTA, 2)
    assert told(frame) == ([], [("LOT-1", 100, 100, 100)], [], "mistake")
    assert (frame.because.type, whole(frame)) == ("EventVoided", [])
    await follower.leave()


async def test_a_merge_carries_the_suspect_on_with_its_reason(line: Line, recall: Any) -> None:
    follower = recall()
    await follower.next()
    await line.tell(
        lots_merged(
            event_id="merge",
            occurred_at="09:00",
            into_lot_id="LOT-M",
            parents=[{"lot_id": "LOT-1", "quantity": 30}, {"lot_id": "LOT-2", "quantity": 50}],
        )
    )
    frame = await follower.next()
    assert told(frame) == ([("LOT-M", 30, 30, 80)], [], [("LOT-1", 70, 70, 70)], "merge")
    await follower.leave()


async def test_a_shipment_changes_where_the_suspects_are(line: Line, recall: Any) -> None:
    follower = recall()
    await follower.next()
    await line.tell(
        packed(event_id="packed", occurred_at="09:00", contents=[{"lot_id": "LOT-1", "quantity": 100}]),
        shipped(event_id="shipped", occurred_at="09:10"),
    )
    frame = await follower.next()
    assert told(frame) == ([], [], [("LOT-1", 100, 100, 100)], "shipped")
    assert [row.shipment_id for row in frame.impact.shipments] == ["SHIP-1"]
    await follower.leave()


async def test_what_changes_nothing_is_not_told(line: Line, recall: Any) -> None:
    follower = recall()
    await follower.next()
    await line.tell(equipment_state_changed(equipment_id="DB-01"))
    await line.tell(lot_created(occurred_at="09:00", lot_id="CLEAN", quantity=7))
    await line.tell(
        material_consumed(event_id="late", occurred_at="08:10", lot_id="LOT-2", material_lot_id="PASTE-1")
    )
    frame = await follower.next()
    assert (frame.seq, told(frame)) == (2, ([("LOT-2", 50, 50, 50)], [], [], "late"))
    await follower.leave()


async def test_a_scope_that_names_nothing_is_refused_at_once(recall: Any) -> None:
    with pytest.raises(NotFound) as refused:
        await recall(RecallScope(lot=LotScope(lot_id="NOBODY"))).next()
    assert refused.value.code == "thing.not_found"


async def test_a_suspect_that_is_taken_back_ends_the_subscription(line: Line, recall: Any) -> None:
    await line.tell(lot_created(event_id="wrong", occurred_at="08:00", lot_id="LOT-9", quantity=1))
    follower = recall(RecallScope(lot=LotScope(lot_id="LOT-9")))
    assert whole(await follower.next()) == [("LOT-9", 1, 1, 1)]
    await line.tell(event_voided(voided_event_id="wrong"))
    with pytest.raises(NotFound):
        await follower.next()
    assert line.hub.followers == 0


async def test_followers_of_one_scope_share_the_answer(line: Line, recall: Any) -> None:
    one, other = recall(), recall()
    assert (await one.next()).impact is (await other.next()).impact
    await line.tell(event_voided(event_id="mistake", voided_event_id="used"))
    frames = [await one.next(), await other.next()]
    assert frames[0].impact is frames[1].impact
    assert [told(frame)[3] for frame in frames] == ["mistake", "mistake"]
    await one.leave()
    await line.tell(
        material_consumed(event_id="late", occurred_at="08:10", lot_id="LOT-2", material_lot_id="PASTE-1")
    )
    assert told(await other.next()) == ([("LOT-2", 50, 50, 50)], [], [], "late")
    await other.leave()


async def test_a_follower_who_looks_away_is_told_the_difference_to_what_it_saw(
    line: Line, recall: Any
) -> None:
    slow, quick = recall(), recall()
    await slow.next()
    await quick.next()
    await line.tell(event_voided(event_id="mistake", voided_event_id="used"))
    await quick.next()
    await line.tell(
        material_consumed(event_id="late", occurred_at="08:10", lot_id="LOT-2", material_lot_id="PASTE-1")
    )
    await quick.next()
    frame = await slow.next()
    assert (frame.kind, frame.seq) == (FrameKind.DELTA, 2)
    assert told(frame) == ([("LOT-2", 50, 50, 50)], [("LOT-1", 100, 100, 100)], [], "late")
    assert line.hub.conflated == 1
    await slow.leave()
    await quick.leave()


async def test_the_frames_add_up_to_the_answer_that_a_question_gets(
    line: Line, recall: Any, empty_graph: Graph
) -> None:
    follower = recall()
    lots = {lot.lot_id: lot for lot in (await follower.next()).impact.exposure.lots}
    events = [event for event in small_plant() if not isinstance(event.fact, MaterialLotReceived)]
    Random(7).shuffle(events)
    for event in events:
        await line.tell(event)
    asked = await recall_impact(empty_graph, MaterialLotSuspect("PASTE-1"), LIVE)
    expected = {lot.lot_id: lot for lot in asked.lots}
    assert sorted(expected) == ["LOT-1", "LOT-1A"]
    while lots != expected:
        frame = await follower.next()
        assert frame.kind is FrameKind.DELTA
        assert not {lot.lot_id for lot in frame.added} & lots.keys()
        assert {lot.lot_id for lot in (*frame.removed, *frame.changed)} <= lots.keys()
        for lot in frame.removed:
            del lots[lot.lot_id]
        lots |= {lot.lot_id: lot.row for lot in (*frame.added, *frame.changed)}
        assert tuple(lots[lot_id] for lot_id in sorted(lots)) == frame.impact.exposure.lots
    await follower.leave()


async def test_a_cursor_resumes_when_nothing_changed_and_resyncs_otherwise(line: Line, recall: Any) -> None:
    follower = recall()
    cursor = (await follower.next()).cursor
    await follower.leave()
    await line.tell(lot_created(occurred_at="09:00", lot_id="CLEAN", quantity=7))
    resumed = recall(after=cursor)
    frame = await resumed.next()
    assert (frame.kind, frame.seq, frame.impact, told(frame)) == (
        FrameKind.HEARTBEAT,
        1,
        None,
        ([], [], [], None),
    )
    await resumed.leave()
    await line.tell(event_voided(voided_event_id="used"))
    again = recall(after=cursor)
    frame = await again.next()
    assert (frame.kind, frame.seq, whole(frame)) == (FrameKind.RESYNC, 1, [])
    await again.leave()
