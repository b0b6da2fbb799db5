"""Orders, products and materials, as their definitions tell them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec
from msgspec import Struct

from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.order import MaterialDefined, OrderChanged, OrderReceived, ProductDefined
from twin.folds.fold import Fold, said
from twin.vocabulary.instants import instant_of


class OrderFold(Fold):
    """A customer's order."""

    label: ClassVar[str] = "Order"
    defined_by: ClassVar[frozenset[type[Fact]]] = frozenset({OrderReceived})

    def tells(self, event: Event) -> Mapping[str, Any]:
        """What was ordered, or what changed."""
        match event.fact:
            case OrderReceived() as fact:
                values = said(fact, "customer_id", "product_id", "quantity")
                return values | {"due_at": instant_of(fact.due_at), "bom_json": _lines(fact.bom)}
            case OrderChanged() as fact:
                values = said(fact, "quantity", "cancelled")
                return values if fact.due_at is None else values | {"due_at": instant_of(fact.due_at)}
        return {}


class ProductFold(Fold):
    """What lots become."""

    label: ClassVar[str] = "Product"
    defined_by: ClassVar[frozenset[type[Fact]]] = frozenset({ProductDefined})

    def tells(self, event: Event) -> Mapping[str, Any]:
        """The product's latest definition."""
        fact = event.fact
        if not isinstance(fact, ProductDefined):
            return {}
        return {
            "name": fact.name,
            "granularity": fact.granularity.value,
            "route": [step.operation for step in fact.route],
            "route_json": _lines(fact.route),
            "bom_json": _lines(fact.bom),
        }


class MaterialFold(Fold):
    """A material by name."""

    label: ClassVar[str] = "Material"
    defined_by: ClassVar[frozenset[type[Fact]]] = frozenset({MaterialDefined})

    def defines(self, event: Event) -> bool:
        """A definition makes its own name known, and its aliases stay names of it."""
        return isinstance(event.fact, MaterialDefined) and event.fact.material_id == self.key

    def tells(self, event: Event) -> Mapping[str, Any]:
        """The material's latest definition."""
        fact = event.fact
        if not isinstance(fact, MaterialDefined) or fact.material_id != self.key:
            return {}
        return {
            "name": fact.name,
            "kind": fact.kind.value,
            "unit": fact.unit,
            "minimum_quantity": fact.minimum_quantity,
            "aliases": list(fact.aliases),
        }


def _lines(parts: tuple[Struct, ...]) -> str:
    return msgspec.json.encode(parts).decode()
