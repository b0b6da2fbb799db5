"""Machines and their alarms."""

from __future__ import annotations

from dataclasses import dataclass

from twin.vocabulary.instants import Instant
from twin.vocabulary.states import EquipmentState


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
    last_seen_at: Instant | None = None


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
