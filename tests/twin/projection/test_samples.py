from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from tests import factory
from tests.factory import START
from tests.twin.history.keeping import MIDNIGHT, opened, series
from twin.events.codec import encode
from twin.events.event import Event
from twin.graph.session import Graph
from twin.history.engine import HistoryUnavailable
from twin.history.history import Committed, History
from twin.history.samples import DAY_MS
from twin.projection.arrival import Applied, Arrival, Unapplied
from twin.projection.progress import Progress
from twin.projection.samples import committed
from twin.projection.worker import Doors, Worker
from twin.stream.change_feed import ChangeFeed
from twin.stream.client import Stream
from twin.stream.lease import Lease
from twin.stream.log import Entry, EventLog
from twin.vocabulary.instants import Instant


def forces(*values: float) -> list[Event]:
    return [
        factory.parameters_sampled(
            event_id=f"force-{number}",
            occurred_at="08:00",
            samples=[{"name": "bond_force", "value": value}],
        )
        for number, value in enumerate(values)
    ]


def test_of_an_event_id_used_twice_only_the_event_in_the_graph_is_told() -> None:
    first, second = (Arrival(forces(value)[0], "box", 0, seq) for seq, value in enumerate((1.0, 2.0), 1))
    applied = Applied(events=(first.event,), unapplied=(Unapplied(second, "event.id_reused", "reused"),))
    assert committed([first, second], applied) == [Committed(first.event, "box/0", 1)]


def test_what_the_graph_had_already_or_was_handed_over_before_is_doubtful() -> None:
    one, two, three = forces(1.0, 2.0, 3.0)
    batch = [Arrival(one, "box", 0, 1), Arrival(two, "box", 0, 2), Arrival(three, "box", 0, 3, is_new=False)]
    told = committed(batch, Applied(events=(one, three), repeated=(two,)))
    assert [known.doubtful for known in told] == [False, True, True]


def test_a_void_is_told_with_the_machine_and_left_out_when_it_concerns_none() -> None:
    ours, unknown, other = (factory.event_voided(event_id=name) for name in ("ours", "unknown", "other"))
    batch = [Arrival(event, "box", 0, seq) for seq, event in enumerate((ours, unknown, other), 1)]
    things = {"ours": (("Lot", "L"), ("Equipment", "DB-01")), "unknown": (), "other": (("Lot", "L"),)}
    told = committed(batch, Applied(events=(ours, unknown, other), things=things))
    assert [(known.event.event_id, known.machine) for known in told] == [("ours", "DB-01"), ("unknown", None)]


class Failing:
    """A keeper that dies once before, and once after the samples are durable."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.calls = 0

    async def keep(self, batch: Sequence[Committed]) -> None:
        self.calls += 1
        if self.calls == 1:
            raise HistoryUnavailable("the disk is full")
        await self.history.keep(batch)
        if self.calls == 2:
            self.history.tidy()
            raise HistoryUnavailable("nobody knows whether it was kept")


async def test_samples_are_kept_once_when_keeping_fails_before_and_after(
    empty_graph: Graph, stream: Stream, tmp_path: Path
) -> None:
    log, history = EventLog(stream, 1), opened(tmp_path)
    failing = Failing(history)
    doors = Doors(
        empty_graph,
        log,
        Lease(stream, "projector", 2.0),
        ChangeFeed(stream),
        refused,
        lambda: Instant(START),
        failing.keep,
    )
    progress = Progress()
    await log.open()
    events = forces(1.0, 2.0, 6.0)
    void = factory.event_voided(event_id="v", voided_event_id="force-1", occurred_at="09:00")
    entries = [Entry(0, "box", seq, START, encode(event)) for seq, event in enumerate([*events, void], 1)]
    await log.append("box", entries, {})

    task = asyncio.create_task(Worker(doors, progress).run())
    await progress.reached({"box/0": 4}, seconds=60)
    async with asyncio.timeout(60):
        while await log.lag():
            await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.wait([task], timeout=60)

    found = await series(history, first=MIDNIGHT, days=1, buckets=1)
    assert [(one.to_at, one.count, one.mean) for one in found.buckets] == [(MIDNIGHT + DAY_MS, 2, 3.5)]
    assert failing.calls >= 3
    history.close()


async def refused(entry: Entry, error: str, message: str) -> None:
    raise AssertionError((entry, error, message))
