"""Containers and shipments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.packing import Packed, Shipped
from twin.folds.fold import Fold


class ContainerFold(Fold):
    """A reel, tray, box or pallet."""

    label: ClassVar[str] = "Container"
    defined_by: ClassVar[frozenset[type[Fact]]] = frozenset({Packed})

    def defines(self, event: Event) -> bool:
        """Packing into it makes it known; packing it into another does not."""
        return isinstance(event.fact, Packed) and event.fact.container_id == self.key

    def tells(self, event: Event) -> Mapping[str, Any]:
        """What it is and when it was last packed."""
        fact = event.fact
        if not isinstance(fact, Packed) or fact.container_id != self.key:
            return {}
        return {"kind": fact.kind.value, "label": fact.label, "packed_at": event.occurred_at}


class ShipmentFold(Fold):
    """Goods that left for a customer."""

    label: ClassVar[str] = "Shipment"
    defined_by: ClassVar[frozenset[type[Fact]]] = frozenset({Shipped})

    def tells(self, event: Event) -> Mapping[str, Any]:
        """To whom it went, for which order, and when."""
        fact = event.fact
        if not isinstance(fact, Shipped):
            return {}
        names = ("customer_id", "order_id", "carrier_reference")
        return {name: getattr(fact, name) for name in names} | {"shipped_at": event.occurred_at}
