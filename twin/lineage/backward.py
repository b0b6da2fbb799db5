"""What went into each kind of thing (semantics.md section 3, ancestors)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from twin.events.material import MaterialConsumed
from twin.folds.run import FOR_EVER, Run
from twin.folds.step import Assembled
from twin.lineage.hop import Hop, die_thing, site_of
from twin.lineage.plant import Plant
from twin.lineage.unit_dies import own_dies
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind, recipe_version_key

Sources: TypeAlias = Callable[[Plant, str, Instant], Iterator[Hop]]


def sources(plant: Plant, thing: Thing, until: Instant) -> Iterable[Hop]:
    """What went into a thing up to a moment."""
    rule = _RULES.get(thing.kind)
    return () if rule is None else rule(plant, thing.key, until)


def _lot(plant: Plant, lot_id: str, until: Instant) -> Iterator[Hop]:
    account = plant.ledger.accounts.lots.get(lot_id)
    for derived in account.parents if account else ():
        if derived.at <= until:
            parent = Thing(ThingKind.LOT, derived.from_lot_id)
            relation = "SPLIT_INTO" if derived.kind == "SPLIT" else "MERGED_INTO"
            event = plant.links.event(derived.event_id)
            yield Hop(parent, derived.at, relation, event, derived.quantity, "PCS")
    for _, event in plant.consumptions.get(lot_id, ()):
        fact = event.fact
        if event.occurred_at <= until and isinstance(fact, MaterialConsumed):
            material = Thing(ThingKind.MATERIAL_LOT, fact.material_lot_id)
            yield Hop(material, event.occurred_at, "CONSUMED_BY", event, fact.quantity, fact.unit)
    for run in plant.runs(lot_id):
        if run.first_at <= until:
            thing = Thing(ThingKind.OPERATION_RUN, run.key)
            yield Hop(thing, run.first_at, "PROCESSED", run.event)


def _material_lot(plant: Plant, material_lot_id: str, until: Instant) -> Iterator[Hop]:
    for mixed in plant.links.mixes_into.get(material_lot_id, ()):
        if mixed.event.occurred_at <= until:
            source = Thing(ThingKind.MATERIAL_LOT, mixed.source)
            at = mixed.event.occurred_at
            yield Hop(source, at, "MIXED_INTO", mixed.event, mixed.quantity, mixed.unit)


def _run(plant: Plant, key: str, until: Instant) -> Iterator[Hop]:
    run = plant.run(key)
    if run is None:
        return
    yield Hop(Thing(ThingKind.EQUIPMENT, run.equipment_id), until, "RAN", run.event)
    for operator_id in run.operators:
        yield Hop(Thing(ThingKind.OPERATOR, operator_id), until, "OPERATED", run.event)
    if run.recipe is not None:
        recipe = Thing(ThingKind.RECIPE_VERSION, recipe_version_key(*run.recipe))
        yield Hop(recipe, until, "USED_IN", run.event)
    for mount in plant.materials.tools.on.get(run.equipment_id, ()):
        if during(run, mount.start, mount.end):
            yield Hop(Thing(ThingKind.TOOL, mount.what), until, "MOUNTED_DURING", mount.event)


def during(run: Run, start: Instant, end: Instant) -> bool:
    """Whether something mounted from start to end sat there while the run went on."""
    if run.first_at == run.last_at:
        return start <= run.first_at < end
    return start < run.last_at and end > run.first_at


def _unit(plant: Plant, unit_id: str, until: Instant) -> Iterator[Hop]:
    unit = plant.ledger.units.units.get(unit_id)
    if unit is None:
        return
    for listing in unit.listings:
        if listing.since.occurred_at <= until:
            end = min(until, listing.left.occurred_at if listing.left else FOR_EVER)
            yield Hop(Thing(ThingKind.LOT, listing.lot), Instant(end), "HOLDS", listing.since)
    for built in plant.links.built.get(unit_id, ()):
        at = built.event.occurred_at
        if at <= until:
            yield from (Hop(part, at, "BUILT_INTO", built.event) for part in _components(built))
    for die, event in own_dies(plant, unit):
        if event.occurred_at <= until:
            yield Hop(die_thing(die), event.occurred_at, "PART_OF", event)


def _components(built: Assembled) -> Iterator[Thing]:
    yield from (Thing(ThingKind.UNIT, name) for name in (*built.own, *built.outside))
    yield from (Thing(ThingKind.MATERIAL_LOT, lot) for lot in built.material_lots)


def _substrate(plant: Plant, substrate_id: str, until: Instant) -> Iterator[Hop]:
    for event in plant.registered.get(substrate_id, ()):
        material_lot = getattr(event.fact, "material_lot_id", None)
        parent = getattr(event.fact, "parent_substrate_id", None)
        if material_lot is not None:
            yield Hop(Thing(ThingKind.MATERIAL_LOT, material_lot), until, "MADE_INTO", event)
        if parent is not None:
            yield Hop(Thing(ThingKind.SUBSTRATE, parent), until, "DIVIDED_INTO", event)
    for placed in plant.ledger.dies.placed_on.get(substrate_id, {}).values():
        for die, event in placed:
            if event.occurred_at <= until:
                yield Hop(die_thing(die), event.occurred_at, "TRANSFERRED_TO", event)


def _die(plant: Plant, key: str, until: Instant) -> Iterator[Hop]:
    site = site_of(key)
    if site is None:
        return
    for die, event in plant.ledger.dies.placed_on.get(site[0], {}).get(site, ()):
        if event.occurred_at <= until and die != site:
            yield Hop(die_thing(die), event.occurred_at, "TRANSFERRED_TO", event)
    yield Hop(Thing(ThingKind.SUBSTRATE, site[0]), until, "CARRIED", None)


def _container(plant: Plant, container_id: str, until: Instant) -> Iterator[Hop]:
    return _contents(plant, ThingKind.CONTAINER, container_id, until, "PACKED_IN")


def _shipment(plant: Plant, shipment_id: str, until: Instant) -> Iterator[Hop]:
    return _contents(plant, ThingKind.SHIPMENT, shipment_id, until, "SHIPPED_IN")


def _contents(plant: Plant, kind: ThingKind, key: str, until: Instant, relation: str) -> Iterator[Hop]:
    """What was put in until then, and not taken out again before; a box in a box may be filled there."""
    holder = Thing(kind, key)
    for put in plant.links.contents.get(holder, ()):
        if put.event.occurred_at <= until <= plant.links.until(put):
            box = put.content.kind is ThingKind.CONTAINER
            at = until if box and kind is ThingKind.CONTAINER else put.left
            end = Instant(min(at, FOR_EVER - 1)) if box else None
            yield Hop(put.content, at, relation, put.event, put.quantity, "PCS", end)


def _order(plant: Plant, order_id: str, until: Instant) -> Iterator[Hop]:
    for lot_id, account in plant.ledger.accounts.lots.items():
        if order_id in account.orders:
            event = account.orders[order_id]
            yield Hop(Thing(ThingKind.LOT, lot_id), until, "MADE_FOR", event)


def _customer(plant: Plant, customer_id: str, until: Instant) -> Iterator[Hop]:
    for order_id, event in plant.orders.items():
        if getattr(event.fact, "customer_id", None) == customer_id:
            yield Hop(Thing(ThingKind.ORDER, order_id), until, "ORDERED_BY", event)
    for shipment_id, shipment in plant.ledger.packing.shipments.items():
        if customer_id in shipment.customers:
            event = shipment.customers[customer_id]
            yield Hop(Thing(ThingKind.SHIPMENT, shipment_id), event.occurred_at, "SHIPPED_TO", event)


_RULES: Final[dict[ThingKind, Sources]] = {
    ThingKind.LOT: _lot,
    ThingKind.MATERIAL_LOT: _material_lot,
    ThingKind.OPERATION_RUN: _run,
    ThingKind.UNIT: _unit,
    ThingKind.SUBSTRATE: _substrate,
    ThingKind.DIE: _die,
    ThingKind.CONTAINER: _container,
    ThingKind.SHIPMENT: _shipment,
    ThingKind.ORDER: _order,
    ThingKind.CUSTOMER: _customer,
}
