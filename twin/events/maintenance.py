"""Repairs and maintenance."""

from __future__ import annotations

from twin.events.fact import Fact, Part
from twin.vocabulary.identifiers import EquipmentId, Identifier, OperatorId
from twin.vocabulary.quantities import Text


class _Repair(Fact, frozen=True):
    """What the three steps of a repair have in common."""

    repair_id: Identifier
    equipment_id: EquipmentId
    by: OperatorId
    reason_code: Identifier | None = None
    note: Text | None = None
    parts: tuple[Identifier, ...] = ()


class RepairRequested(_Repair, frozen=True):
    """A machine needs repair."""


class RepairStarted(_Repair, frozen=True):
    """Somebody took a repair over."""


class RepairFinished(_Repair, frozen=True):
    """A machine was repaired."""


class MaintenanceItem(Part, frozen=True):
    """One check of a maintenance task."""

    name: Text
    ok: bool
    note: Text | None = None


class MaintenanceDone(Fact, frozen=True):
    """A maintenance task was carried out."""

    task_id: Identifier
    equipment_id: EquipmentId
    by: OperatorId
    items: tuple[MaintenanceItem, ...]
