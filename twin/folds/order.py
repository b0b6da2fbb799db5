"""Orders, products and materials, as their definitions tell them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec
from msgspec import Struct

from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.material import MaterialConsumed, MaterialLotReceived, MaterialMixed
from twin.events.order import MaterialDefined, OrderChanged, OrderReceived, ProductDefined
from twin.folds.fold import Fold, said
from twin.folds.suspicion import Suspicion
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

    def suspicions(self) -> tuple[Suspicion, ...]:
        """An order that nobody received."""
        if not self.is_unknown:
            return ()
        return (
            Suspicion(
                code="order.unknown",
                about=self.key,
                message=f"Events name order {self.key}, and nobody received it.",
                things=(f"ORDER:{self.key}",),
            ),
        )


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

    def suspicions(self) -> tuple[Suspicion, ...]:
        """A product that nobody defined."""
        if not self.is_unknown:
            return ()
        return (
            Suspicion(
                code="product.unknown",
                about=self.key,
                message=f"Events name product {self.key}, and nobody defined it.",
                things=(),
            ),
        )


class MaterialFold(Fold):
    """A material by name."""

    label: ClassVar[str] = "Material"
    defined_by: ClassVar[frozenset[type[Fact]]] = frozenset({MaterialDefined})

    def defines(self, event: Event) -> bool:
        """A definition makes its own name known, and its aliases."""
        return isinstance(event.fact, MaterialDefined)

    def tells(self, event: Event) -> Mapping[str, Any]:
        """The material's latest definition; under an alias that of the material that it is one of."""
        match event.fact:
            case MaterialDefined() as fact:
                is_alias = fact.material_id != self.key
                return {
                    "name": fact.name,
                    "kind": fact.kind.value,
                    "unit": fact.unit,
                    "minimum_quantity": fact.minimum_quantity,
                    "aliases": [] if is_alias else list(fact.aliases),
                    "alias_of": fact.material_id if is_alias else None,
                }
            case MaterialLotReceived(unit=unit) | MaterialMixed(unit=unit) | MaterialConsumed(unit=unit):
                return {"named_unit": unit}
        return {}

    def properties(self) -> dict[str, Any]:
        """The material as the graph stores it; one that nobody defined has the unit of its lots."""
        values = super().properties()
        values["unit"] = values["unit"] or self.latest("named_unit")
        return values

    def suspicions(self) -> tuple[Suspicion, ...]:
        """A material that nobody defined, under this or another name."""
        if not self.is_unknown:
            return ()
        return (
            Suspicion(
                code="material.unknown",
                about=self.key,
                message=f"Events name material {self.key}, and nobody defined it.",
                things=(),
            ),
        )


def _lines(parts: tuple[Struct, ...]) -> str:
    return msgspec.json.encode(parts).decode()
