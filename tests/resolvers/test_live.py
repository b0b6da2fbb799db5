from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from resolvers.live import LiveHub
from resolvers.live_moments import QUEUED
from tests.factory import (
    equipment_registered,
    equipment_state_changed,
    event_voided,
    lot_created,
)
from tests.resolvers.following import NOBODY, Follower, Line
from twin.errors import Refused
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


def machines(
    hub: LiveHub, line_id: str | None = None, names: list[str] | None = None, after: str | None = None
) -> Follower:
    return Follower(hub.equipment_states(NOBODY, line_id, names, after))


def state(name: str, value: str) -> object:
    return equipment_state_changed(equipment_id=name, state=value)


def told(frame: object) -> list[tuple[str, str]]:
    return [(machine.equipment_id, machine.state.value) for machine in frame.equipments]  # type: ignore[attr-defined]


async def test_the_first_frame_is_everything_and_then_comes_one_frame_a_change(line: Line) -> None:
    follower = machines(line.hub)
    first = await follower.next()
    assert (first.kind, first.seq) == (FrameKind.SNAPSHOT, 1)
    assert told(first) == [("DB-01", "UNKNOWN"), ("DB-02", "UNKNOWN"), ("WB-01", "UNKNOWN")]

    await line.tell(state("DB-01", "PRODUCTIVE"))
    await line.tell(state("WB-01", "STANDBY"), state("DB-02", "ENGINEERING"))
    second, third = await follower.next(), await follower.next()

    assert (second.kind, second.seq, told(second)) == (FrameKind.DELTA, 2, [("DB-01", "PRODUCTIVE")])
    assert (third.kind, third.seq, sorted(told(third))) == (
        FrameKind.DELTA,
        3,
        [("DB-02", "ENGINEERING"), ("WB-01", "STANDBY")],
    )
    assert len({first.cursor, second.cursor, third.cursor}) == 3
    await follower.leave()
    assert line.hub.followers == 0


async def test_only_the_machines_in_scope_are_told(line: Line) -> None:
    of_line, by_name = machines(line.hub, line_id="L2"), machines(line.hub, names=["DB-02", "NEW-1"])
    assert told(await of_line.next()) == [("WB-01", "UNKNOWN")]
    assert told(await by_name.next()) == [("DB-02", "UNKNOWN")]

    await line.tell(state("DB-01", "PRODUCTIVE"))
    await line.tell(state("NEW-1", "STANDBY"))
    await line.tell(state("WB-01", "STANDBY"))

    assert told(await by_name.next()) == [("NEW-1", "STANDBY")]
    assert told(await of_line.next()) == [("WB-01", "STANDBY")]
    await of_line.leave()
    await by_name.leave()


async def test_a_machine_that_leaves_the_line_is_told_a_last_time(line: Line) -> None:
    follower = machines(line.hub, line_id="L2")
    await follower.next()
    await line.tell(equipment_registered(equipment_id="WB-01", line_id="L1"))
    frame = await follower.next()
    assert [(machine.equipment_id, machine.line_id) for machine in frame.equipments] == [("WB-01", "L1")]
    await follower.leave()


async def test_a_cursor_resumes_with_exactly_what_was_missed(line: Line) -> None:
    follower = machines(line.hub)
    await follower.next()
    await line.tell(state("DB-01", "PRODUCTIVE"))
    seen = await follower.next()
    await follower.leave()
    other = machines(line.hub)
    await other.next()
    await line.tell(state("DB-01", "STANDBY"))
    await line.tell(state("DB-02", "PRODUCTIVE"))
    for _ in range(2):
        await other.next()
    await other.leave()

    resumed = machines(line.hub, after=seen.cursor)
    missed = [await resumed.next(), await resumed.next()]

    assert [(frame.kind, frame.seq, told(frame)) for frame in missed] == [
        (FrameKind.DELTA, 1, [("DB-01", "STANDBY")]),
        (FrameKind.DELTA, 2, [("DB-02", "PRODUCTIVE")]),
    ]
    await resumed.leave()


async def test_a_cursor_with_nothing_missed_says_so_at_once(line: Line) -> None:
    follower = machines(line.hub)
    first = await follower.next()
    await follower.leave()
    resumed = machines(line.hub, after=first.cursor)
    frame = await resumed.next()
    assert (frame.kind, frame.equipments) == (FrameKind.HEARTBEAT, ())
    await line.tell(state("DB-01", "PRODUCTIVE"))
    assert (await resumed.next()).kind is FrameKind.DELTA
    await resumed.leave()


async def test_a_cursor_of_before_a_restart_gets_a_new_snapshot(
    line: Line, empty_graph: Graph, stream: Stream
) -> None:
    follower = machines(line.hub)
    first = await follower.next()
    await follower.leave()
    await line.tell(state("DB-01", "PRODUCTIVE"))
    restarted = Line(empty_graph, stream)
    running = asyncio.create_task(restarted.hub.run())

    resumed = machines(restarted.hub, after=first.cursor)
    frame = await resumed.next()

    assert (frame.kind, told(frame)[0]) == (FrameKind.RESYNC, ("DB-01", "PRODUCTIVE"))
    await resumed.leave()
    running.cancel()
    await asyncio.wait((running,))


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "%%%"])
async def test_a_cursor_that_we_did_not_give_is_refused(line: Line, cursor: str) -> None:
    with pytest.raises(Refused) as refused:
        await machines(line.hub, after=cursor).next()
    assert refused.value.code == "cursor.bad"


async def test_a_cursor_of_another_scope_is_refused(line: Line) -> None:
    follower = machines(line.hub, line_id="L1")
    first = await follower.next()
    await follower.leave()
    with pytest.raises(Refused) as refused:
        await machines(line.hub, line_id="L2", after=first.cursor).next()
    assert refused.value.code == "cursor.bad"


async def test_silence_is_broken_by_heartbeats(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.live.HEARTBEAT_S", 0.05)
    follower = machines(line.hub)
    frames = [await follower.next() for _ in range(3)]
    assert [(frame.kind, frame.seq) for frame in frames] == [
        (FrameKind.SNAPSHOT, 1),
        (FrameKind.HEARTBEAT, 2),
        (FrameKind.HEARTBEAT, 3),
    ]
    await follower.leave()


async def test_a_slow_follower_gets_a_new_snapshot_instead_of_a_growing_queue(line: Line) -> None:
    slow, quick = machines(line.hub), machines(line.hub)
    await slow.next()
    await quick.next()
    for number in range(QUEUED + 1):
        await line.tell(state("DB-01", "STANDBY" if number % 2 else "PRODUCTIVE"))
        await quick.next()

    frame = await slow.next()

    assert (frame.kind, frame.seq, told(frame)[0]) == (FrameKind.RESYNC, 2, ("DB-01", "PRODUCTIVE"))
    assert line.hub.conflated == QUEUED + 1
    await line.tell(state("DB-01", "ENGINEERING"))
    after = await slow.next()
    assert (after.kind, after.seq, told(after)) == (FrameKind.DELTA, 3, [("DB-01", "ENGINEERING")])
    await slow.leave()
    await quick.leave()


async def test_a_cut_feed_resyncs_every_follower(empty_graph: Graph, stream: Stream) -> None:
    line = Line(empty_graph, stream)
    await line.project(equipment_registered(equipment_id="DB-01"))
    await line.feed.publish(await line.project(lot_created(lot_id="LOT-0")))
    running = asyncio.create_task(line.hub.run())
    follower = machines(line.hub)
    await follower.next()

    await line.project(state("DB-01", "PRODUCTIVE"))
    await stream.commands.flushdb()
    await Line(empty_graph, stream).feed.publish(await line.project(lot_created(lot_id="LOT-9")))
    frame = await follower.next()

    assert (frame.kind, told(frame)) == (FrameKind.RESYNC, [("DB-01", "PRODUCTIVE")])
    await follower.leave()
    running.cancel()
    await asyncio.wait((running,))


async def test_nothing_falls_between_the_snapshot_and_the_first_delta(line: Line) -> None:
    rounds = [str(number) for number in range(1, 19)]

    async def change() -> None:
        for number in rounds:
            await line.tell(
                equipment_state_changed(equipment_id="DB-01", state="PRODUCTIVE", reason_code=number)
            )

    async def shown(follower: Follower) -> int:
        return int((await follower.next()).equipments[0].reason_code or 0)

    changing = asyncio.create_task(change())
    followers: list[tuple[Follower, list[int]]] = []
    while not changing.done():
        follower = machines(line.hub, names=["DB-01"])
        followers.append((follower, [await shown(follower)]))
        await asyncio.sleep(0.005)
    await changing
    for follower, seen in followers:
        while seen[-1] != len(rounds):
            seen.append(await shown(follower))
        await follower.leave()
    assert followers
    assert all(seen == sorted(seen) for _, seen in followers)


async def test_a_voided_state_is_taken_back(line: Line) -> None:
    follower = machines(line.hub, names=["DB-01"])
    await follower.next()
    await line.tell(equipment_state_changed(event_id="wrong", equipment_id="DB-01", state="PRODUCTIVE"))
    assert told(await follower.next()) == [("DB-01", "PRODUCTIVE")]
    await line.tell(event_voided(voided_event_id="wrong"))
    assert told(await follower.next()) == [("DB-01", "UNKNOWN")]
    await follower.leave()


async def test_too_many_names_are_refused(line: Line) -> None:
    with pytest.raises(Refused) as refused:
        await machines(line.hub, names=[f"E-{number}" for number in range(501)]).next()
    assert refused.value.code == "list.too_long"
