"""Orders, shipments and customers that exposed lots and parts reach (semantics.md section 4)."""

from __future__ import annotations

from dataclasses import dataclass

from twin.events.order import OrderReceived
from twin.lineage.arithmetic import NONE, Bounds, joined
from twin.lineage.impact import Impact, certainty
from twin.lineage.plant import Plant
from twin.records.recall import AffectedCustomer, AffectedOrder, AffectedShipment
from twin.vocabulary.states import Certainty


@dataclass(slots=True)
class Reach:
    """How surely something is reached, and how much of it."""

    is_sure: bool = False
    low: int = 0
    high: int = 0
    orders: int = 0
    shipments: int = 0

    @property
    def certainty(self) -> Certainty:
        """Definite when one of its ways is."""
        return Certainty.DEFINITE if self.is_sure else Certainty.POSSIBLE


def shipments_of(impact: Impact) -> tuple[AffectedShipment, ...]:
    """The shipments that took exposed parts, their parts added up."""
    sums: dict[str, Bounds] = {}
    for part, bounds in impact.parts.items():
        if part.shipment is not None:
            sums[part.shipment] = joined(sums.get(part.shipment, NONE), bounds)
    return tuple(
        AffectedShipment(shipment_id, certainty(bounds), *bounds)
        for shipment_id, bounds in sorted(sums.items())
        if bounds.high > 0
    )


def orders_of(
    plant: Plant, impact: Impact, shipments: tuple[AffectedShipment, ...]
) -> tuple[AffectedOrder, ...]:
    """The orders of exposed lots and of reached shipments; only lots add to low and high."""
    reach: dict[str, Reach] = {}
    for lot in impact.lots:
        for order_id in plant.ledger.accounts.lots[lot.lot_id].orders:
            order = reach.setdefault(order_id, Reach())
            order.low += lot.low
            order.high += lot.high
            order.is_sure |= lot.certainty is Certainty.DEFINITE
    for row in shipments:
        for order_id in plant.ledger.packing.shipments[row.shipment_id].orders:
            reach.setdefault(order_id, Reach()).is_sure |= row.certainty is Certainty.DEFINITE
    return tuple(
        AffectedOrder(order_id, order.certainty, order.low, order.high)
        for order_id, order in sorted(reach.items())
    )


def customers_of(
    plant: Plant, orders: tuple[AffectedOrder, ...], shipments: tuple[AffectedShipment, ...]
) -> tuple[AffectedCustomer, ...]:
    """The customers of reached orders and shipments, with the number of each."""
    reach: dict[str, Reach] = {}
    for row in orders:
        received = plant.orders.get(row.order_id)
        if received is not None and isinstance(received.fact, OrderReceived):
            customer = reach.setdefault(received.fact.customer_id, Reach())
            customer.orders += 1
            customer.is_sure |= row.certainty is Certainty.DEFINITE
    for shipped in shipments:
        for customer_id in plant.ledger.packing.shipments[shipped.shipment_id].customers:
            customer = reach.setdefault(customer_id, Reach())
            customer.shipments += 1
            customer.is_sure |= shipped.certainty is Certainty.DEFINITE
    return tuple(
        AffectedCustomer(customer_id, customer.certainty, customer.orders, customer.shipments)
        for customer_id, customer in sorted(reach.items())
    )
