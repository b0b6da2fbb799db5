"""Orders, how far they are, and for whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString

from twin.graph.session import Graph
from twin.queries.cursors import Place
from twin.queries.lots import lot_of
from twin.queries.paging import Listing
from twin.queries.things import Row
from twin.records.lots import Lot
from twin.records.order import Customer, Order, Product
from twin.vocabulary.states import Granularity

PAGE: Final[LiteralString] = """
    MATCH (placed:Order)
    WHERE placed.order_id > $after_id AND placed.revision > 0
      AND ($order_ids IS NULL OR placed.order_id IN $order_ids)
      AND ($order_prefix IS NULL OR placed.order_id STARTS WITH $order_prefix)
      AND ($customer_ids IS NULL OR placed.customer_id IN $customer_ids)
      AND ($customer_prefix IS NULL OR placed.customer_id STARTS WITH $customer_prefix)
      AND ($due_from IS NULL OR placed.due_at >= $due_from)
      AND ($due_to IS NULL OR placed.due_at < $due_to)
    RETURN placed ORDER BY placed.order_id LIMIT $limit
"""

COUNT: Final[LiteralString] = """
    MATCH (placed:Order)
    WHERE placed.revision > 0
      AND ($order_ids IS NULL OR placed.order_id IN $order_ids)
      AND ($order_prefix IS NULL OR placed.order_id STARTS WITH $order_prefix)
      AND ($customer_ids IS NULL OR placed.customer_id IN $customer_ids)
      AND ($customer_prefix IS NULL OR placed.customer_id STARTS WITH $customer_prefix)
      AND ($due_from IS NULL OR placed.due_at >= $due_from)
      AND ($due_to IS NULL OR placed.due_at < $due_to)
    RETURN count(placed) AS total
"""

LOTS_OF_ORDERS: Final[LiteralString] = """
    UNWIND $keys AS key MATCH (:Order {order_id: key})<-[:SERVES]-(lot:Lot)
    RETURN key, lot ORDER BY lot.lot_id LIMIT 20000
"""

ORDERS_OF_CUSTOMERS: Final[LiteralString] = """
    MATCH (placed:Order) WHERE placed.customer_id IN $keys
    RETURN placed.customer_id AS key, placed ORDER BY placed.order_id LIMIT 5000
"""

SHIPPED: Final[LiteralString] = """
    MATCH (shipment:Shipment) WHERE shipment.order_id IN $keys
    RETURN shipment.order_id AS key, shipment.shipment_id AS shipment_id LIMIT 20000
"""


@dataclass(frozen=True, slots=True)
class OrdersAsked:
    """What the statement narrows orders by; None narrows nothing."""

    order_ids: list[str] | None = None
    order_prefix: str | None = None
    customer_ids: list[str] | None = None
    customer_prefix: str | None = None
    due_from: int | None = None
    due_to: int | None = None

    def parameters(self) -> dict[str, Any]:
        """By the names that the statements use."""
        return {name: getattr(self, name) for name in self.__slots__}


def orders(graph: Graph, asked: OrdersAsked, keep: Callable[[Order], bool] | None = None) -> Listing[Order]:
    """The orders that were asked for, by name."""

    async def fetch(after: Place | None, limit: int) -> list[Order]:
        after_id = "" if after is None else after[0]
        rows = await graph.read(PAGE, after_id=after_id, limit=limit, **asked.parameters())
        return [order_of(row["placed"]) for row in rows]

    async def count() -> int:
        return int((await graph.read(COUNT, **asked.parameters()))[0]["total"])

    return Listing("orders", fetch, lambda order: (order.order_id,), count, keep)


async def lots_of_orders(graph: Graph, order_ids: Sequence[str]) -> dict[str, tuple[Lot, ...]]:
    """The lots that serve each of these orders, by name."""
    found: dict[str, list[Lot]] = {key: [] for key in order_ids}
    for row in await graph.read(LOTS_OF_ORDERS, keys=list(found)):
        found[row["key"]].append(lot_of(row["lot"]))
    return {key: tuple(rows) for key, rows in found.items()}


async def orders_of_customers(graph: Graph, customer_ids: Sequence[str]) -> dict[str, tuple[Order, ...]]:
    """The orders of each of these customers, by name."""
    found: dict[str, list[Order]] = {key: [] for key in customer_ids}
    for row in await graph.read(ORDERS_OF_CUSTOMERS, keys=list(found)):
        found[row["key"]].append(order_of(row["placed"]))
    return {key: tuple(rows) for key, rows in found.items()}


async def shipments_of_orders(graph: Graph, order_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The shipments that left for each of these orders."""
    found: dict[str, list[str]] = {key: [] for key in order_ids}
    for row in await graph.read(SHIPPED, keys=list(found)):
        found[row["key"]].append(row["shipment_id"])
    return {key: tuple(sorted(rows)) for key, rows in found.items()}


def order_of(row: Row) -> Order:
    """The order that a node tells."""
    return Order(
        order_id=row["order_id"],
        customer_id=row.get("customer_id"),
        product_id=row.get("product_id"),
        quantity=row.get("quantity") or 0,
        due_at=row.get("due_at"),
        cancelled=bool(row.get("cancelled")),
        inferred=bool(row.get("inferred")),
    )


def product_of(row: Row) -> Product:
    """The product that a node tells."""
    return Product(
        product_id=row["product_id"],
        name=row.get("name"),
        granularity=Granularity(row.get("granularity") or Granularity.LOT),
        route=tuple(row.get("route") or ()),
        inferred=bool(row.get("inferred")),
    )


def customer_of(row: Row) -> Customer:
    """The customer that a node tells."""
    return Customer(row["customer_id"])
