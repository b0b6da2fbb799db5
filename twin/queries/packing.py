"""What containers and shipments hold."""

from __future__ import annotations

from collections.abc import Iterable

from twin.events.event import Event
from twin.events.packing import Content, Packed, Shipped
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


def packed_into(container_id: str, events: Iterable[Event]) -> tuple[ContainerContent, ...]:
    """What these events put into a container, in time order."""
    return tuple(
        _content(line)
        for event in events
        if isinstance(event.fact, Packed) and event.fact.container_id == container_id
        for line in event.fact.contents
    )


def shipped_with(shipment_id: str, events: Iterable[Event]) -> tuple[ContainerContent, ...]:
    """What these events sent with a shipment, in time order."""
    return tuple(
        _content(line)
        for event in events
        if isinstance(event.fact, Shipped) and event.fact.shipment_id == shipment_id
        for line in event.fact.contents
    )


def holders_of(field: str, key: str, events: Iterable[Event]) -> tuple[list[str], list[str]]:
    """The containers and the shipments that took a thing, in time order; ``field`` names it in a line."""
    containers: list[str] = []
    shipments: list[str] = []
    for event in events:
        fact = event.fact
        if isinstance(fact, Packed) and any(getattr(line, field) == key for line in fact.contents):
            containers.append(fact.container_id)
        if isinstance(fact, Shipped) and any(getattr(line, field) == key for line in fact.contents):
            shipments.append(fact.shipment_id)
    return containers, shipments


def _content(line: Content) -> ContainerContent:
    return ContainerContent(
        quantity=1 if line.quantity is None else line.quantity,
        lot_id=line.lot_id,
        unit_id=line.unit_id,
        container_id=line.container_id,
    )
