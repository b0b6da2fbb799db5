"""Everything that may carry a suspect, and how much of it (semantics.md section 4).

Pure: the same counted events give the same answer, whoever fetched them.
"""

from __future__ import annotations

from collections.abc import Iterable

from twin.events.event import Event
from twin.lineage.findings import touching
from twin.lineage.impact import Impact
from twin.lineage.plant import Plant
from twin.lineage.reached import customers_of, orders_of, shipments_of
from twin.lineage.scope import must_be_named, thing_of
from twin.lineage.seeds import seeds_of
from twin.lineage.spread import spread
from twin.lineage.sweep import Sweep
from twin.records.recall import (
    AffectedCustomer,
    AffectedLot,
    AffectedMaterialLot,
    AffectedOrder,
    AffectedShipment,
    DispositionBound,
    Exposure,
    RecallScope,
    RecallTotals,
)
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Certainty

QUANTITY_UNKNOWN = "lot.quantity_unknown"


def exposure(events: Iterable[Event], scope: RecallScope, as_of: Instant | None = None) -> Exposure:
    """What a scope exposes among counted events in their order; ``as_of`` is where open runs end.

    Raises:
        NotFound: the scope names something that no counted event names.
    """
    return exposure_in(Plant.of(events), scope, as_of)


def exposure_in(plant: Plant, scope: RecallScope, as_of: Instant | None = None) -> Exposure:
    """The same for a plant prepared before.

    Raises:
        NotFound: the scope names something that no counted event names.
    """
    must_be_named(plant, thing_of(scope))
    sweep = Sweep(plant, seeds_of(plant, scope, as_of))
    carrying = spread(sweep)
    impact = Impact(plant, carrying)
    shipments = shipments_of(impact)
    orders = orders_of(plant, impact, shipments)
    customers = customers_of(plant, orders, shipments)
    return Exposure(
        lots=impact.lots,
        units=impact.units,
        totals=totals_of(impact.lots, impact.by_disposition(), (orders, customers, shipments)),
        orders=orders,
        customers=customers,
        shipments=shipments,
        material_lots=tuple(
            AffectedMaterialLot(material_lot, since)
            for material_lot, since in sorted(carrying.materials.items())
        ),
        findings=touching(plant, impact.lots, carrying),
        complete=carrying.is_complete,
        limit_hit=None if carrying.is_complete else QUANTITY_UNKNOWN,
        witness=sweep.trail,
    )


def totals_of(
    lots: tuple[AffectedLot, ...],
    by_disposition: tuple[DispositionBound, ...],
    further: tuple[tuple[AffectedOrder, ...], tuple[AffectedCustomer, ...], tuple[AffectedShipment, ...]],
) -> RecallTotals:
    """The sums over all reached lots, orders, customers and shipments."""
    definite = sum(lot.certainty is Certainty.DEFINITE for lot in lots)
    orders, customers, shipments = further
    return RecallTotals(
        low=sum(lot.low for lot in lots),
        high=sum(lot.high for lot in lots),
        lots=len(lots),
        definite_lots=definite,
        possible_lots=len(lots) - definite,
        orders=len(orders),
        customers=len(customers),
        shipments=len(shipments),
        by_disposition=by_disposition,
    )
