"""Material lots: received, mixed, mounted, used, returned."""

from __future__ import annotations

from twin.events.fact import Fact, Moment, Part
from twin.vocabulary.identifiers import (
    EquipmentId,
    Identifier,
    LocationId,
    LotId,
    MaterialId,
    MaterialLotId,
    OperationCode,
    OperatorId,
    Position,
    SupplierId,
)
from twin.vocabulary.quantities import Amount, UnitOfMeasure
from twin.vocabulary.states import ConsumptionMethod, ZoneEvent


class MaterialLotReceived(Fact, frozen=True):
    """A supplier's lot came into the store."""

    material_lot_id: MaterialLotId
    material_id: MaterialId
    quantity: Amount
    unit: UnitOfMeasure
    supplier_id: SupplierId | None = None
    supplier_lot: Identifier | None = None
    expires_at: Moment | None = None
    location_id: LocationId | None = None


class MixInput(Part, frozen=True):
    """What one material lot gave to a mix."""

    material_lot_id: MaterialLotId
    quantity: Amount
    unit: UnitOfMeasure


class MaterialMixed(Fact, frozen=True):
    """Several material lots became a new one."""

    material_lot_id: MaterialLotId
    material_id: MaterialId
    quantity: Amount
    unit: UnitOfMeasure
    inputs: tuple[MixInput, ...]
    expires_at: Moment | None = None


class MaterialMoved(Fact, frozen=True):
    """A material lot was carried to another place or passed a zone."""

    material_lot_id: MaterialLotId
    location_id: LocationId
    zone_event: ZoneEvent | None = None


class MaterialThawed(Fact, frozen=True):
    """A frozen material lot may be used, for a time."""

    material_lot_id: MaterialLotId
    usable_from: Moment
    usable_until: Moment


class MaterialMounted(Fact, frozen=True):
    """A material lot was put on a machine."""

    material_lot_id: MaterialLotId
    equipment_id: EquipmentId
    position: Position


class MaterialUnmounted(Fact, frozen=True):
    """A material lot was taken off a machine."""

    material_lot_id: MaterialLotId
    equipment_id: EquipmentId
    position: Position
    remaining: Amount | None = None


class MaterialConsumed(Fact, frozen=True):
    """A production lot used part of a material lot at one operation."""

    lot_id: LotId
    operation: OperationCode
    material_lot_id: MaterialLotId
    quantity: Amount
    unit: UnitOfMeasure
    method: ConsumptionMethod
    material_id: MaterialId | None = None
    expected: Amount | None = None
    equipment_id: EquipmentId | None = None
    position: Position | None = None
    operator_id: OperatorId | None = None


class MaterialReturned(Fact, frozen=True):
    """Material went back from a lot to the store."""

    lot_id: LotId
    material_lot_id: MaterialLotId
    quantity: Amount
    unit: UnitOfMeasure
