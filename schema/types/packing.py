"""Containers, shipments and what is in them."""

from __future__ import annotations

import strawberry

from resolvers import packing
from schema.fields import answers, identity, resolved_by, told
from schema.policies import READERS
from schema.types.forward import CustomerRef, LotRef, OrderRef, UnitRef
from schema.types.node import Node
from twin.records import packing as records
from twin.vocabulary.instants import Instant


@answers(records.ContainerContent, allow=READERS)
class ContainerContent:
    """Part of a lot, one unit, or a whole container."""

    lot: LotRef | None = resolved_by(packing.content_lot)
    unit: UnitRef | None = resolved_by(packing.content_unit)
    container: Container | None = resolved_by(packing.content_container)
    quantity: int = told("How many units; 1 for a unit or a container.")


@answers(records.Container, allow=READERS)
class Container(Node):
    """Something that finished goods are packed in."""

    id: strawberry.ID = identity("CONTAINER", "container_id")
    container_id: str = told("The container's own name.")
    kind: str = told("REEL, TRAY, BOX or PALLET.")
    label: str | None = told("What is written on it.")
    packed_at: Instant | None = told("When something was last packed into it.")
    contents: list[ContainerContent] = resolved_by(packing.container_contents)
    shipment: Shipment | None = resolved_by(packing.container_shipment)


@answers(records.Shipment, allow=READERS)
class Shipment(Node):
    """Goods that left the plant for a customer."""

    id: strawberry.ID = identity("SHIPMENT", "shipment_id")
    shipment_id: str = told("The shipment's own name.")
    customer: CustomerRef = resolved_by(packing.shipment_customer)
    order: OrderRef | None = resolved_by(packing.shipment_order)
    shipped_at: Instant = told("When it left.")
    carrier_reference: str | None = told("By what the carrier knows it.")
    contents: list[ContainerContent] = resolved_by(packing.shipment_contents)
