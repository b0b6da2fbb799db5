"""What single events of a lot say that cannot be right: clocks, recipes, units without their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from twin.events.event import Event
from twin.events.lot import LotsMerged, LotSplit, LotTrackedOut, UnitsScrapped
from twin.events.packing import Packed, Shipped
from twin.events.recipe import RecipeVerified
from twin.events.substrate import UnitsAssembled, UnitsIdentified
from twin.folds.bookkeeping import enter
from twin.folds.clock import is_ahead, numbered_against_time
from twin.folds.ledger import Ledger
from twin.folds.suspicion import Suspicion, dated_ahead
from twin.vocabulary.things import Thing, ThingKind, recipe_version_key

_UNITS_NAMED = 20
_NAMING = (LotSplit, UnitsIdentified, UnitsAssembled)


def oddities_of(lot_id: str, events: Sequence[Event]) -> Iterator[Suspicion]:
    """What a person should look at in the counted events of a lot, in their order."""
    ahead = [event for event in events if is_ahead(event)]
    if ahead:
        yield dated_ahead(f"LOT:{lot_id}", ahead[-1].event_id)
    if any(_about_the_lot(lot_id, event) for event in numbered_against_time(lot_id, events)):
        yield Suspicion(
            code="clock.skew",
            about=f"LOT:{lot_id}",
            message=f"A source numbered events of lot {lot_id} in another order than it dated them.",
            things=(f"LOT:{lot_id}",),
        )
    kinds = {type(event.fact) for event in events}
    if RecipeVerified in kinds:
        yield from _wrong_recipes(lot_id, events)
    if not kinds.isdisjoint(_NAMING) and _has_unnamed_moves(lot_id, events):
        yield from _lost_units(lot_id, events)


def _about_the_lot(lot_id: str, event: Event) -> bool:
    return getattr(event.fact, "lot_id", None) == lot_id


def _wrong_recipes(lot_id: str, events: Sequence[Event]) -> Iterator[Suspicion]:
    wrong: dict[str, RecipeVerified] = {}
    for event in events:
        fact = event.fact
        if isinstance(fact, RecipeVerified) and not fact.matched:
            wrong[f"{fact.equipment_id}/{recipe_version_key(fact.recipe_id, fact.version)}"] = fact
    for key, fact in sorted(wrong.items()):
        recipe = recipe_version_key(fact.recipe_id, fact.version)
        yield Suspicion(
            code="recipe.mismatch",
            about=f"{lot_id}/{key}",
            message=f"Lot {lot_id} met another recipe on {fact.equipment_id} than {recipe} as approved.",
            things=(f"LOT:{lot_id}", f"EQUIPMENT:{fact.equipment_id}", f"RECIPE_VERSION:{recipe}"),
        )


def _has_unnamed_moves(lot_id: str, events: Sequence[Event]) -> bool:
    named = any(_names_units(event) for event in events)
    return named and any(_leaves_without_names(lot_id, event) for event in events)


def _names_units(event: Event) -> bool:
    fact = event.fact
    if isinstance(fact, LotSplit):
        return any(part.unit_ids for part in fact.children)
    return isinstance(fact, UnitsIdentified | UnitsAssembled)


def _leaves_without_names(lot_id: str, event: Event) -> bool:
    match event.fact:
        case LotSplit(parent_lot_id=parent, children=children):
            return parent == lot_id and any(len(part.unit_ids) < part.quantity for part in children)
        case LotsMerged(parents=parents):
            return any(part.lot_id == lot_id for part in parents)
        case UnitsScrapped(unit_ids=units, quantity=quantity):
            return len(units) < quantity
        case LotTrackedOut(scrap=scrap):
            return bool(scrap)
        case Packed() | Shipped():
            return True
    return False


def _lost_units(lot_id: str, events: Sequence[Event]) -> Iterator[Suspicion]:
    ledger = Ledger()
    for place, event in enumerate(events):
        enter(ledger, place, event)
    lot = Thing(ThingKind.LOT, lot_id)
    lost = {
        thing
        for found in ledger.findings.touching({lot})
        if found.code == "unit.lot_unknown"
        for thing in found.things
        if thing.kind is ThingKind.UNIT
    }
    if lost:
        named = sorted(str(thing) for thing in lost)[:_UNITS_NAMED]
        yield Suspicion(
            code="unit.lot_unknown",
            about=lot_id,
            message=f"Units left lot {lot_id} without their names: {len(lost)} may be in it or not.",
            things=(str(lot), *named),
        )
