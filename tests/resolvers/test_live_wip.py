from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest

from tests.factory import (
    equipment_registered,
    equipment_state_changed,
    event_voided,
    lot_created,
    lot_held,
    lot_tracked_in,
    parameters_sampled,
)
from tests.resolvers.following import NOBODY, Follower, Line
from twin.errors import Refused
from twin.graph.session import Graph
from twin.records.page import Cursor
from twin.stream.client import Stream
from twin.vocabulary.states import FrameKind


@pytest.fixture
async def line(empty_graph: Graph, stream: Stream) -> AsyncIterator[Line]:
    made = Line(empty_graph, stream)
    await made.project(
        equipment_registered(equipment_id="DB-01", line_id="L1"),
        lot_created(lot_id="LOT-1", quantity=100),
    )
    running = asyncio.create_task(made.hub.run())
    yield made
    running.cancel()
    await asyncio.wait((running,))


def board(line: Line, line_id: str | None = None, after: Cursor | None = None) -> Follower:
    return Follower(line.hub.wip_board(NOBODY, line_id, after))


def told(frame: Any) -> list[tuple[str, int, int, int, int]]:
    return [
        (stage.operation, stage.waiting, stage.processing, stage.held, stage.lots)
        for stage in frame.board.stages
    ]


async def test_the_board_comes_whole_and_again_after_each_change(line: Line) -> None:
    follower = board(line)
    first = await follower.next()
    assert (first.kind, first.seq, told(first)) == (FrameKind.SNAPSHOT, 1, [("", 100, 0, 0, 1)])

    await line.tell(lot_tracked_in(lot_id="LOT-1", operation="DIE_BOND", equipment_id="DB-01"))
    second = await follower.next()
    await line.tell(lot_held(lot_id="LOT-1"))
    third = await follower.next()

    assert (second.kind, second.seq, told(second)) == (FrameKind.DELTA, 2, [("DIE_BOND", 0, 100, 0, 1)])
    assert (third.kind, third.seq, told(third)) == (FrameKind.DELTA, 3, [("DIE_BOND", 0, 0, 100, 1)])
    assert len({first.cursor, second.cursor, third.cursor}) == 3
    await follower.leave()
    assert line.hub.followers == 0


async def test_the_board_of_a_line_follows_its_machines(line: Line) -> None:
    of_line, of_other = board(line, "L1"), board(line, "L2")
    assert [told(await of_line.next()), told(await of_other.next())] == [[], []]
    await line.tell(lot_tracked_in(lot_id="LOT-1", operation="DIE_BOND", equipment_id="DB-01"))
    assert told(await of_line.next()) == [("DIE_BOND", 0, 100, 0, 1)]
    await line.tell(equipment_registered(equipment_id="DB-01", line_id="L2"))
    moved = [await of_line.next(), await of_other.next()]
    assert [told(frame) for frame in moved] == [[], [("DIE_BOND", 0, 100, 0, 1)]]
    assert [frame.board.line_id for frame in moved] == ["L1", "L2"]
    await of_line.leave()
    await of_other.leave()


async def test_what_does_not_move_the_board_is_not_told(line: Line) -> None:
    follower = board(line)
    await follower.next()
    await line.tell(equipment_state_changed(equipment_id="DB-01", state="STANDBY"))
    await line.tell(parameters_sampled(equipment_id="DB-01"))
    await line.tell(lot_created(lot_id="LOT-2", quantity=0))
    await line.tell(lot_created(lot_id="LOT-3", quantity=7))
    frame = await follower.next()
    assert (frame.seq, told(frame)) == (2, [("", 107, 0, 0, 2)])
    await follower.leave()


async def test_a_voided_event_moves_the_board_back(line: Line) -> None:
    follower = board(line)
    await follower.next()
    await line.tell(lot_created(event_id="wrong", lot_id="LOT-2", quantity=50))
    assert told(await follower.next()) == [("", 150, 0, 0, 2)]
    await line.tell(event_voided(voided_event_id="wrong"))
    assert told(await follower.next()) == [("", 100, 0, 0, 1)]
    await follower.leave()


async def test_many_changes_at_once_are_few_frames_and_the_last_board_wins(line: Line) -> None:
    follower = board(line)
    frames = [await follower.next()]

    async def change() -> None:
        for number in range(40):
            await line.tell(lot_created(lot_id=f"NEW-{number}", quantity=1))

    changing = asyncio.create_task(change())
    while told(frames[-1]) != [("", 140, 0, 0, 41)]:
        frames.append(await follower.next())

    assert [frame.seq for frame in frames] == list(range(1, len(frames) + 1))
    made = [frame.board.as_of for frame in frames]
    apart = [later - sooner for sooner, later in pairwise(made)]
    assert [span for span in apart if span < 99] == []
    await changing
    await follower.leave()


async def test_a_cursor_resumes_silently_when_the_board_is_the_same(line: Line) -> None:
    follower = board(line)
    first = await follower.next()
    await follower.leave()
    resumed = board(line, after=first.cursor)
    frame = await resumed.next()
    assert (frame.kind, frame.seq, told(frame)) == (FrameKind.HEARTBEAT, 1, [("", 100, 0, 0, 1)])
    await line.tell(lot_created(lot_id="LOT-2", quantity=5))
    frame = await resumed.next()
    assert (frame.kind, frame.seq, told(frame)) == (FrameKind.DELTA, 2, [("", 105, 0, 0, 2)])
    await resumed.leave()


async def test_a_cursor_resumes_with_the_board_that_was_missed(line: Line) -> None:
    follower = board(line)
    first = await follower.next()
    await follower.leave()
    await line.tell(lot_created(lot_id="LOT-2", quantity=5))
    resumed = board(line, after=first.cursor)
    frame = await resumed.next()
    assert (frame.kind, frame.seq, told(frame)) == (FrameKind.DELTA, 1, [("", 105, 0, 0, 2)])
    await resumed.leave()


async def test_a_cursor_of_another_line_is_refused(line: Line) -> None:
    follower = board(line, "L1")
    first = await follower.next()
    await follower.leave()
    with pytest.raises(Refused) as refused:
        await board(line, "L2", first.cursor).next()
    assert refused.value.code == "cursor.bad"


async def test_silence_is_broken_by_heartbeats_with_the_board(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.live_conflated.HEARTBEAT_S", 0.05)
    follower = board(line)
    frames = [await follower.next() for _ in range(3)]
    assert [(frame.kind, frame.seq, told(frame)) for frame in frames] == [
        (FrameKind.SNAPSHOT, 1, [("", 100, 0, 0, 1)]),
        (FrameKind.HEARTBEAT, 2, [("", 100, 0, 0, 1)]),
        (FrameKind.HEARTBEAT, 3, [("", 100, 0, 0, 1)]),
    ]
    await follower.leave()


async def test_a_slow_follower_is_told_that_it_missed_boards(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.live_conflated.BEHIND_AT_MOST", 2)
    slow, quick = board(line), board(line)
    await slow.next()
    await quick.next()
    for number in range(3):
        await line.tell(lot_created(lot_id=f"NEW-{number}", quantity=1))
        await quick.next()

    frame = await slow.next()
    assert (frame.kind, frame.seq, told(frame)) == (FrameKind.RESYNC, 2, [("", 103, 0, 0, 4)])
    assert line.hub.conflated == 2
    await line.tell(lot_created(lot_id="LAST", quantity=1))
    frame = await slow.next()
    assert (frame.kind, frame.seq, told(frame)) == (FrameKind.DELTA, 3, [("", 104, 0, 0, 5)])
    await slow.leave()
    await quick.leave()


async def test_a_cut_feed_resyncs_the_board(line: Line, empty_graph: Graph, stream: Stream) -> None:
    await line.tell(lot_created(lot_id="LOT-0", quantity=1))
    follower = board(line)
    await follower.next()
    await line.project(lot_created(lot_id="LOT-2", quantity=5))
    await stream.commands.flushdb()
    await Line(empty_graph, stream).feed.publish(await line.project(lot_created(lot_id="LOT-9", quantity=1)))
    frame = await follower.next()
    if frame.kind is FrameKind.DELTA:  # the change from before the cut was heard only after the commits
        frame = await follower.next()
    assert (frame.kind, told(frame)) == (FrameKind.RESYNC, [("", 107, 0, 0, 4)])
    await follower.leave()


async def test_only_so_many_different_boards_are_followed(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.live_conflated.MOST_COHORTS", 1)
    first, same = board(line), board(line)
    await first.next()
    await same.next()
    with pytest.raises(Refused) as refused:
        await board(line, "L1").next()
    assert refused.value.code == "subscription.too_many"
    await first.leave()
    await same.leave()
    other = board(line, "L1")
    assert told(await other.next()) == []
    await other.leave()
