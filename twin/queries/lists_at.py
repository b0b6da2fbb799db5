"""Lists as they were at a moment: who could be on them by the events that count, then who was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from twin.events.alarm import AlarmCleared, AlarmSet
from twin.events.event import Event
from twin.events.naming import named
from twin.events.substrate import DiesTransferred
from twin.folds.finding_evidence import evidence_of
from twin.folds.substrate import SubstrateFold
from twin.graph.session import Graph
from twin.lineage.plant import Plant
from twin.queries.clocks import Clocks
from twin.queries.closure import Closure
from twin.queries.equipment import alarm_of
from twin.queries.history import histories
from twin.queries.lots import lot_at
from twin.queries.orders import order_of
from twin.queries.packing import shipment_of
from twin.queries.rings import Reached, Way
from twin.queries.things import Row
from twin.queries.things_at import things_at
from twin.queries.units import unit_of
from twin.records.equipment import Alarm
from twin.records.event import Finding
from twin.records.lots import Lot
from twin.records.order import Order
from twin.records.substrate import Die
from twin.records.unit import Unit

Keep = Callable[[Row, str], bool]
"""Whether a thing is on the list of a key."""


async def lots_of_orders_at(graph: Graph, order_ids: Sequence[str], clocks: Clocks) -> dict[str, list[Lot]]:
    """The lots that served each of these orders, by name."""
    closure = Closure(graph, clocks)
    await closure.grow(Reached(Way.CARRIES, "Order", order_id) for order_id in order_ids)
    lots = await asyncio.to_thread(_lots_among, await closure.complete())
    return {order_id: [lot for lot in lots if order_id in lot.order_ids] for order_id in order_ids}


async def shipments_of_orders_at(
    graph: Graph, order_ids: Sequence[str], clocks: Clocks
) -> dict[str, list[str]]:
    """The shipments that had left for each of these orders."""
    rows = await _listed(
        graph, ("Order", "Shipment"), order_ids, clocks, lambda row, key: row.get("order_id") == key
    )
    return {key: [shipment_of(row).shipment_id for row in found] for key, found in rows.items()}


async def orders_of_customers_at(
    graph: Graph, customer_ids: Sequence[str], clocks: Clocks
) -> dict[str, list[Order]]:
    """The orders of each of these customers, by name."""
    rows = await _listed(
        graph, ("Customer", "Order"), customer_ids, clocks, lambda row, key: row.get("customer_id") == key
    )
    return {key: [order_of(row) for row in found] for key, found in rows.items()}


async def open_alarms_at(
    graph: Graph, equipment_ids: Sequence[str], clocks: Clocks
) -> dict[str, list[Alarm]]:
    """The alarms of each of these machines that were not cleared, the earliest first."""

    def keep(row: Row, key: str) -> bool:
        return row["equipment_id"] == key and row["set_at"] is not None and row["cleared_at"] is None

    rows = await _listed(graph, ("Equipment", "Alarm"), equipment_ids, clocks, keep, _ALARMS)
    return {
        key: sorted(map(alarm_of, found), key=lambda alarm: (alarm.set_at, alarm.alarm_id))
        for key, found in rows.items()
    }


async def units_of_lot_at(graph: Graph, lot_id: str, clocks: Clocks) -> list[Unit]:
    """The units whose latest fact had put them into a lot, by code."""
    rows = await _listed(graph, ("Lot", "Unit"), [lot_id], clocks, lambda row, key: row["lot_id"] == key)
    return [unit_of(row) for row in rows[lot_id]]


async def unit_on_site_at(graph: Graph, substrate_id: str, x: int, y: int, clocks: Clocks) -> Unit | None:
    """The unit that stood on a site of a substrate."""

    def keep(row: Row, key: str) -> bool:
        return (row["substrate_id"], row["x"], row["y"]) == (key, x, y)

    rows = await _listed(graph, ("Substrate", "Unit"), [substrate_id], clocks, keep)
    return next(map(unit_of, rows[substrate_id]), None)


async def conflicts_at(graph: Graph, die: Die, clocks: Clocks) -> list[Finding]:
    """What did not fit about a die: told by its own substrate, and by those that its dies went to."""
    own = (await histories(graph, "Substrate", [die.substrate_id], clocks))[die.substrate_id]
    targets = {event.fact.to_substrate_id for event in own if isinstance(event.fact, DiesTransferred)}
    told = await histories(graph, "Substrate", sorted({die.substrate_id, *targets}), clocks)
    thing = f"DIE:{die.key}"
    found = [row for key, events in told.items() for row in _findings_of(key, events, thing)]
    return sorted(found, key=lambda row: row.finding_id)


_ALARMS = (AlarmSet.__name__, AlarmCleared.__name__)


async def _listed(
    graph: Graph,
    labels: tuple[str, str],
    keys: Sequence[str],
    clocks: Clocks,
    keep: Keep,
    types: Sequence[str] | None = None,
) -> dict[str, list[Row]]:
    """For each thing of one label those of another that an event names with it and that are kept, by key."""
    owner, member = labels
    told = await histories(graph, owner, keys, clocks, types)
    beside = {
        key: sorted({name for e in events for label, name in named(e.fact) if label == member})
        for key, events in told.items()
    }
    rows = await things_at(
        graph, member, sorted({name for found in beside.values() for name in found}), clocks
    )
    return {
        key: [rows[name] for name in found if name in rows and keep(rows[name], key)]
        for key, found in beside.items()
    }


def _lots_among(events: list[Event]) -> list[Lot]:
    plant = Plant.of(events)
    names = sorted({key for event in events for label, key in named(event.fact) if label == "Lot"})
    return [lot_at(plant.lot(name)) for name in names]


def _findings_of(substrate_id: str, events: Sequence[Event], thing: str) -> list[Finding]:
    make = partial(SubstrateFold, substrate_id)
    fold = make()
    for event in events:
        fold.absorb(event)
    return [
        Finding(
            finding_id=row.finding_id,
            code=row.code,
            message=row.message,
            severity=row.severity,
            things=row.things,
            found_at=events[-1].occurred_at,
            hint=row.hint,
            event_ids=tuple(each.event_id for each in evidence_of(make, events, row.finding_id)),
        )
        for row in fold.suspicions()
        if thing in row.things
    ]
