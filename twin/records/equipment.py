"""Machines and their alarms."""

from __future__ import annotations

from dataclasses import dataclass

from twin.vocabulary.instants import Instant
from twin.vocabulary.states import EquipmentState


@dataclass(frozen=True, slots=True)
class ProductionCount:
    """What a machine's own counters said last."""

    total: int
    good: int | None
    since: Instant | None
    at: Instant


@dataclass(frozen=True, slots=True)
class Equipment:
    """A machine and what it does."""

    equipment_id: str
    equipment_type: str = "UNKNOWN"
    line_id: str | None = None
    state: EquipmentState = EquipmentState.UNKNOWN
    state_since: Instant | None = None
    process_state: str | None = None
    reason_code: str | None = None
    connected: bool = False
    lot_id: str | None = None
    recipe_id: str | None = None
    recipe_version: str | None = None
    count: ProductionCount | None = None
    last_seen_at: Instant | None = None
    name: str | None = None
    vendor: str | None = None
    model: str | None = None
    area_id: str | None = None
    site_id: str | None = None
    positions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm of a machine, open until cleared; level 1 is the lowest."""

    alarm_id: str
    equipment_id: str
    code: str
    text: str
    level: int
    set_at: Instant
    cleared_at: Instant | None = None
    acknowledged_at: Instant | None = None
    acknowledged_by: str | None = None
    category: str | None = None
    lot_id: str | None = None
    escalated_to: tuple[str, ...] = ()
    note: str | None = None
