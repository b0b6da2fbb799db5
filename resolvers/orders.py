"""Orders, products and customers."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Final

from strawberry import Parent

from resolvers import filters
from resolvers.asking import Info, clocks_of
from resolvers.inputs import OrderFilter
from resolvers.loads import units_of_shipment
from resolvers.lots import loose_quantity
from twin.errors import Refused
from twin.queries import orders as listed
from twin.queries.clocks import LIVE
from twin.queries.orders import OrdersAsked
from twin.queries.paging import page, size
from twin.records.lots import Lot
from twin.records.order import Customer, Order, Product, StageProgress
from twin.records.page import Cursor, Page
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import LotStatus

_NOBODY: Final = "UNKNOWN"
_JUDGED_AT_MOST: Final = 5_000


async def find(info: Info, order_id: str) -> Order | None:
    """One order by its name; null when no event names it."""
    return await info.context.loaders.orders.load((order_id, LIVE))


async def find_all(
    info: Info,
    filter: OrderFilter | None = None,  # noqa: A002 - the argument's name in the schema
    first: int | None = None,
    after: Cursor | None = None,
) -> Page[Order]:
    """The orders that a filter keeps, by name."""
    wanted, asked = size(first), filters.orders_asked(filter)
    if filter is None or filter.late is None:
        return await page(listed.orders(info.context.graph, asked), wanted, after)
    judged = {order.order_id: await _late(info, order) for order in await _all(info, asked)}
    listing = listed.orders(
        info.context.graph, asked, lambda order: judged.get(order.order_id, False) == filter.late
    )
    return await page(listing, wanted, after)


async def find_customer(info: Info, customer_id: str) -> Customer | None:
    """One customer by its name; null when no event names it."""
    return await info.context.loaders.customers.load((customer_id, LIVE))


async def customer_orders(root: Parent[Customer], info: Info) -> list[Order]:
    """The customer's orders, by name."""
    return list(await info.context.loaders.customer_orders.load((root.customer_id, clocks_of(info))) or ())


def customer(root: Parent[Order]) -> Customer:
    """Who ordered it; UNKNOWN until the order itself is received."""
    return Customer(root.customer_id or _NOBODY)


async def product(root: Parent[Order], info: Info) -> Product:
    """What was ordered; UNKNOWN until the order itself is received."""
    if root.product_id is None:
        return Product(_NOBODY)
    found = await info.context.loaders.products.load((root.product_id, clocks_of(info)))
    return found or Product(root.product_id)


def due_at(root: Parent[Order]) -> Instant:
    """When it is due; the year 1970 until the order itself is received."""
    return Instant(0) if root.due_at is None else root.due_at


async def lots(root: Parent[Order], info: Info) -> list[Lot]:
    """The lots that serve the order, by name."""
    return list(await info.context.loaders.order_lots.load((root.order_id, clocks_of(info))) or ())


async def shipped_quantity(root: Parent[Order], info: Info) -> int:
    """Units that left with shipments for the order, containers counted by what they held when they left."""
    return await _shipped(info, root.order_id)


async def progress(root: Parent[Order], info: Info) -> list[StageProgress]:
    """Where the units of the order's lots stand: an operation, WAITING, COMPLETED, PACKED or SHIPPED.

    PACKED are all that were packed or shipped and did not leave with a shipment for the order.
    """
    counted: Counter[str] = Counter()
    taken = 0
    for lot in await info.context.loaders.order_lots.load((root.order_id, clocks_of(info))) or ():
        done = lot.status is LotStatus.COMPLETED
        loose = await loose_quantity(lot, info)
        counted["COMPLETED" if done else lot.current_operation or "WAITING"] += loose
        taken += lot.quantity - loose
    shipped = await _shipped(info, root.order_id)
    counted["PACKED"] += max(taken - shipped, 0)
    counted["SHIPPED"] += shipped
    return [StageProgress(stage, counted[stage]) for stage in counted if counted[stage]]


def expected_at(root: Parent[Order]) -> Instant | None:  # noqa: ARG001 - nothing predicts it yet
    """When it will be done; null, because nothing predicts it yet."""
    return None


async def late(root: Parent[Order], info: Info) -> bool:
    """Whether it is past due and not all of it has left."""
    return await _late(info, root)


async def _late(info: Info, order: Order) -> bool:
    overdue = order.due_at is not None and not order.cancelled and order.due_at < time.time_ns() // 1_000_000
    return overdue and await _shipped(info, order.order_id) < order.quantity


async def _all(info: Info, asked: OrdersAsked) -> list[Order]:
    """All orders that a statement finds, to judge them; more than 5,000 are refused."""
    found = await listed.orders(info.context.graph, asked).fetch(None, _JUDGED_AT_MOST + 1)
    if len(found) > _JUDGED_AT_MOST:
        raise Refused("Too many orders to tell which are late; narrow the filter.", code="filter.too_broad")
    return found


async def _shipped(info: Info, order_id: str) -> int:
    shipments = await info.context.loaders.order_shipments.load((order_id, clocks_of(info))) or ()
    return sum(await asyncio.gather(*(units_of_shipment(info, shipment_id) for shipment_id in shipments)))
