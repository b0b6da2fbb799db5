"""Containers, shipments, orders and customers that a spread over the lines reaches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from twin.lineage.arithmetic import NONE, Bounds
from twin.lineage.impact import certainty
from twin.lineage.reached import Reach
from twin.queries.index.line import Line, Taken
from twin.queries.index.outcome import Part
from twin.queries.index.reading import Reading
from twin.records.recall import AffectedCustomer, AffectedOrder, AffectedShipment
from twin.vocabulary.states import Certainty


class Further:
    """What exposed parts went into, gathered lot by lot."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._shipped: dict[str, tuple[int, int]] = {}

    def take(self, parts: Iterable[tuple[Taken, int, int]]) -> list[Part]:
        """Add the exposed parts of a lot to the shipments that they left with; these parts."""
        found: list[Part] = []
        for step, low, high in parts:
            shipment = self._shipment(step)
            found.append((shipment, low, high))
            if shipment is not None:
                before_low, before_high = self._shipped.get(shipment, NONE)
                self._shipped[shipment] = before_low + low, before_high + high
        return found

    def _shipment(self, step: Taken) -> str | None:
        if step.container is None:
            return step.shipment
        return self._reading.shipment_after(step.container, step.order)

    def ship(self, shipped: Iterable[tuple[str, int, int]]) -> None:
        """Add what shipments took of lots that were told together."""
        for shipment, low, high in shipped:
            before_low, before_high = self._shipped.get(shipment, NONE)
            self._shipped[shipment] = before_low + low, before_high + high

    def shipments(self) -> tuple[AffectedShipment, ...]:
        """The shipments that took exposed parts."""
        return tuple(
            AffectedShipment(shipment_id, certainty(Bounds(low, high)), low, high)
            for shipment_id, (low, high) in sorted(self._shipped.items())
            if high > 0
        )

    def orders(
        self,
        told: Iterable[tuple[Line, int, int]],
        summed: Iterable[tuple[str, int, int, bool]],
        shipments: Sequence[AffectedShipment],
    ) -> tuple[AffectedOrder, ...]:
        """The orders of exposed lots and of reached shipments; only lots add to low and high.

        ``summed``: orders of which it is known already what lots add to them, and whether one surely does.
        """
        reach = {order_id: Reach(is_sure, low, high) for order_id, low, high, is_sure in summed}
        for line, low, high in told:
            for order_id in self._orders(line):
                order = reach.get(order_id)
                if order is None:
                    order = reach[order_id] = Reach()
                order.low += low
                order.high += high
                order.is_sure |= low > 0
        for taken in shipments:
            shipment = self._reading.shipment(taken.shipment_id)
            for order_id in shipment.orders if shipment else ():
                reach.setdefault(order_id, Reach()).is_sure |= taken.certainty is Certainty.DEFINITE
        return tuple(
            AffectedOrder(order_id, order.certainty, order.low, order.high)
            for order_id, order in sorted(reach.items())
        )

    def _orders(self, line: Line) -> Iterable[str]:
        own = line.derived[0].order_id if line.derived else None
        return (
            (own,) if own is not None else self._reading.orders_of_own(line) or self._reading.orders_of(line)
        )

    def customers(
        self, orders: Iterable[AffectedOrder], shipments: Iterable[AffectedShipment]
    ) -> tuple[AffectedCustomer, ...]:
        """The customers of reached orders and shipments, with the number of each."""
        reach: dict[str, Reach] = {}
        for order in orders:
            customer_id = self._reading.customer_of(order.order_id)
            if customer_id is not None:
                customer = reach.get(customer_id) or reach.setdefault(customer_id, Reach())
                customer.orders += 1
                customer.is_sure |= order.certainty is Certainty.DEFINITE
        for row in shipments:
            shipment = self._reading.shipment(row.shipment_id)
            for customer_id in shipment.customers if shipment else ():
                customer = reach.get(customer_id) or reach.setdefault(customer_id, Reach())
                customer.shipments += 1
                customer.is_sure |= row.certainty is Certainty.DEFINITE
        return tuple(
            AffectedCustomer(customer_id, customer.certainty, customer.orders, customer.shipments)
            for customer_id, customer in sorted(reach.items())
        )
