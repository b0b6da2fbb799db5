"""What a suspect reached, sorted by who has to act: lots and containers to stop, customers to tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from twin.events.event import Event
from twin.events.order import OrderReceived
from twin.folds.step import Part
from twin.lineage.arithmetic import Bounds
from twin.lineage.exposure import exposure_in
from twin.lineage.impact import Impact
from twin.lineage.plant import Plant
from twin.lineage.seeds import seeds_of
from twin.lineage.spread import spread
from twin.lineage.sweep import Sweep
from twin.records.case import CustomerReach
from twin.records.recall import AffectedLot, Exposure, RecallScope
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Disposition

_GONE = frozenset({Disposition.SHIPPED, Disposition.SCRAPPED})


@dataclass(frozen=True, slots=True)
class Reach:
    """An exposure, the lots and containers in the plant that it is in, and whose goods it is in."""

    exposure: Exposure
    lots: tuple[str, ...]
    containers: tuple[str, ...]
    customers: tuple[CustomerReach, ...]


def reach_of(events: Iterable[Event], scope: RecallScope, as_of: Instant | None = None) -> Reach:
    """What a scope reaches among counted events in their order.

    Raises:
        NotFound: the scope names something that no counted event names.
    """
    plant = Plant.of(events)
    exposure = exposure_in(plant, scope, as_of)
    parts = Impact(plant, spread(Sweep(plant, seeds_of(plant, scope, as_of)))).parts
    exposed = {part: bounds for part, bounds in parts.items() if bounds.high > 0}
    return Reach(
        exposure,
        lots=tuple(row.lot_id for row in exposure.lots if _is_here(row)),
        containers=_containers(plant, exposed),
        customers=tuple(_customer(plant, exposure, exposed, row.customer_id) for row in exposure.customers),
    )


def _is_here(row: AffectedLot) -> bool:
    """Whether something of a lot is still in the plant; of an unknown quantity something may be."""
    return not row.dispositions or any(part.disposition not in _GONE for part in row.dispositions)


def _containers(plant: Plant, exposed: dict[Part, Bounds]) -> tuple[str, ...]:
    """The unshipped containers that hold exposed parts, and those that these are in."""
    boxes = plant.ledger.packing.containers
    found: set[str] = set()
    for part in exposed:
        holder = part.container if part.shipment is None else None
        while holder is not None and holder not in found:
            found.add(holder)
            holder = boxes[holder].outer
    return tuple(sorted(found))


def _customer(
    plant: Plant, exposure: Exposure, exposed: dict[Part, Bounds], customer_id: str
) -> CustomerReach:
    orders = {row.order_id for row in exposure.orders if _customer_of(plant, row.order_id) == customer_id}
    shipped = plant.ledger.packing.shipments
    shipments = {
        row.shipment_id: row
        for row in exposure.shipments
        if customer_id in shipped[row.shipment_id].customers
    }
    parts = [part for part in exposed if part.shipment in shipments]
    lots = {part.lot for part in parts if part.lot}
    lots |= {
        row.lot_id for row in exposure.lots if orders & plant.ledger.accounts.lots[row.lot_id].orders.keys()
    }
    reached = {row.unit_id for row in exposure.units}
    return CustomerReach(
        customer_id,
        order_ids=tuple(sorted(orders)),
        shipment_ids=tuple(sorted(shipments)),
        lot_ids=tuple(sorted(lots)),
        units=tuple(sorted({unit for part in parts for unit in part.units} & reached)),
        low=sum(row.low for row in shipments.values()),
        high=sum(row.high for row in shipments.values()),
    )


def _customer_of(plant: Plant, order_id: str) -> str | None:
    received = plant.orders.get(order_id)
    if received is None or not isinstance(received.fact, OrderReceived):
        return None
    return received.fact.customer_id
