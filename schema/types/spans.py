"""What machines went through: states, mounts, repairs."""

from __future__ import annotations

from resolvers import spans
from schema.fields import answers, resolved_by, told
from schema.policies import READERS, SHOP_FLOOR
from schema.types.forward import EquipmentRef, EventRecordRef, LotRef, MaterialLotRef
from schema.types.node import Connection
from twin.records import spans as records
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import EquipmentState


@answers(records.StateInterval, allow=READERS)
class StateInterval:
    """A machine from one report of its state to the next."""

    state: EquipmentState = told("Its state by SEMI E10, or UNKNOWN.")
    reason_code: str | None = told("Why it was in that state.")
    process_state: str | None = told("Its own word for what it did.")
    lot: LotRef | None = resolved_by(spans.lot)
    entered: bool = told("Whether it came into the state from another; false when only the reason changed.")
    started_at: Instant = told("When it reported the state.")
    ended_at: Instant | None = told("When it reported the next one; null for the last.")
    event: EventRecordRef = resolved_by(spans.event)


@answers(allow=READERS)
class StateIntervalConnection(Connection):
    """A slice of a list of states."""

    nodes: list[StateInterval] = told("The states of this slice.")


@answers(records.MountInterval, allow=READERS)
class MountInterval:
    """A tool or material lot on a machine's position, from put on to taken off."""

    equipment: EquipmentRef = resolved_by(spans.equipment)
    position: str = told("Where on the machine.")
    tool_id: str | None = told("The tool's own name; null for a material lot.")
    tool_kind: str | None = told("What kind of tool it is.")
    material_lot: MaterialLotRef | None = resolved_by(spans.material_lot)
    started_at: Instant | None = told("When it was put on; null when nobody told.")
    ended_at: Instant | None = told("When it was taken off; null while it sits there.")
    count: int | None = told("How often the tool had been used when it was taken off.")
    remaining: float | None = told("How much of the material was left when it was taken off.")
    events: list[EventRecordRef] = resolved_by(spans.events)


@answers(allow=READERS)
class MountIntervalConnection(Connection):
    """A slice of a list of mounts."""

    nodes: list[MountInterval] = told("The mounts of this slice.")


@answers(records.Repair, allow=READERS)
class Repair:
    """A repair of a machine: asked for, begun, done."""

    repair_id: str = told("The repair's own name.")
    reason_code: str | None = told("Why it was needed.")
    note: str | None = told("What was last written about it.")
    parts: list[str] = told("The parts that were last named.")
    requested_at: Instant | None = told("When it was asked for.")
    requested_by: str | None = told("Who asked for it.", allow=SHOP_FLOOR)
    started_at: Instant | None = told("When somebody took it over.")
    started_by: str | None = told("Who took it over.", allow=SHOP_FLOOR)
    finished_at: Instant | None = told("When it was done; null while it is open.")
    finished_by: str | None = told("Who finished it.", allow=SHOP_FLOOR)
    events: list[EventRecordRef] = resolved_by(spans.events)


@answers(allow=READERS)
class RepairConnection(Connection):
    """A slice of a list of repairs."""

    nodes: list[Repair] = told("The repairs of this slice.")
