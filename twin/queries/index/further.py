"""Containers, shipments, orders and customers that a spread over the lines reaches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from twin.lineage.arithmetic import NONE, Bounds
from twin.lineage.impact import certainty
from twin.lineage.reached import Reach
from twin.queries.index.flow import Flow
from twin.queries.index.line import Line, Taken
from twin.queries.index.lots import Row
from twin.queries.index.reading import Reading
from twin.records.recall import AffectedCustomer, AffectedOrder, AffectedShipment
from twin.vocabulary.states import Certainty

Part: TypeAlias = tuple[str | None, int, int]
"""The shipment, if any, with which packed or shipped units of a lot left, and how many are exposed."""


def has_parts(line: Line) -> bool:
    """Whether anything of the lot was ever packed or shipped."""
    return any(type(step) is Taken for step in line.steps)


class Further:
    """What exposed parts went into, gathered lot by lot."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._shipped: dict[str, Bounds] = {}

    def take(self, flow: Flow) -> Sequence[Part]:
        """Add the exposed parts of a lot to the shipments that they left with; these parts."""
        found: list[Part] = []
        for step, low, high in flow.parts:
            shipment = self._shipment(step)
            found.append((shipment, low, high))
            if shipment is not None:
                before = self._shipped.get(shipment, NONE)
                self._shipped[shipment] = Bounds(before.low + low, before.high + high)
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
        self, rows: Iterable[Row], lines: Iterable[Line], shipments: Sequence[AffectedShipment]
    ) -> tuple[AffectedOrder, ...]:
        """The orders of exposed lots and of reached shipments; only lots add to low and high."""
        reach: dict[str, Reach] = {}
        rows_of = {row.lot_id: row for row in rows}
        for line in lines:
            row = rows_of[line.lot_id]
            for order_id in self._reading.orders_of_own(line) or self._reading.orders_of(line):
                order = reach.get(order_id)
                if order is None:
                    order = reach[order_id] = Reach()
                order.low += row.low
                order.high += row.high
                order.is_sure |= row.low > 0
        for told in shipments:
            shipment = self._reading.shipment(told.shipment_id)
            for order_id in shipment.orders if shipment else ():
                reach.setdefault(order_id, Reach()).is_sure |= told.certainty is Certainty.DEFINITE
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
