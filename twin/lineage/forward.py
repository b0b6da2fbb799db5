"""What each kind of thing went into (semantics.md section 3, descendants)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final, TypeAlias

from twin.events.material import MaterialConsumed
from twin.folds.run import FOR_EVER, Run
from twin.lineage.backward import during
from twin.lineage.hop import Hop, die_thing, site_of
from twin.lineage.plant import Plant
from twin.lineage.unit_dies import own_dies
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind

Targets: TypeAlias = Callable[[Plant, str, Instant], Iterator[Hop]]


def targets(plant: Plant, thing: Thing, since: Instant, until: Instant | None) -> Iterable[Hop]:
    """What a thing went into from a moment on, until what matters left it again."""
    rule = _RULES.get(thing.kind)
    hops = () if rule is None else rule(plant, thing.key, since)
    return hops if until is None else _held(hops, until)


def _held(hops: Iterable[Hop], until: Instant) -> Iterator[Hop]:
    """Where a container went while it still held what matters, and how long it was held there."""
    for hop in hops:
        if hop.at <= until:
            inner = hop.thing.kind is ThingKind.CONTAINER
            yield replace(hop, end=until if hop.end is None else min(hop.end, until)) if inner else hop


def _lot(plant: Plant, lot_id: str, since: Instant) -> Iterator[Hop]:
    account = plant.ledger.accounts.lots.get(lot_id)
    if account is None:
        return
    for derived in account.children:
        if derived.at >= since:
            child = Thing(ThingKind.LOT, derived.to_lot_id)
            relation = "SPLIT_INTO" if derived.kind == "SPLIT" else "MERGED_INTO"
            event = plant.links.event(derived.event_id)
            yield Hop(child, derived.at, relation, event, derived.quantity, "PCS")
    yield from _into(plant, Thing(ThingKind.LOT, lot_id), since)
    for order_id, event in account.orders.items():
        yield Hop(Thing(ThingKind.ORDER, order_id), since, "MADE_FOR", event)


def _into(plant: Plant, thing: Thing, since: Instant) -> Iterator[Hop]:
    """The containers and shipments that took it from then on, and those that a container lay in by then."""
    for put in plant.links.holders.get(thing, ()):
        at, until = put.event.occurred_at, plant.links.until(put)
        nested = thing.kind is put.holder.kind is ThingKind.CONTAINER
        if (until if nested else put.left) >= since:
            relation = "PACKED_IN" if put.holder.kind is ThingKind.CONTAINER else "SHIPPED_IN"
            end = until if until < FOR_EVER else None
            reached = Instant(max(at, since)) if nested else at
            yield Hop(put.holder, reached, relation, put.event, put.quantity, "PCS", end)


def _material_lot(plant: Plant, material_lot_id: str, since: Instant) -> Iterator[Hop]:
    for event in plant.links.uses.get(material_lot_id, ()):
        fact = event.fact
        if event.occurred_at >= since and isinstance(fact, MaterialConsumed):
            lot = Thing(ThingKind.LOT, fact.lot_id)
            yield Hop(lot, event.occurred_at, "CONSUMED_BY", event, fact.quantity, fact.unit)
    for mixed in plant.links.mixes_from.get(material_lot_id, ()):
        at = mixed.event.occurred_at
        if at >= since:
            target = Thing(ThingKind.MATERIAL_LOT, mixed.target)
            yield Hop(target, at, "MIXED_INTO", mixed.event, mixed.quantity, mixed.unit)
    for unit_id, event in plant.links.built_with.get(Thing(ThingKind.MATERIAL_LOT, material_lot_id), ()):
        if event.occurred_at >= since:
            yield Hop(Thing(ThingKind.UNIT, unit_id), event.occurred_at, "BUILT_INTO", event)
    for substrate_id, event in plant.links.wafers_of.get(material_lot_id, ()):
        yield Hop(Thing(ThingKind.SUBSTRATE, substrate_id), since, "MADE_INTO", event)


def _substrate(plant: Plant, substrate_id: str, since: Instant) -> Iterator[Hop]:
    for die in plant.links.dies_from.get(substrate_id, ()):
        first = plant.ledger.dies.went[die][0][1]
        if first.occurred_at >= since:
            yield Hop(die_thing(die), first.occurred_at, "TRANSFERRED", first)
    for unit in plant.ledger.units.units_on.get(substrate_id, {}).values():
        at = Instant(max(since, unit.named.occurred_at))
        yield Hop(Thing(ThingKind.UNIT, unit.unit_id), at, "CARRIES", unit.named)


def _die(plant: Plant, key: str, since: Instant) -> Iterator[Hop]:
    site = site_of(key)
    if site is None:
        return
    for target, event in plant.ledger.dies.went.get(site, ()):
        if event.occurred_at < since:
            continue
        if target[0].startswith("\0"):
            yield Hop(Thing(ThingKind.UNIT, target[0][1:]), event.occurred_at, "PART_OF", event)
            continue
        for unit in plant.ledger.units.units_on.get(target[0], {}).values():
            if any(die == site for die, _ in own_dies(plant, unit)):
                yield Hop(Thing(ThingKind.UNIT, unit.unit_id), event.occurred_at, "PART_OF", event)


def _unit(plant: Plant, unit_id: str, since: Instant) -> Iterator[Hop]:
    thing = Thing(ThingKind.UNIT, unit_id)
    for host, event in plant.links.built_with.get(thing, ()):
        if event.occurred_at >= since:
            yield Hop(Thing(ThingKind.UNIT, host), event.occurred_at, "BUILT_INTO", event)
    yield from _into(plant, thing, since)


def _container(plant: Plant, container_id: str, since: Instant) -> Iterator[Hop]:
    return _into(plant, Thing(ThingKind.CONTAINER, container_id), since)


def _shipment(plant: Plant, shipment_id: str, since: Instant) -> Iterator[Hop]:
    shipment = plant.ledger.packing.shipments.get(shipment_id)
    if shipment is None:
        return
    for customer_id, event in shipment.customers.items():
        yield Hop(Thing(ThingKind.CUSTOMER, customer_id), since, "SHIPPED_TO", event)
    for order_id, event in shipment.orders.items():
        yield Hop(Thing(ThingKind.ORDER, order_id), since, "SHIPPED_FOR", event)


def _order(plant: Plant, order_id: str, since: Instant) -> Iterator[Hop]:
    event = plant.orders.get(order_id)
    customer_id = getattr(event.fact, "customer_id", None) if event else None
    if customer_id is not None:
        yield Hop(Thing(ThingKind.CUSTOMER, customer_id), since, "ORDERED_BY", event)


def _processing(label: str) -> Targets:
    """The runs of a machine, operator or recipe version."""

    def rule(plant: Plant, key: str, since: Instant) -> Iterator[Hop]:
        for run in plant.runs_with(label, key):
            if run.first_at >= since and _used(run, label, key):
                thing = Thing(ThingKind.OPERATION_RUN, run.key)
                yield Hop(thing, run.first_at, _RELATIONS[label], run.event)

    return rule


def _used(run: Run, label: str, key: str) -> bool:
    match label:
        case "Equipment":
            return run.equipment_id == key
        case "Operator":
            return key in run.operators
        case _:
            return run.recipe is not None and "@".join(run.recipe) == key


def _tool(plant: Plant, tool_id: str, since: Instant) -> Iterator[Hop]:
    for mount in plant.materials.tools.of.get(tool_id, ()):
        for run in plant.runs_with("Equipment", mount.equipment_id):
            fits = run.equipment_id == mount.equipment_id and run.first_at >= since
            if fits and during(run, mount.start, mount.end):
                thing = Thing(ThingKind.OPERATION_RUN, run.key)
                yield Hop(thing, run.first_at, "MOUNTED_DURING", mount.event)


def _run(plant: Plant, key: str, since: Instant) -> Iterator[Hop]:
    run = plant.run(key)
    if run is not None:
        at = Instant(max(since, run.first_at))
        yield Hop(Thing(ThingKind.LOT, run.lot_id), at, "PROCESSED", run.event)


_RELATIONS: Final = {"Equipment": "RAN", "Operator": "OPERATED", "RecipeVersion": "USED_IN"}

_RULES: Final[dict[ThingKind, Targets]] = {
    ThingKind.LOT: _lot,
    ThingKind.MATERIAL_LOT: _material_lot,
    ThingKind.SUBSTRATE: _substrate,
    ThingKind.DIE: _die,
    ThingKind.UNIT: _unit,
    ThingKind.CONTAINER: _container,
    ThingKind.SHIPMENT: _shipment,
    ThingKind.ORDER: _order,
    ThingKind.EQUIPMENT: _processing("Equipment"),
    ThingKind.OPERATOR: _processing("Operator"),
    ThingKind.RECIPE_VERSION: _processing("RecipeVersion"),
    ThingKind.TOOL: _tool,
    ThingKind.OPERATION_RUN: _run,
}
