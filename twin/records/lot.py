"""What the twin knows of one lot at a moment (semantics.md section 2)."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Struct

from twin.vocabulary.instants import Instant
from twin.vocabulary.states import LotStatus, QualityStatus, WipStatus


@dataclass(frozen=True, slots=True)
class Hold:
    """A reason why a lot must not go on, and who released it."""

    hold_id: str
    reason_code: str
    by: str
    held_at: Instant
    note: str | None = None
    released_at: Instant | None = None
    released_by: str | None = None


class OperationRun(Struct, frozen=True):
    """One lot at one operation on one machine; a run without a start is only its end instant."""

    key: str
    lot_id: str
    operation: str
    equipment_id: str
    attempt: int
    position: str | None = None
    operator_id: str | None = None
    recipe_id: str | None = None
    recipe_version: str | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    good: int | None = None
    scrap: int | None = None
    rework: int | None = None
    inferred: bool = False
    other: int | None = None
    carrier_id: str | None = None
    quantity: int | None = None


class Consumption(Struct, frozen=True):
    """A lot used part of a material lot; ``run_key`` is None when no run of that operation is known."""

    lot_id: str
    material_lot_id: str
    operation: str
    quantity: float
    unit: str
    method: str
    at: Instant
    event_id: str
    expected: float | None = None
    run_key: str | None = None


class Derivation(Struct, frozen=True):
    """One lot leaving (part of) its units to another: ``kind`` is SPLIT or the reason of the merge."""

    kind: str
    from_lot_id: str
    to_lot_id: str
    quantity: int
    at: Instant
    event_id: str


class LotState(Struct, frozen=True):
    """A lot as its counted events tell it; ``revision`` is the number of those events."""

    lot_id: str
    product_id: str | None
    order_ids: tuple[str, ...]
    quantity: int
    loose_quantity: int
    status: LotStatus
    wip_status: WipStatus
    quality: QualityStatus
    current_operation: str | None
    current_equipment_id: str | None
    location_id: str | None
    holds: tuple[Hold, ...]
    runs: tuple[OperationRun, ...]
    consumptions: tuple[Consumption, ...]
    parents: tuple[Derivation, ...]
    children: tuple[Derivation, ...]
    created_at: Instant | None
    updated_at: Instant | None
    revision: int
    inferred: bool
    priority: int | None = None
