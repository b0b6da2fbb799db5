"""A recall too big to wait for: how big it would be, how far it is, and what it found."""

from __future__ import annotations

from dataclasses import dataclass

from twin.records.recall import RecallScope
from twin.vocabulary.cases import JobState
from twin.vocabulary.instants import Instant


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a recall would have to read; ``is_whole`` is false when even counting was stopped."""

    lots: int
    material_lots: int
    events: int
    seconds: float
    is_whole: bool
    needs_job: bool


@dataclass(frozen=True, slots=True)
class JobSums:
    """The sums of a finished job's answer."""

    low: int
    high: int
    lots: int
    customers: int
    shipments: int
    complete: bool
    limit_hit: str | None


@dataclass(frozen=True, slots=True)
class RecallJob:
    """A recall worked out in the background, at moments fixed when it was begun."""

    job_id: str
    scope: RecallScope
    as_of: Instant | None
    known_at: Instant
    by: str
    state: JobState
    created_at: Instant
    updated_at: Instant
    steps: int
    done: int
    waiting: int
    events: int
    restarts: int
    problem: str | None
    sums: JobSums | None

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.state is not JobState.RUNNING
