"""What a parameter of a machine was over time."""

from __future__ import annotations

from dataclasses import dataclass

from twin.vocabulary.instants import Instant


@dataclass(frozen=True, slots=True)
class SeriesBucket:
    """The samples of one stretch of time, its start within and its end without."""

    from_at: Instant
    to_at: Instant
    count: int
    min: float
    max: float
    mean: float


@dataclass(frozen=True, slots=True)
class ParameterSeries:
    """A parameter of a machine between two moments, in stretches of equal length.

    A stretch without samples is not among the buckets.
    """

    equipment_id: str
    name: str
    from_at: Instant
    to_at: Instant
    units: tuple[str, ...] = ()
    count: int = 0
    word_count: int = 0
    buckets: tuple[SeriesBucket, ...] = ()
