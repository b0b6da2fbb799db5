"""Works out long recalls beside everything else, step by step, each kept, so that any process goes on."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass
from typing import Final

import structlog

from twin.cases.job_store import JobStore
from twin.errors import NotFound, Refused, TwinError
from twin.events.event import Event
from twin.graph.session import Graph
from twin.lineage.exposure import exposure
from twin.queries.clocks import Clocks
from twin.queries.recall_walk import RecallWalk, Step
from twin.records.job import JobSums, RecallJob
from twin.records.recall import Exposure
from twin.vocabulary.cases import JobState

_PAUSE_S: Final = 0.2
_BYTES_AN_EVENT: Final = 1_500
_log = structlog.get_logger("dieloom.jobs")


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one answer may take before it is given as far as it is."""

    nodes: int = 400_000
    seconds: float = 50.0
    megabytes: int = 600

    def hit(self, events: int, until: float) -> str | None:
        """Which limit is reached, if any."""
        if events >= self.nodes:
            return "budget.nodes"
        if time.monotonic() >= until:
            return "budget.seconds"
        return "budget.megabytes" if events * _BYTES_AN_EVENT >= self.megabytes << 20 else None


@dataclass(frozen=True, slots=True)
class Partial:
    """What was found within a budget, and which limit stopped it."""

    exposure: Exposure
    limit_hit: str | None


class Jobs:
    """The long recalls of this process, one at a time."""

    def __init__(self, store: JobStore, graph: Graph, heavy: asyncio.Semaphore) -> None:
        self.store, self._graph, self._heavy = store, graph, heavy
        self._owner = uuid.uuid4().hex
        self._remembered: tuple[str, Exposure] | None = None

    async def run(self) -> None:
        """Take up what waits, for ever."""
        while True:
            try:
                job = await self.store.claim(self._owner)
                if job is not None:
                    await self.work(job)
                    continue
            except TwinError as trouble:
                _log.warning("job.waiting", reason=trouble.code)
            await asyncio.sleep(_PAUSE_S)

    async def work(self, job: RecallJob) -> None:
        """Work a job out from wherever it is kept."""
        try:
            if await self._walk(job):
                await self.store.end(job.job_id, JobState.DONE, None, _sums(await self.exposure(job)))
        except (Refused, NotFound) as refused:
            await self.store.end(job.job_id, JobState.FAILED, f"{refused.code}: {refused.message}", None)
        except TwinError:
            raise
        except Exception:  # noqa: BLE001 - told in the log; the asker learns that it failed
            _log.exception("job.failed", job=job.job_id)
            await self.store.end(job.job_id, JobState.FAILED, "twin.unexpected: Unexpected error.", None)

    async def exposure(self, job: RecallJob) -> Exposure:
        """What a job found, folded from the events that it kept; the last one asked for is remembered."""
        if self._remembered is not None and self._remembered[0] == job.job_id:
            return self._remembered[1]
        async with self._heavy:
            _, _, events = await self.store.walked(job.job_id)
            found = await asyncio.to_thread(_folded, events, job)
        self._remembered = (job.job_id, found)
        return found

    async def within(self, job: RecallJob, budget: Budget) -> Partial:
        """What a job of this process finds within a budget; what is left then goes on in the background."""
        until = time.monotonic() + budget.seconds
        walk = RecallWalk(self._graph, Clocks(job.as_of, job.known_at))
        await self._resumed(job, walk)
        limit: str | None = None
        while walk.waiting and limit is None:
            await self.store.checkpoint(job.job_id, self._owner, await walk.step())
            limit = budget.hit(walk.size, until)
        if not walk.waiting:
            await self.work(job)
            return Partial(await self.exposure(job), None)
        await self.store.let_go(job.job_id, self._owner)
        async with self._heavy:
            return Partial(await asyncio.to_thread(_folded, walk.gathered, job), limit)

    @property
    def owner(self) -> str:
        """Under which name this process works on jobs."""
        return self._owner

    async def _resumed(self, job: RecallJob, walk: RecallWalk) -> bool:
        """Bring a walk to where it was kept, or begin it; false when the job is another's."""
        done, waiting, events = await self.store.walked(job.job_id)
        if done or waiting:
            walk.restore(done, waiting, events)
            return True
        return await self.store.checkpoint(job.job_id, self._owner, await walk.begin(job.scope))

    async def _walk(self, job: RecallJob) -> bool:
        """Step until nothing waits; false when the job was cancelled or taken over."""
        walk = RecallWalk(self._graph, Clocks(job.as_of, job.known_at))
        if not await self._resumed(job, walk):
            return False
        while walk.waiting:
            if not await self.store.checkpoint(job.job_id, self._owner, await walk.step()):
                return False
        known = {event.event_id for event in walk.gathered}
        rest = tuple(event for event in await walk.complete() if event.event_id not in known)
        return await self.store.checkpoint(job.job_id, self._owner, Step(frozenset(), frozenset(), rest))


def _folded(events: list[Event], job: RecallJob) -> Exposure:
    return exposure(sorted(events, key=lambda event: event.order), job.scope, job.as_of)


def _sums(found: Exposure) -> JobSums:
    totals = found.totals
    return JobSums(
        totals.low,
        totals.high,
        totals.lots,
        totals.customers,
        totals.shipments,
        found.complete,
        found.limit_hit,
    )
