"""Work in progress, by operation."""

from __future__ import annotations

from dataclasses import dataclass

from twin.vocabulary.instants import Instant


@dataclass(frozen=True, slots=True)
class WipStage:
    """The lots at one operation: units waiting, in process and held."""

    operation: str
    waiting: int
    processing: int
    held: int
    lots: int
    oldest_since: Instant | None


@dataclass(frozen=True, slots=True)
class WipBoard:
    """Work in progress of a line, or of the plant."""

    line_id: str | None
    stages: tuple[WipStage, ...]
    as_of: Instant
