"""Products, orders and customers."""

from __future__ import annotations

import strawberry

from resolvers import orders
from schema.fields import answers, identity, resolved_by, told
from schema.policies import READERS
from schema.types.forward import LotRef
from schema.types.node import Connection, Node
from twin.records import order as records
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Granularity


@answers(records.Product, allow=READERS)
class Product(Node):
    """What lots become."""

    id: strawberry.ID = identity("PRODUCT", "product_id")
    product_id: str = told("The product's own name.")
    name: str | None = told("What people call it.")
    granularity: Granularity = told("How far down it is traced; LOT until it is defined.")
    route: list[str] = told("The operations of its route, in order.")
    inferred: bool = told("Whether it is only known because other events name it.")


@answers(records.Customer, allow=READERS)
class Customer(Node):
    """Who orders and receives."""

    id: strawberry.ID = identity("CUSTOMER", "customer_id")
    customer_id: str = told("The customer's own name.")
    orders: list[Order] = resolved_by(orders.customer_orders)


@answers(records.StageProgress, allow=READERS)
class StageProgress:
    """How many units of an order stand at one stage."""

    stage: str = told("An operation's code, or WAITING, COMPLETED, PACKED, SHIPPED.")
    quantity: int = told("Units there.")


@answers(records.Order, allow=READERS)
class Order(Node):
    """A customer's order of a product."""

    id: strawberry.ID = identity("ORDER", "order_id")
    order_id: str = told("The order's own name.")
    customer: Customer = resolved_by(orders.customer)
    product: Product = resolved_by(orders.product)
    quantity: int = told("Units ordered.")
    due_at: Instant = resolved_by(orders.due_at)
    lots: list[LotRef] = resolved_by(orders.lots)
    shipped_quantity: int = resolved_by(orders.shipped_quantity)
    progress: list[StageProgress] = resolved_by(orders.progress)
    expected_at: Instant | None = resolved_by(orders.expected_at)
    late: bool = resolved_by(orders.late)
    cancelled: bool = told("Whether the order was cancelled.")
    inferred: bool = told("Whether it is only known because other events name it.")


@answers(allow=READERS)
class OrderConnection(Connection):
    """A slice of a list of orders."""

    nodes: list[Order] = told("The orders of this slice.")
