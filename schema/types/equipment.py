"""Machines and their alarms."""

from __future__ import annotations

import strawberry

from resolvers import equipment, measurements, spans
from schema.fields import answers, identity, resolved_by, told
from schema.policies import READERS, SHOP_FLOOR
from schema.types.forward import LotRef, MountIntervalConnectionRef
from schema.types.maintenance import MaintenanceConnection
from schema.types.node import Connection, Node
from schema.types.spans import RepairConnection, StateIntervalConnection
from twin.records import equipment as records
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import EquipmentState


@answers(records.ProductionCount, allow=READERS)
class ProductionCount:
    """What a machine's own counters said last."""

    total: int = told("Units it made.")
    good: int | None = told("Good ones among them, where it tells.")
    since: Instant | None = told("Since when it counts, where it tells.")
    at: Instant = told("When it said so.")


@answers(records.Equipment, allow=READERS)
class Equipment(Node):
    """A machine and what it does."""

    id: strawberry.ID = identity("EQUIPMENT", "equipment_id")
    equipment_id: str = told("The machine's own name.")
    equipment_type: str = told("What kind of machine it is; UNKNOWN until it is registered.")
    line_id: str | None = told("The line it stands in.")
    area_id: str | None = told("The area it stands in.")
    site_id: str | None = told("The site it stands at.")
    name: str | None = told("What people call it.")
    vendor: str | None = told("Who made it.")
    model: str | None = told("What its maker calls it.")
    positions: list[str] = told("Where tools and material are mounted on it.")
    state: EquipmentState = told("Its state by SEMI E10, or UNKNOWN.")
    state_since: Instant | None = told("Since when it is in that state.")
    process_state: str | None = told("Its own word for what it does.")
    reason_code: str | None = told("Why it is in that state.")
    connected: bool = told("Whether the twin hears it.")
    lot: LotRef | None = resolved_by(equipment.lot)
    count: ProductionCount | None = told("What its counters said last; null when it never told.")
    recipe_id: str | None = told("The recipe it was told to run.")
    recipe_version: str | None = told("The version of that recipe.")
    open_alarms: list[Alarm] = resolved_by(equipment.open_alarms)
    last_seen_at: Instant | None = told("When it last told anything.")
    states: StateIntervalConnection = resolved_by(spans.states)
    mounts: MountIntervalConnectionRef = resolved_by(spans.mounts)
    repairs: RepairConnection = resolved_by(spans.repairs)
    maintenance: MaintenanceConnection = resolved_by(measurements.of_equipment)


@answers(allow=READERS)
class EquipmentConnection(Connection):
    """A slice of a list of machines."""

    nodes: list[Equipment] = told("The machines of this slice.")


@answers(records.Alarm, allow=READERS)
class Alarm(Node):
    """An alarm of a machine, open until cleared."""

    id: strawberry.ID = identity("ALARM", "alarm_id")
    alarm_id: str = told("The alarm's own name.")
    lot: LotRef | None = resolved_by(equipment.alarm_lot)
    equipment: Equipment = resolved_by(equipment.alarm_equipment)
    code: str = told("The machine's code for it.")
    text: str = told("The machine's words for it.")
    category: str | None = told("What kind of alarm the machine calls it.")
    level: int = told("How far it was escalated: 1 to 3.")
    escalated_to: list[str] = told("Who was told when it was escalated last.", allow=SHOP_FLOOR)
    set_at: Instant = told("When it was raised.")
    cleared_at: Instant | None = told("When the machine took it back; null while it is open.")
    acknowledged_at: Instant | None = told("When a person saw it.")
    acknowledged_by: str | None = told("Who saw it.", allow=SHOP_FLOOR)
    note: str | None = told("What that person wrote.", allow=SHOP_FLOOR)


@answers(allow=READERS)
class AlarmConnection(Connection):
    """A slice of a list of alarms."""

    nodes: list[Alarm] = told("The alarms of this slice.")
