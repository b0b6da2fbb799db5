"""What an answer says about itself (semantics.md section 6)."""

from __future__ import annotations

from dataclasses import dataclass

from twin.records.event import Finding
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import ThingKind


@dataclass(frozen=True, slots=True)
class SourceWatermark:
    """How far the facts of one source are known, and how many holes its numbering has."""

    source: str
    occurred_at: Instant | None
    recorded_at: Instant | None
    sequence: str | None
    gaps: int


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far the twin has read; ``token`` makes a later read see at least this much."""

    token: str
    sources: tuple[SourceWatermark, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """When an answer holds, whether it is whole, and what touches it."""

    as_of: Instant
    known_at: Instant
    complete: bool
    limit_hit: str | None
    continue_: str | None
    watermark: Watermark
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class SuspectFactor:
    """Something that bad things share more often than good ones.

    ``position``, ``operation``, ``since`` with ``until``, and ``zone`` narrow it where only a part is shared.
    """

    kind: ThingKind
    key: str
    label: str
    bad_covered: int
    good_covered: int
    lift: float
    p_value: float
    position: str | None = None
    operation: str | None = None
    since: Instant | None = None
    until: Instant | None = None
    zone: str | None = None
