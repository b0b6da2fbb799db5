"""What lot events do to accounts and whereabouts (semantics.md sections 2 and 5)."""

from __future__ import annotations

from twin.events.event import Event
from twin.events.lot import LotCreated, LotsMerged, LotSplit, LotTrackedOut, SplitChild, UnitsScrapped
from twin.events.material import MaterialConsumed, MaterialMixed
from twin.folds.ledger import Ledger
from twin.folds.step import Consumed, Mixed, Move, Scrap
from twin.records.lot import Derivation
from twin.vocabulary.things import Thing, ThingKind


def created(ledger: Ledger, place: int, event: Event, fact: LotCreated) -> None:
    """A lot's quantity comes to it; a second creation adds nothing."""
    if not ledger.accounts.create(place, event, fact):
        thing = Thing(ThingKind.LOT, fact.lot_id)
        ledger.findings.add("lot.created_twice", f"lot {fact.lot_id} was created before", event, thing)


def _move(ledger: Ledger, place: int, event: Event, derivation: Derivation) -> int:
    """Move units between two accounts; hands back how many loose ones the source had."""
    accounts = ledger.accounts
    source = accounts.of(derivation.from_lot_id, event)
    total, loose = source.total, source.loose
    quantity = derivation.quantity
    if not accounts.take(source.lot_id, quantity, place, event):
        ledger.imbalance(source.lot_id, event)
    accounts.derive(derivation, event)
    accounts.give(derivation.to_lot_id, quantity, place, event)
    ledger.record(
        Move(place, event, source.lot_id, derivation.to_lot_id, quantity, total, loose, derivation.kind)
    )
    return loose


def split(ledger: Ledger, place: int, event: Event, fact: LotSplit) -> None:
    """Children take their units one after the other, each from what is left."""
    ledger.accounts.of(fact.parent_lot_id, event)
    for child in fact.children:
        if child.lot_id != fact.parent_lot_id:
            _split_child(ledger, place, event, child, is_only=len(fact.children) == 1)


def _split_child(ledger: Ledger, place: int, event: Event, child: SplitChild, *, is_only: bool) -> None:
    parent = event.fact.parent_lot_id  # type: ignore[attr-defined]
    for unit_id in child.unit_ids:
        ledger.name_unit(unit_id, parent, place, event)
    going = ledger.units.named_and_standing(parent, child.unit_ids, child.substrate_ids)
    derivation = Derivation("SPLIT", parent, child.lot_id, child.quantity, event.occurred_at, event.event_id)
    loose = _move(ledger, place, event, derivation)
    for unit_id in going:
        ledger.units.name(unit_id, child.lot_id, place, event)
    for substrate_id in child.substrate_ids:
        ledger.units.put_substrate(substrate_id, child.lot_id, place)
    if len(going) < child.quantity:
        if is_only and child.quantity >= loose:
            ledger.units.move_all(parent, child.lot_id, place, event)
        else:
            ledger.unnamed_left(parent, child.lot_id, place, event, child.substrate_ids or None)


def merged(ledger: Ledger, place: int, event: Event, fact: LotsMerged) -> None:
    """The target gains what each parent loses; itself among its parents is ignored."""
    target = ledger.accounts.of(fact.into_lot_id, event)
    if fact.product_id is not None and target.merged_product is None:
        target.merged_product = fact.product_id
    for parent in fact.parents:
        if parent.lot_id == fact.into_lot_id:
            continue
        derivation = Derivation(
            fact.reason.value,
            parent.lot_id,
            fact.into_lot_id,
            parent.quantity,
            event.occurred_at,
            event.event_id,
        )
        loose = _move(ledger, place, event, derivation)
        if parent.quantity >= loose:
            ledger.units.move_all(parent.lot_id, fact.into_lot_id, place, event)
        elif parent.quantity > 0:
            ledger.unnamed_left(parent.lot_id, fact.into_lot_id, place, event)


def scrapped(ledger: Ledger, place: int, event: Event, fact: UnitsScrapped) -> None:
    """Units were thrown away, by name or by number."""
    named = tuple(dict.fromkeys(fact.unit_ids))
    for unit_id in named:
        ledger.name_unit(unit_id, fact.lot_id, place, event) if unit_id not in ledger.units.units else None
    _scrap(ledger, place, event, (fact.lot_id, fact.quantity, named))


def tracked_out(ledger: Ledger, place: int, event: Event, fact: LotTrackedOut) -> None:
    """A track-out throws its scrap away."""
    ledger.accounts.of(fact.lot_id, event)
    if fact.scrap > 0:
        _scrap(ledger, place, event, (fact.lot_id, fact.scrap, ()))


def _scrap(ledger: Ledger, place: int, event: Event, taken: tuple[str, int, tuple[str, ...]]) -> None:
    lot_id, quantity, named = taken
    account = ledger.accounts.of(lot_id, event)
    counted = len(named) >= quantity and not any(ledger.units.units[name].in_doubt for name in named)
    ledger.record(Scrap(place, event, lot_id, quantity, account.total, account.loose, named, counted))
    if not ledger.accounts.take(lot_id, quantity, place, event):
        ledger.imbalance(lot_id, event)
    for unit_id in named:
        ledger.units.scrap(unit_id, place, event)
    if len(named) < quantity:
        ledger.unnamed_left(lot_id, None, place, event)


def consumed(ledger: Ledger, place: int, event: Event, fact: MaterialConsumed) -> None:
    """A lot used part of a material lot."""
    ledger.accounts.of(fact.lot_id, event)
    ledger.record(Consumed(place, event, fact.lot_id, fact.material_lot_id))


def mixed(ledger: Ledger, place: int, event: Event, fact: MaterialMixed) -> None:
    """Material lots became another."""
    for source in dict.fromkeys(part.material_lot_id for part in fact.inputs):
        if source != fact.material_lot_id:
            ledger.record(Mixed(place, event, source, fact.material_lot_id))
