"""Machines and their alarms."""

from __future__ import annotations

import strawberry

from resolvers import equipment, spans
from schema.fields import answers, identity, resolved_by, told
from schema.policies import READERS, SHOP_FLOOR
from schema.types.forward import LotRef, MountIntervalConnectionRef
from schema.types.node import Connection, Node
from schema.types.spans import RepairConnection, StateIntervalConnection
from twin.records import equipment as records
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import EquipmentState


@answers(records.Equipment, allow=READERS)
class Equipment(Node):
    """A machine and what it does."""

    id: strawberry.ID = identity("EQUIPMENT", "equipment_id")
    equipment_id: str = told("The machine's own name.")
    equipment_type: str = told("What kind of machine it is; UNKNOWN until it is registered.")
    line_id: str | None = told("The line it stands in.")
    state: EquipmentState = told("Its state by SEMI E10, or UNKNOWN.")
    state_since: Instant | None = told("Since when it is in that state.")
    process_state: str | None = told("Its own word for what it does.")
    reason_code: str | None = told("Why it is in that state.")
    connected: bool = told("Whether the twin hears it.")
    lot: LotRef | None = resolved_by(equipment.lot)
    recipe_id: str | None = told("The recipe it was told to run.")
    recipe_version: str | None = told("The version of that recipe.")
    open_alarms: list[Alarm] = resolved_by(equipment.open_alarms)
    last_seen_at: Instant | None = told("When it last told anything.")
    states: StateIntervalConnection = resolved_by(spans.states)
    mounts: MountIntervalConnectionRef = resolved_by(spans.mounts)
    repairs: RepairConnection = resolved_by(spans.repairs)


@answers(allow=READERS)
class EquipmentConnection(Connection):
    """A slice of a list of machines."""

    nodes: list[Equipment] = told("The machines of this slice.")


@answers(records.Alarm, allow=READERS)
class Alarm(Node):
    """An alarm of a machine, open until cleared."""

    id: strawberry.ID = identity("ALARM", "alarm_id")
    alarm_id: str = told("The alarm's own name.")
    equipment: Equipment = resolved_by(equipment.alarm_equipment)
    code: str = told("The machine's code for it.")
    text: str = told("The machine's words for it.")
    level: int = told("How far it was escalated: 1 to 3.")
    set_at: Instant = told("When it was raised.")
    cleared_at: Instant | None = told("When the machine took it back; null while it is open.")
    acknowledged_at: Instant | None = told("When a person saw it.")
    acknowledged_by: str | None = told("Who saw it.", allow=SHOP_FLOOR)


@answers(allow=READERS)
class AlarmConnection(Connection):
    """A slice of a list of alarms."""

    nodes: list[Alarm] = told("The alarms of this slice.")
