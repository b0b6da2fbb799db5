"""A lot at a glance: what boards and lists show of it."""

from __future__ import annotations

from dataclasses import dataclass

from twin.vocabulary.instants import Instant
from twin.vocabulary.states import LotStatus, QualityStatus, WipStatus


@dataclass(frozen=True, slots=True)
class Lot:
    """A batch of units of one product; its history is told by LotState."""

    lot_id: str
    product_id: str | None = None
    order_ids: tuple[str, ...] = ()
    quantity: int = 0
    loose_quantity: int = 0
    status: LotStatus = LotStatus.PLANNED
    wip_status: WipStatus = WipStatus.WAITING
    quality: QualityStatus = QualityStatus.PENDING
    current_operation: str | None = None
    current_equipment_id: str | None = None
    location: str | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None
    inferred: bool = True
    revision: int = 0
    has_units: bool = False
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """A lot, or so many of its units, at a place; ``until`` None while it was not carried on."""

    location: str
    quantity: int | None
    since: Instant
    until: Instant | None
    event_id: str
