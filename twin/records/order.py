"""Who ordered what, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass

from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Granularity


@dataclass(frozen=True, slots=True)
class Product:
    """What lots become; ``granularity`` None until it is defined."""

    product_id: str
    name: str | None = None
    granularity: Granularity | None = None
    route: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class StageProgress:
    """How many units of an order stand at one stage."""

    stage: str
    quantity: int
