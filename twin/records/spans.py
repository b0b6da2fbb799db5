"""What machines went through: states, mounts and repairs, each with the events that say so."""

from __future__ import annotations

from dataclasses import dataclass

from twin.vocabulary.instants import Instant
from twin.vocabulary.states import EquipmentState


@dataclass(frozen=True, slots=True)
class StateInterval:
    """A machine from one report of its state to the next; ``number`` counts the reports of one moment."""

    event_id: str
    state: EquipmentState
    reason_code: str | None
    process_state: str | None
    lot_id: str | None
    entered: bool
    started_at: Instant
    ended_at: Instant | None
    number: int


@dataclass(frozen=True, slots=True)
class MountInterval:
    """A tool or material lot on a machine's position; no start when nobody told that it was put on."""

    equipment_id: str
    position: str
    tool_id: str | None
    tool_kind: str | None
    material_lot_id: str | None
    started_at: Instant | None
    ended_at: Instant | None
    count: int | None
    remaining: float | None
    event_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A repair of a machine: asked for, begun, done."""

    repair_id: str
    event_ids: tuple[str, ...]
    reason_code: str | None = None
    note: str | None = None
    parts: tuple[str, ...] = ()
    requested_at: Instant | None = None
    requested_by: str | None = None
    started_at: Instant | None = None
    started_by: str | None = None
    finished_at: Instant | None = None
    finished_by: str | None = None
