"""What machines do and count."""

from __future__ import annotations

from twin.events.fact import Fact, Moment, Part
from twin.vocabulary.identifiers import EquipmentId, Identifier, LotId, OperatorId, SubstrateId
from twin.vocabulary.quantities import Count, Reading, Text, UnitOfMeasure
from twin.vocabulary.states import EquipmentState


class EquipmentStateChanged(Fact, frozen=True):
    """A machine entered a state of SEMI E10, or nobody knows which."""

    equipment_id: EquipmentId
    state: EquipmentState
    reason_code: Identifier | None = None
    process_state: Identifier | None = None
    lot_id: LotId | None = None
    by: OperatorId | None = None


class EquipmentConnected(Fact, frozen=True):
    """The twin hears a machine again."""

    equipment_id: EquipmentId
    reason: Text | None = None


class EquipmentDisconnected(Fact, frozen=True):
    """The twin no longer hears a machine."""

    equipment_id: EquipmentId
    reason: Text | None = None


class ProductionCounted(Fact, frozen=True):
    """A machine's counter stood at this many."""

    equipment_id: EquipmentId
    total: Count
    lot_id: LotId | None = None
    good: Count | None = None
    since_at: Moment | None = None


class Sample(Part, frozen=True):
    """One reading of one parameter."""

    name: Identifier
    value: Reading | Text | bool
    unit: UnitOfMeasure | None = None
    at: Moment | None = None


class ParametersSampled(Fact, frozen=True):
    """A machine told its process parameters."""

    equipment_id: EquipmentId
    samples: tuple[Sample, ...]
    lot_id: LotId | None = None
    substrate_id: SubstrateId | None = None
