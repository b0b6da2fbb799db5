"""Who looked at lots and substrates, and which faults were seen."""

from __future__ import annotations

from dataclasses import dataclass

from twin.vocabulary.instants import Instant


@dataclass(frozen=True, slots=True)
class Defect:
    """One kind of fault, where and how often."""

    code: str
    quantity: int
    unit_ids: tuple[str, ...]
    substrate_id: str | None
    x: int | None
    y: int | None


@dataclass(frozen=True, slots=True)
class Inspection:
    """Somebody or something looked, and judged."""

    event_id: str
    inspection_id: str
    operation: str
    kind: str
    passed: bool
    inspected: int
    by: str | None
    at: Instant
    lot_id: str | None
    substrate_id: str | None
    defects: tuple[Defect, ...]
