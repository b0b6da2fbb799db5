"""Orders, products and the structure of the plant."""

from __future__ import annotations

from twin.events.fact import Fact, Moment, Part
from twin.vocabulary.identifiers import (
    CustomerId,
    EquipmentId,
    Identifier,
    LineId,
    MaterialId,
    OperationCode,
    OrderId,
    Position,
    ProductId,
)
from twin.vocabulary.quantities import Amount, Count, Text, UnitOfMeasure
from twin.vocabulary.states import Granularity, MaterialKind


class EquipmentRegistered(Fact, frozen=True):
    """A machine stands in the plant."""

    equipment_id: EquipmentId
    equipment_type: Identifier
    line_id: LineId | None = None
    area_id: Identifier | None = None
    site_id: Identifier | None = None
    name: Text | None = None
    vendor: Text | None = None
    model: Text | None = None
    positions: tuple[Position, ...] = ()


class RouteStep(Part, frozen=True):
    """One operation of a product's route."""

    operation: OperationCode
    equipment_type: Identifier | None = None
    standard_cycle_s: Amount | None = None


class BomLine(Part, frozen=True):
    """How much of a material one unit needs."""

    material_id: MaterialId
    quantity: Amount
    unit: UnitOfMeasure
    operation: OperationCode | None = None


class ProductDefined(Fact, frozen=True):
    """A product may be made, along this route, from this bill of materials."""

    product_id: ProductId
    granularity: Granularity
    name: Text | None = None
    route: tuple[RouteStep, ...] = ()
    bom: tuple[BomLine, ...] = ()


class MaterialDefined(Fact, frozen=True):
    """A material is known by this name and its aliases."""

    material_id: MaterialId
    kind: MaterialKind
    unit: UnitOfMeasure
    name: Text | None = None
    minimum_quantity: Amount | None = None
    aliases: tuple[MaterialId, ...] = ()


class OrderReceived(Fact, frozen=True):
    """A customer ordered a product."""

    order_id: OrderId
    customer_id: CustomerId
    product_id: ProductId
    quantity: Count
    due_at: Moment
    bom: tuple[BomLine, ...] = ()


class OrderChanged(Fact, frozen=True):
    """An order's quantity or date changed, or it was cancelled."""

    order_id: OrderId
    quantity: Count | None = None
    due_at: Moment | None = None
    cancelled: bool | None = None
