"""Who ordered what, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass

from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Granularity


@dataclass(frozen=True, slots=True)
class Product:
    """What lots become."""

    product_id: str
    name: str | None = None
    granularity: Granularity = Granularity.LOT
    route: tuple[str, ...] = ()
    inferred: bool = True


@dataclass(frozen=True, slots=True)
class Customer:
    """Who orders and receives."""

    customer_id: str


@dataclass(frozen=True, slots=True)
class Order:
    """A customer's order of a product."""

    order_id: str
    customer_id: str | None = None
    product_id: str | None = None
    quantity: int = 0
    due_at: Instant | None = None
    cancelled: bool = False
    inferred: bool = True


@dataclass(frozen=True, slots=True)
class StageProgress:
    """How many units of an order stand at one stage."""

    stage: str
    quantity: int
