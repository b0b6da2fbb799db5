from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.factory import (
    alarm_acknowledged,
    alarm_cleared,
    alarm_escalated,
    alarm_set,
    equipment_registered,
    lot_created,
    lot_held,
    lot_tracked_in,
)
from tests.resolvers.following import NOBODY, Follower, Line
from twin.graph.session import Graph
from twin.stream.client import Stream
from twin.vocabulary.states import FrameKind


@pytest.fixture
async def line(empty_graph: Graph, stream: Stream) -> AsyncIterator[Line]:
    made = Line(empty_graph, stream)
    await made.project(
        equipment_registered(equipment_id="DB-01", line_id="L1"),
        equipment_registered(equipment_id="DB-02", line_id="L1"),
        equipment_registered(equipment_id="WB-01", line_id="L2"),
    )
    running = asyncio.create_task(made.hub.run())
    yield made
    running.cancel()
    await asyncio.wait((running,))


async def test_alarms_are_told_from_their_level_on(line: Line) -> None:
    await line.tell(alarm_set(alarm_id="A-0", equipment_id="WB-01"))
    everything = Follower(line.hub.alarm_events(NOBODY, "L1", None, None))
    serious = Follower(line.hub.alarm_events(NOBODY, None, 2, None))
    assert [(await everything.next()).alarms, (await serious.next()).alarms] == [(), ()]

    await line.tell(alarm_set(alarm_id="A-1", equipment_id="DB-01"))
    await line.tell(alarm_escalated(alarm_id="A-1", level=2))
    await line.tell(alarm_acknowledged(alarm_id="A-1"))
    await line.tell(alarm_cleared(alarm_id="A-1", equipment_id="DB-01"))

    levels = [(await everything.next()).alarms[0] for _ in range(4)]
    assert [(alarm.alarm_id, alarm.level, alarm.cleared_at is None) for alarm in levels] == [
        ("A-1", 1, True),
        ("A-1", 2, True),
        ("A-1", 2, True),
        ("A-1", 2, False),
    ]
    assert [(await serious.next()).alarms[0].level for _ in range(3)] == [2, 2, 2]
    await everything.leave()
    await serious.leave()


async def test_an_escalation_is_told_with_its_machine(line: Line) -> None:
    await line.tell(alarm_set(alarm_id="A-1", equipment_id="DB-01"))
    follower = Follower(line.hub.equipment_states(NOBODY, None, None, None))
    await follower.next()
    await line.tell(alarm_escalated(alarm_id="A-1", level=2))
    assert [machine.equipment_id for machine in (await follower.next()).equipments] == ["DB-01"]
    await follower.leave()


async def test_a_lots_story_is_one_frame_an_event(line: Line) -> None:
    follower = Follower(line.hub.lot_events(NOBODY, "LOT-1", None))
    first = await follower.next()
    assert (first.kind, first.lot, first.event) == (FrameKind.SNAPSHOT, None, None)

    await line.tell(lot_created(event_id="made", lot_id="LOT-1"), lot_created(lot_id="LOT-2"))
    await line.tell(lot_tracked_in(event_id="in", lot_id="LOT-1"), lot_held(event_id="held", lot_id="LOT-1"))

    frames = [await follower.next() for _ in range(3)]
    assert [(frame.event.event_id, frame.lot.lot_id, frame.seq) for frame in frames] == [
        ("made", "LOT-1", 2),
        ("in", "LOT-1", 3),
        ("held", "LOT-1", 4),
    ]
    resumed = Follower(line.hub.lot_events(NOBODY, "LOT-1", frames[1].cursor))
    assert [(await resumed.next()).event.event_id for _ in range(2)] == ["in", "held"]
    await follower.leave()
    await resumed.leave()


async def test_an_event_told_twice_is_one_frame(line: Line) -> None:
    follower = Follower(line.hub.lot_events(NOBODY, "LOT-1", None))
    await follower.next()
    change = await line.project(lot_created(event_id="made", lot_id="LOT-1"))
    await line.feed.publish(change)
    await line.feed.publish(change)
    await line.tell(lot_held(event_id="held", lot_id="LOT-1"))
    assert [(await follower.next()).event.event_id for _ in range(2)] == ["made", "held"]
    await follower.leave()
