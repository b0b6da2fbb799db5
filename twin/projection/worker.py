"""The projector at work: what the shards hold becomes the graph, for as long as it holds the lease."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, LiteralString, TypeAlias

from twin.errors import GraphUnavailable, TwinError
from twin.events.event import Event
from twin.graph.session import Graph
from twin.projection.arrival import LEASE, Applied, Arrival, Unapplied, positions
from twin.projection.batches import batches
from twin.projection.progress import Progress
from twin.projection.projector import Projector
from twin.projection.samples import Keep, committed, keep_nothing
from twin.projection.supply import AHEAD_FROM, Supplied, Supply, Understand, understood
from twin.projection.telling import Telling
from twin.queries.positions import shard_positions
from twin.stream.change_feed import Change, ChangedEvent, ChangeFeed
from twin.stream.lease import Lease
from twin.stream.log import Entry, EventLog
from twin.vocabulary.instants import Instant

LOG: Final = logging.getLogger(__name__)

SetAside: TypeAlias = Callable[[Entry, str, str], Awaitable[None]]
"""Keeps an entry that cannot be applied, with the kind of error and its words; returns once it is safe."""

FENCING: Final[LiteralString] = """
    MATCH (lease:Lease {lease_id: $lease_id})
    RETURN lease.fencing AS fencing
"""

_WAITS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
_MOST_MACHINES: Final = 256
"""Machines that a change tells the state of; of more, a follower asks the graph."""

_MOST_THINGS: Final = 256
"""Things of one event that a change names; nobody shows more units than that live."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What the projector reads from and writes to."""

    graph: Graph
    log: EventLog
    lease: Lease
    feed: ChangeFeed
    set_aside: SetAside
    clock: Callable[[], Instant]
    keep_samples: Keep = keep_nothing
    understand: Understand = Entry.event


class Worker:
    """Projects for ever; an outage of graph or stream only makes it wait."""

    def __init__(self, doors: Doors, progress: Progress, ahead_from: int = AHEAD_FROM) -> None:
        self._doors = doors
        self._ahead_from = ahead_from
        self._progress = progress
        self._failures = 0
        self._unheard = False
        self.lag_ms = 0
        """How long the newest applied event had waited since it was recorded."""
        self.applied = 0
        """How many events were applied since the start."""

    async def run(self) -> None:
        """Take the lease, project, and begin again after a failure; ends only by being cancelled."""
        while True:
            try:
                await self._hold()
            except TwinError as fault:
                LOG.warning("the projection pauses: %s", fault.message)
            except Exception:
                LOG.exception("the projection stumbled")
            await self._pause()

    async def _hold(self) -> None:
        doors = self._doors
        rows = await doors.graph.read(FENCING, lease_id=LEASE)
        await doors.lease.wait(above=rows[0]["fencing"] if rows else 0)
        doors.feed.taken_over()
        supply = Supply(doors.log, self._ahead_from, doors.understand)
        telling = Telling(doors.feed, doors.log)
        try:
            await doors.log.open()
            self._progress.note(await shard_positions(doors.graph))
            projector = Projector(doors.graph, doors.lease.number, doors.clock)
            while await doors.lease.sure():
                if supply.in_arrears:
                    await telling.settle()
                await self._work_off(projector, telling, await supply.take())
        finally:
            try:
                await supply.close()
                await telling.close(settling=not doors.lease.lost.is_set())
            finally:
                await doors.lease.release()

    async def _work_off(self, projector: Projector, telling: Telling, supplied: Sequence[Supplied]) -> None:
        """Project what was handed over, and let go of it: a wafer that is understood takes much room."""
        if not supplied:
            await telling.settle()
        for batch in batches(supplied):
            await self._project(projector, telling, batch)

    async def _project(self, projector: Projector, telling: Telling, batch: Sequence[Supplied]) -> None:
        """Commit a batch, keep its samples, begin to tell it; what fails happens again."""
        doors = self._doors
        arrivals, broken = await self._arrivals(batch)
        applied = await self._insist(projector, arrivals) if arrivals else Applied()
        for unapplied in applied.unapplied:
            await doors.set_aside(_entry(batch, unapplied), unapplied.error, unapplied.message)
        if broken:
            await projector.pass_over(broken)
        await doors.keep_samples(committed(arrivals, applied))
        reached = positions([supplied.entry for supplied in batch])
        again = self._unheard or any(supplied.attempts > 1 for supplied in batch)
        change = self._change(arrivals, applied, reached, again=again)
        await telling.tell(change, [supplied.delivery for supplied in batch])
        self._count(applied, reached)

    async def _arrivals(self, batch: Sequence[Supplied]) -> tuple[list[Arrival], list[Entry]]:
        """The events to apply, and the entries already set aside because nothing can be done with them."""
        arrivals: list[Arrival] = []
        broken: list[Entry] = []
        for supplied in batch:
            entry, event = supplied.entry, understood(supplied, self._doors.understand)
            if isinstance(event, Event):
                is_new = supplied.attempts == 1
                arrivals.append(Arrival(event, entry.outbox, entry.shard, entry.seq, is_new, entry.payload))
            else:
                await self._doors.set_aside(entry, *event)
                broken.append(entry)
        return arrivals, broken

    async def _insist(self, projector: Projector, arrivals: Sequence[Arrival]) -> Applied:
        """Apply until the graph answers, in smaller pieces while it does not; the events are not at fault."""
        done, place, size = Applied(), 0, len(arrivals)
        self._unheard = False
        while place < len(arrivals):
            piece = arrivals[place : place + size]
            try:
                done = done.then(await projector.apply(piece))
            except GraphUnavailable as silence:
                if self._doors.lease.lost.is_set():
                    raise
                LOG.warning("%d events are not in the graph yet: %s", len(piece), silence)
                self._unheard = True  # perhaps it was committed: the next try finds it done, and nobody told
                size = max(size // 2, 1)
                await self._pause()
            else:
                place, size = place + len(piece), size * 2  # an outage over, what is left goes in few pieces
                self._failures = 0
        return done

    async def _pause(self) -> None:
        wait = _WAITS[min(self._failures, len(_WAITS) - 1)]
        self._failures += 1
        await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - only spreads the tries

    def _change(
        self, arrivals: Sequence[Arrival], applied: Applied, reached: dict[str, int], *, again: bool
    ) -> Change:
        """Tell what was applied in the order in which it came, with what a failed try had done already."""
        telling = {event.event_id for event in (*applied.events, *(applied.repeated if again else ()))}
        told = {arrival.event.event_id: arrival.event for arrival in arrivals}
        return Change(
            at=self._doors.clock(),
            positions=reached,
            events=tuple(
                ChangedEvent(
                    event_id=event.event_id,
                    type=event.type,
                    occurred_at=event.occurred_at,
                    things=applied.things.get(event.event_id, ())[:_MOST_THINGS],
                )
                for event in told.values()
                if event.event_id in telling
            ),
            machines=tuple(islice(applied.machines.values(), _MOST_MACHINES)),
        )

    def _count(self, applied: Applied, reached: dict[str, int]) -> None:
        self._progress.note(reached)
        self.applied += len(applied.events)
        if applied.events:
            newest = max(event.recorded_at for event in applied.events)
            self.lag_ms = max(self._doors.clock() - newest, 0)


def _entry(batch: Sequence[Supplied], unapplied: Unapplied) -> Entry:
    wanted = (unapplied.arrival.outbox, unapplied.arrival.shard, unapplied.arrival.seq)
    return next(
        supplied.entry
        for supplied in batch
        if (supplied.entry.outbox, supplied.entry.shard, supplied.entry.seq) == wanted
    )
