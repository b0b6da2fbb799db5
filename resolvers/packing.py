"""Containers, shipments and what is in them."""

from __future__ import annotations

from strawberry import Parent

from resolvers.asking import Info, clocks_of
from resolvers.loads import load_of, shipment_of
from twin.queries.clocks import LIVE
from twin.queries.packing import content_of, shipped_with
from twin.records.lots import Lot
from twin.records.order import Customer, Order
from twin.records.packing import Container, ContainerContent, Shipment
from twin.records.unit import Unit


async def find_container(info: Info, container_id: str) -> Container | None:
    """One container by its name; null when no event names it."""
    return await info.context.loaders.containers.load((container_id, LIVE))


async def find_shipment(info: Info, shipment_id: str) -> Shipment | None:
    """One shipment by its name; null when no event names it."""
    return await info.context.loaders.shipments.load((shipment_id, LIVE))


async def container_contents(root: Parent[Container], info: Info) -> list[ContainerContent]:
    """Its last load, in time order, without what was moved elsewhere since."""
    return list(map(content_of, await load_of(info, root.container_id)))


async def container_shipment(root: Parent[Container], info: Info) -> Shipment | None:
    """The shipment with which its last load left, by itself or in a container around it."""
    shipment_id = await shipment_of(info, root.container_id)
    if shipment_id is None:
        return None
    return await info.context.loaders.shipments.load((shipment_id, clocks_of(info)))


async def shipment_contents(root: Parent[Shipment], info: Info) -> list[ContainerContent]:
    """What left with it."""
    events = await info.context.loaders.history("Shipment", root.shipment_id, clocks_of(info))
    return list(shipped_with(root.shipment_id, events))


def shipment_customer(root: Parent[Shipment]) -> Customer:
    """Who received it; UNKNOWN until the shipment itself is told."""
    return Customer(root.customer_id or "UNKNOWN")


async def shipment_order(root: Parent[Shipment], info: Info) -> Order | None:
    """The order it was for."""
    if root.order_id is None:
        return None
    return await info.context.loaders.orders.load((root.order_id, clocks_of(info))) or Order(root.order_id)


async def content_lot(root: Parent[ContainerContent], info: Info) -> Lot | None:
    """The lot whose units these are."""
    if root.lot_id is None:
        return None
    return await info.context.loaders.lots.load((root.lot_id, clocks_of(info))) or Lot(root.lot_id)


async def content_unit(root: Parent[ContainerContent], info: Info) -> Unit | None:
    """The unit."""
    if root.unit_id is None:
        return None
    return await info.context.loaders.units.load((root.unit_id, clocks_of(info))) or Unit(root.unit_id)


async def content_container(root: Parent[ContainerContent], info: Info) -> Container | None:
    """The container inside."""
    if root.container_id is None:
        return None
    found = await info.context.loaders.containers.load((root.container_id, clocks_of(info)))
    return found or Container(root.container_id)
