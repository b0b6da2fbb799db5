"""Reels, boxes and shipments."""

from __future__ import annotations

from twin.events.fact import Fact, Part
from twin.vocabulary.identifiers import (
    ContainerId,
    CustomerId,
    Identifier,
    LotId,
    OrderId,
    ShipmentId,
    UnitId,
)
from twin.vocabulary.quantities import Count, Text
from twin.vocabulary.states import ContainerKind


class Content(Part, frozen=True):
    """Part of a lot, one unit, or a whole container."""

    lot_id: LotId | None = None
    quantity: Count | None = None
    unit_id: UnitId | None = None
    container_id: ContainerId | None = None

    def __post_init__(self) -> None:
        named = [self.lot_id is not None, self.unit_id is not None, self.container_id is not None]
        if sum(named) != 1 or (self.lot_id is not None) != (self.quantity is not None):
            raise ValueError("a content is {lot_id, quantity}, {unit_id} or {container_id}")


class Packed(Fact, frozen=True):
    """Goods were put into a container."""

    container_id: ContainerId
    kind: ContainerKind
    contents: tuple[Content, ...]
    label: Text | None = None


class Shipped(Fact, frozen=True):
    """Goods left the plant for a customer."""

    shipment_id: ShipmentId
    customer_id: CustomerId
    contents: tuple[Content, ...]
    order_id: OrderId | None = None
    carrier_reference: Identifier | None = None
