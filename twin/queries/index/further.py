"""Containers, shipments, orders and customers that a spread over the lines reaches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from twin.lineage.arithmetic import NONE, Bounds, joined
from twin.lineage.impact import certainty
from twin.lineage.reached import Reach
from twin.queries.index.book import Reading
from twin.queries.index.flow import Flow
from twin.queries.index.line import Line, Taken
from twin.records.recall import AffectedCustomer, AffectedLot, AffectedOrder, AffectedShipment
from twin.vocabulary.states import Certainty

Part: TypeAlias = tuple[str | None, Bounds]
"""Exposed units of a lot that were packed or shipped, and the shipment that they left with, if any."""


class Further:
    """What exposed parts went into, gathered lot by lot."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._shipped: dict[str, Bounds] = {}

    def has_parts(self, line: Line) -> bool:
        """Whether anything of the lot was ever packed or shipped."""
        return any(type(step) is Taken for step in line.steps)

    def take(self, flow: Flow) -> Sequence[Part]:
        """Add the exposed parts of a lot to the shipments that they left with; these parts."""
        if not flow.parts:
            return ()
        found: list[Part] = []
        for step, bounds in flow.parts:
            shipment = self._shipment(step)
            found.append((shipment, bounds))
            if shipment is not None:
                self._shipped[shipment] = joined(self._shipped.get(shipment, NONE), bounds)
        return found

    def _shipment(self, step: Taken) -> str | None:
        if step.container is None:
            return step.shipment
        return self._reading.shipment_after(step.container, step.order)

    def shipments(self) -> tuple[AffectedShipment, ...]:
        """The shipments that took exposed parts."""
        return tuple(
            AffectedShipment(shipment_id, certainty(bounds), *bounds)
            for shipment_id, bounds in sorted(self._shipped.items())
            if bounds.high > 0
        )

    def orders(
        self, lots: Iterable[AffectedLot], shipments: Sequence[AffectedShipment]
    ) -> tuple[AffectedOrder, ...]:
        """The orders of exposed lots and of reached shipments; only lots add to low and high."""
        reach: dict[str, Reach] = {}
        for lot in lots:
            line = self._reading.lot(lot.lot_id)
            for order_id in self._reading.orders_of(line) if line else ():
                order = reach.setdefault(order_id, Reach())
                order.low += lot.low
                order.high += lot.high
                order.is_sure |= lot.certainty is Certainty.DEFINITE
        for row in shipments:
            shipment = self._reading.shipment(row.shipment_id)
            for order_id in shipment.orders if shipment else ():
                reach.setdefault(order_id, Reach()).is_sure |= row.certainty is Certainty.DEFINITE
        return tuple(
            AffectedOrder(order_id, order.certainty, order.low, order.high)
            for order_id, order in sorted(reach.items())
        )

    def customers(
        self, orders: Iterable[AffectedOrder], shipments: Iterable[AffectedShipment]
    ) -> tuple[AffectedCustomer, ...]:
        """The customers of reached orders and shipments, with the number of each."""
        reach: dict[str, Reach] = {}
        for order in orders:
            customer_id = self._reading.customer_of(order.order_id)
            if customer_id is not None:
                customer = reach.setdefault(customer_id, Reach())
                customer.orders += 1
                customer.is_sure |= order.certainty is Certainty.DEFINITE
        for row in shipments:
            shipment = self._reading.shipment(row.shipment_id)
            for customer_id in shipment.customers if shipment else ():
                customer = reach.setdefault(customer_id, Reach())
                customer.shipments += 1
                customer.is_sure |= row.certainty is Certainty.DEFINITE
        return tuple(
            AffectedCustomer(customer_id, customer.certainty, customer.orders, customer.shipments)
            for customer_id, customer in sorted(reach.items())
        )
