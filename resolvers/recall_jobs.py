"""Recalls that are too big to wait for: an estimate before, a budget, and a job that is followed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Final

import strawberry
from strawberry import Parent

from resolvers.asking import Info
from resolvers.case_changes import actor_of, office_of, user_error
from resolvers.inputs import RecallScope
from resolvers.recall import impact_shown
from resolvers.scopes import scope_asked
from resolvers.shown import RecallImpact
from twin.cases.jobs import Budget
from twin.cases.scope_text import scope_shown
from twin.errors import Conflict, NotFound, Refused
from twin.queries.answers import answer_about
from twin.queries.clocks import Clocks
from twin.queries.cursors import cursor_of, place_of
from twin.queries.recall_estimate import recall_estimate
from twin.records.frame import JobFrame
from twin.records.job import Estimate, RecallJob
from twin.records.page import Cursor
from twin.records.payload import JobPayload
from twin.vocabulary.cases import JobState
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import FrameKind

_CONTINUE: Final = "recallWithin"
_LOOK_S: Final = 0.25
_HEARTBEAT_LOOKS: Final = 20
_MOST_SECONDS: Final = 50.0
_MOST_NODES: Final = 1_000_000
_MOST_MEGABYTES: Final = 2_000


@strawberry.input(description="How much one answer may take before it is given as far as it is.")
class RecallBudgetInput:
    """How much one answer may take before it is given as far as it is."""

    nodes: int = strawberry.field(default=400_000, description="Events that may be read.")
    seconds: float = strawberry.field(default=20.0, description="Time that the walk may take, at most 50.")
    megabytes: int = strawberry.field(default=600, description="Memory that the events may take, roughly.")


@strawberry.input(description="A recall to be worked out in the background.")
class StartRecallJobInput:
    """A recall to be worked out in the background."""

    scope: RecallScope = strawberry.field(description="What is suspect.")
    as_of: Instant | None = strawberry.field(default=None, description="The factory's time to look from.")
    client_mutation_id: str | None = strawberry.field(default=None, description="Sent back to you.")


@strawberry.input(description="A job that is no longer wanted.")
class CancelRecallJobInput:
    """A job that is no longer wanted."""

    job_id: str = strawberry.field(description="The job.")
    client_mutation_id: str | None = strawberry.field(default=None, description="Sent back to you.")


async def estimate(info: Info, scope: RecallScope) -> Estimate:
    """How many lots a recall reaches and how long it takes, by names and counts, before it is asked."""
    context = info.context
    covering = None if context.progress is None else context.progress.positions
    return await recall_estimate(context.graph, scope_asked(scope), context.index, covering)


async def within(
    info: Info,
    scope: RecallScope,
    budget: RecallBudgetInput | None = None,
    as_of: Instant | None = None,
    after: Cursor | None = None,
) -> RecallImpact:
    """A recall within a budget: when it does not suffice, the answer so far, marked as not complete.

    `answer.limitHit` then says which limit stopped it, and `answer.continue`, sent as `after` with the same
    scope, gets the answer of the same walk, which goes on in the background.
    """
    asked, limits = scope_asked(scope), _budget(budget)
    jobs = office_of(info).jobs
    name = f"{_CONTINUE} {asked!r}"
    place = place_of(name, after)
    if place is None:
        job = await jobs.store.begin(asked, as_of, info.context.viewer.subject, jobs.owner)
        found = await jobs.within(job, limits)
        limit_hit, exposure = found.limit_hit, found.exposure
    else:
        job = await _waited(info, str(place[0]), limits.seconds)
        limit_hit = None if job.state is JobState.DONE else "budget.seconds"
        exposure = await jobs.exposure(job)
    answer = await answer_about(
        info.context.graph,
        Clocks(job.as_of, job.known_at),
        exposure.findings,
        limit_hit=limit_hit or exposure.limit_hit,
        go_on=None if limit_hit is None else cursor_of(name, (job.job_id,)),
    )
    return RecallImpact(f"{name} {job.job_id}", exposure, answer)


async def _waited(info: Info, job_id: str, seconds: float) -> RecallJob:
    """A job once it is over, or as it is when the time is up."""
    store, until = office_of(info).jobs.store, time.monotonic() + seconds
    while True:
        job = await store.job(job_id)
        if job.state in (JobState.FAILED, JobState.CANCELLED):
            raise Refused(job.problem or "The job was cancelled.", code="job.not_done", field="after")
        if job.is_over or time.monotonic() >= until:
            return job
        await asyncio.sleep(_LOOK_S)


def _budget(asked: RecallBudgetInput | None) -> Budget:
    given = asked or RecallBudgetInput()
    for value, most, name in (
        (given.nodes, _MOST_NODES, "nodes"),
        (given.seconds, _MOST_SECONDS, "seconds"),
        (given.megabytes, _MOST_MEGABYTES, "megabytes"),
    ):
        if not 0 <= value <= most:
            raise Refused(
                f"{name} is {value}; 0 to {most:g} are allowed", code="budget.bad", field=f"budget.{name}"
            )
    return Budget(given.nodes, given.seconds, given.megabytes)


async def find(info: Info, job_id: str) -> RecallJob:
    """One recall job, how far it is and what it found."""
    return await office_of(info).jobs.store.job(job_id)


async def start(info: Info, input: StartRecallJobInput) -> JobPayload:  # noqa: A002
    """Work a recall out in the background, at what is known now; it survives a restart."""
    office = office_of(info)
    try:
        job = await office.jobs.store.begin(scope_asked(input.scope), input.as_of, actor_of(info).name)
    except (Refused, NotFound, Conflict) as refused:
        return JobPayload(None, (user_error(refused),), office.desk.watermark(), input.client_mutation_id)
    return JobPayload(job, (), office.desk.watermark(), input.client_mutation_id)


async def cancel(info: Info, input: CancelRecallJobInput) -> JobPayload:  # noqa: A002
    """Stop a job; one that is over stays as it is."""
    office = office_of(info)
    try:
        await office.jobs.store.end(input.job_id, JobState.CANCELLED, None, None)
        job = await office.jobs.store.job(input.job_id)
    except (Refused, NotFound, Conflict) as refused:
        return JobPayload(None, (user_error(refused),), office.desk.watermark(), input.client_mutation_id)
    return JobPayload(job, (), office.desk.watermark(), input.client_mutation_id)


async def changes(info: Info, job_id: str) -> AsyncGenerator[JobFrame, None]:
    """A job as it is, then after every step, until it is over."""
    store = office_of(info).jobs.store
    seen: RecallJob | None = None
    seq = silent = 0
    while seen is None or not seen.is_over:
        job = await store.job(job_id)
        silent += 1
        if job != seen or silent >= _HEARTBEAT_LOOKS:
            seq, silent = seq + 1, 0
            yield _frame(job, seq, seen)
            seen = job
        if not job.is_over:
            await asyncio.sleep(_LOOK_S)


def _frame(job: RecallJob, seq: int, seen: RecallJob | None) -> JobFrame:
    kind = FrameKind.SNAPSHOT if seen is None else FrameKind.DELTA
    kind = FrameKind.HEARTBEAT if job == seen else kind
    now = Instant(time.time_ns() // 1_000_000)
    cursor = cursor_of("recallJobChanges", (job.job_id, job.steps))
    return JobFrame(kind=kind, seq=seq, cursor=cursor, at=now, job=job)


async def impact(root: Parent[RecallJob], info: Info) -> RecallImpact | None:
    """What it found; null until it is done."""
    if root.state is not JobState.DONE:
        return None
    found = await office_of(info).jobs.exposure(root)
    return await impact_shown(info.context.graph, root.scope, Clocks(root.as_of, root.known_at), found)


def scope(root: Parent[RecallJob]) -> object:
    """What is suspect, in the form of the input RecallScope."""
    return scope_shown(root.scope)
