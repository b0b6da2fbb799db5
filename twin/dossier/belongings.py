"""What belongs to one customer: the only names and numbers that customer may read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Final

from twin.events.event import Event
from twin.events.lot import LotCompleted, LotsMerged, LotSplit
from twin.events.naming import named
from twin.events.order import OrderReceived
from twin.events.packing import Packed, Shipped
from twin.events.substrate import UnitsIdentified
from twin.folds.step import Part
from twin.lineage.plant import Plant
from twin.vocabulary.things import LABELS, Thing, ThingKind

_KINDS: Final = {label: kind for kind, label in LABELS.items()}
_OUTWARD: Final = (LotSplit, LotsMerged, LotCompleted, UnitsIdentified, Packed, Shipped)
"""What a customer may hear of: not how a lot began or what was scrapped, which tells its yield."""


class Share(Enum):
    """How much of a lot is a customer's."""

    NONE = "none"
    PART = "part"
    ALL = "all"


class Belongings:
    """The things of a plant that are one customer's.

    A lot is for the customers of the orders that it serves and for those whom parts of it were shipped
    to; what is left of a lot without an order is the plant's. A lot for several is named to each of its
    customers, but its numbers are nobody's alone.
    """

    def __init__(self, plant: Plant, customer_id: str) -> None:
        self._plant = plant
        self._customer = customer_id
        self._products = {
            received.fact.product_id
            for received in plant.orders.values()
            if isinstance(received.fact, OrderReceived) and received.fact.customer_id == customer_id
        }

    def share(self, lot_id: str) -> Share:
        """How much of a lot is the customer's."""
        account = self._plant.ledger.accounts.lots.get(lot_id)
        if account is None:
            return Share.NONE
        owners = {self._orderer(order_id) for order_id in account.orders}
        parts = self._plant.ledger.packing.parts_of.get(lot_id, ())
        if not account.orders and (account.loose or any(part.shipment is None for part in parts)):
            owners.add(None)
        for part in parts:
            if part.shipment is not None:
                owners |= self._receivers(part.shipment)
        if self._customer not in owners:
            return Share.NONE
        return Share.ALL if len(owners) == 1 else Share.PART

    def has(self, thing: Thing) -> bool:
        """Whether a thing may be named to the customer."""
        if thing.kind is ThingKind.LOT:
            return self.share(thing.key) is not Share.NONE
        return self.has_alone(thing)

    def has_alone(self, thing: Thing) -> bool:
        """Whether a thing is the customer's and nobody else's."""
        tests: dict[ThingKind, Callable[[str], bool]] = {
            ThingKind.LOT: lambda key: self.share(key) is Share.ALL,
            ThingKind.UNIT: self._has_unit,
            ThingKind.ORDER: lambda key: self._orderer(key) == self._customer,
            ThingKind.SHIPMENT: lambda key: self._receivers(key) == {self._customer},
            ThingKind.CONTAINER: self._has_container,
            ThingKind.CUSTOMER: lambda key: key == self._customer,
        }
        known = tests.get(thing.kind)
        return known is not None and known(thing.key)

    def product(self, product_id: str | None) -> str | None:
        """The product, if the customer ordered it."""
        return product_id if product_id in self._products else None

    def tells_only_of_own(self, event: Event) -> bool:
        """Whether the customer may read an event: of the kinds that go out, naming own things only."""
        if not isinstance(event.fact, _OUTWARD):
            return False
        things = (Thing(_KINDS[label], key) for label, key in named(event.fact) if label in _KINDS)
        return all(self.has_alone(thing) for thing in things)

    def _orderer(self, order_id: str) -> str | None:
        received = self._plant.orders.get(order_id)
        fact = received.fact if received is not None else None
        return fact.customer_id if isinstance(fact, OrderReceived) else None

    def _receivers(self, shipment_id: str) -> set[str]:
        shipment = self._plant.ledger.packing.shipments.get(shipment_id)
        return set(shipment.customers) if shipment is not None else set()

    def _has_unit(self, unit_id: str) -> bool:
        unit = self._plant.ledger.units.units.get(unit_id)
        if unit is None:
            return False
        if unit.part is not None and unit.part.shipment is not None:
            return self._receivers(unit.part.shipment) == {self._customer}
        lots = {lot for lot in (unit.lot, *unit.maybe) if lot is not None}
        return bool(lots) and all(self.share(lot) is Share.ALL for lot in lots)

    def _has_container(self, container_id: str) -> bool:
        packing = self._plant.ledger.packing
        if container_id not in packing.containers:
            return False
        boxes = list(packing.within(container_id))
        shipped = {box.shipment for box in boxes} - {None}
        if shipped:
            return all(self._receivers(str(each)) == {self._customer} for each in shipped)
        parts = [part for box in boxes for part in box.parts]
        return bool(parts) and self._have_parts(parts)

    def _have_parts(self, parts: Iterable[Part]) -> bool:
        return all(self.share(part.lot) is Share.ALL for part in parts)
