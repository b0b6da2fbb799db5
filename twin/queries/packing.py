"""What containers and shipments hold."""

from __future__ import annotations

from collections.abc import Iterable

from twin.events.event import Event
from twin.events.packing import Content, Shipped
from twin.queries.things import Row
from twin.records.packing import Container, ContainerContent, Shipment
from twin.vocabulary.instants import Instant


def container_of(row: Row) -> Container:
    """The container that a node tells."""
    kind = row.get("kind") or "BOX"
    return Container(row["container_id"], kind, row.get("label"), row.get("packed_at"))


def shipment_of(row: Row) -> Shipment:
    """The shipment that a node tells."""
    return Shipment(
        shipment_id=row["shipment_id"],
        shipped_at=Instant(row.get("shipped_at") or 0),
        customer_id=row.get("customer_id"),
        order_id=row.get("order_id"),
        carrier_reference=row.get("carrier_reference"),
    )


def shipped_with(shipment_id: str, events: Iterable[Event]) -> tuple[ContainerContent, ...]:
    """What these events sent with a shipment, in time order."""
    return tuple(
        content_of(line)
        for event in events
        if isinstance(event.fact, Shipped) and event.fact.shipment_id == shipment_id
        for line in event.fact.contents
    )


def content_of(line: Content) -> ContainerContent:
    """A line of a packing or shipping event, as answers carry it."""
    return ContainerContent(
        quantity=1 if line.quantity is None else line.quantity,
        lot_id=line.lot_id,
        unit_id=line.unit_id,
        container_id=line.container_id,
    )
