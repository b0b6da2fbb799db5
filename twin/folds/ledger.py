"""One pass over the counted events: accounts, units, dies and parts, and the steps between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.lot import LotCreated, LotsMerged, LotSplit, LotTrackedOut, SplitChild, UnitsScrapped
from twin.events.material import MaterialConsumed, MaterialMixed
from twin.events.packing import Content, Packed, Shipped
from twin.events.quality import InspectionRecorded, MeasurementRecorded, TestResultsRecorded
from twin.events.substrate import (
    DiesTransferred,
    SubstrateProcessed,
    SubstrateRegistered,
    UnitsAssembled,
    UnitsIdentified,
)
from twin.folds.account import Accounts
from twin.folds.assembly import assemble
from twin.folds.container import Packing
from twin.folds.die import Dies
from twin.folds.finding import Findings
from twin.folds.step import Consumed, DiesPlaced, Identified, Mixed, Move, Part, PartTaken, Scrap, Step
from twin.folds.whereabouts import Whereabouts
from twin.records.lot import Derivation
from twin.vocabulary.things import Thing, ThingKind


class Ledger:
    """What all counted events did, applied in their order, newest last."""

    def __init__(self) -> None:
        self.accounts = Accounts()
        self.units = Whereabouts()
        self.dies = Dies()
        self.packing = Packing()
        self.findings = Findings()
        self.steps: list[Step] = []

    def apply(self, place: int, event: Event) -> None:
        """Apply the event at a place; it must come after all applied before."""
        action = _ACTIONS.get(type(event.fact))
        if action is not None:
            action(self, place, event, event.fact)

    def name_unit(
        self, unit_id: str, lot_id: str, place: int, event: Event, substrate: str | None = None
    ) -> bool:
        """A unit is named with a lot; a new one starts from what its lot carries. True for a new one."""
        is_new = self.units.name(unit_id, lot_id, place, event)
        if is_new:
            total = self.accounts.of(lot_id, event).total
            self.steps.append(Identified(place, event, unit_id, lot_id, total, substrate))
        return is_new

    def imbalance(self, lot_id: str, event: Event) -> None:
        """A lot gave more than it had."""
        self.findings.add(
            "quantity.imbalance",
            f"lot {lot_id} gave more units than it had",
            event,
            Thing(ThingKind.LOT, lot_id),
        )

    def unnamed_left(
        self, lot_id: str, target: str | None, place: int, event: Event, but_on: tuple[str, ...] | None = None
    ) -> None:
        """Units left a lot without their names: what it lists is in doubt from here on."""
        doubtful = self.units.doubt(lot_id, target, place, event, but_on)
        if doubtful:
            self.findings.add(
                "unit.lot_unknown",
                f"units of lot {lot_id} moved without their names",
                event,
                Thing(ThingKind.LOT, lot_id),
                *(Thing(ThingKind.UNIT, unit_id) for unit_id in doubtful),
            )


def _created(ledger: Ledger, place: int, event: Event, fact: LotCreated) -> None:
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
    ledger.steps.append(
        Move(place, event, source.lot_id, derivation.to_lot_id, quantity, total, loose, derivation.kind)
    )
    return loose


def _split(ledger: Ledger, place: int, event: Event, fact: LotSplit) -> None:
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


def _merged(ledger: Ledger, place: int, event: Event, fact: LotsMerged) -> None:
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


def _scrapped(ledger: Ledger, place: int, event: Event, fact: UnitsScrapped) -> None:
    named = tuple(dict.fromkeys(fact.unit_ids))
    for unit_id in named:
        ledger.name_unit(unit_id, fact.lot_id, place, event) if unit_id not in ledger.units.units else None
    _scrap(ledger, place, event, (fact.lot_id, fact.quantity, named))


def _tracked_out(ledger: Ledger, place: int, event: Event, fact: LotTrackedOut) -> None:
    ledger.accounts.of(fact.lot_id, event)
    if fact.scrap > 0:
        _scrap(ledger, place, event, (fact.lot_id, fact.scrap, ()))


def _scrap(ledger: Ledger, place: int, event: Event, taken: tuple[str, int, tuple[str, ...]]) -> None:
    lot_id, quantity, named = taken
    account = ledger.accounts.of(lot_id, event)
    counted = len(named) == quantity and not any(ledger.units.units[name].in_doubt for name in named)
    ledger.steps.append(Scrap(place, event, lot_id, quantity, account.total, account.loose, named, counted))
    if not ledger.accounts.take(lot_id, quantity, place, event):
        ledger.imbalance(lot_id, event)
    for unit_id in named:
        ledger.units.scrap(unit_id, place, event)
    if len(named) < quantity:
        ledger.unnamed_left(lot_id, None, place, event)


def _packed(ledger: Ledger, place: int, event: Event, fact: Packed) -> None:
    ledger.packing.container(fact.container_id).packed.append(event)
    for content in fact.contents:
        if content.container_id is not None:
            ledger.packing.nest(content.container_id, fact.container_id, event)
        else:
            _put(ledger, place, event, content)


def _shipped(ledger: Ledger, place: int, event: Event, fact: Shipped) -> None:
    shipment = ledger.packing.shipment(fact.shipment_id)
    shipment.events.append(event)
    shipment.customers.setdefault(fact.customer_id, event)
    if fact.order_id is not None:
        shipment.orders.setdefault(fact.order_id, event)
    for content in fact.contents:
        if content.container_id is not None:
            ledger.packing.ship_container(content.container_id, fact.shipment_id, event)
        else:
            _put(ledger, place, event, content)


def _put(ledger: Ledger, place: int, event: Event, content: Content) -> None:
    """Put part of a lot, or one unit, into the container or shipment that the event names."""
    fact = event.fact
    into = (getattr(fact, "container_id", None), getattr(fact, "shipment_id", None))
    if content.unit_id is not None:
        part = _part_of_unit(ledger, place, event, content.unit_id)
    else:
        part = Part(content.lot_id or "", content.quantity or 0, (), counted=False)
        _take_part(ledger, place, event, part)
        if part.quantity > 0:
            ledger.unnamed_left(part.lot, None, place, event)
    ledger.packing.put(part, *into)


def _part_of_unit(ledger: Ledger, place: int, event: Event, unit_id: str) -> Part:
    unit = ledger.units.units.get(unit_id)
    if unit is None:
        ledger.units.name(unit_id, None, place, event)
        unit = ledger.units.units[unit_id]
    if unit.part is not None:
        return unit.part
    part = Part(unit.lot or "", 1, (unit_id,), counted=not unit.in_doubt)
    if unit.lot is None:
        thing = Thing(ThingKind.UNIT, unit_id)
        ledger.findings.add("unit.lot_unknown", f"no lot lists unit {unit_id}", event, thing)
    else:
        _take_part(ledger, place, event, part)
    ledger.units.put_into_part(unit_id, part, place)
    return part


def _take_part(ledger: Ledger, place: int, event: Event, part: Part) -> None:
    account = ledger.accounts.of(part.lot, event)
    ledger.steps.append(PartTaken(place, event, part, account.loose))
    if not ledger.accounts.take(part.lot, part.quantity, place, event, part=True):
        ledger.imbalance(part.lot, event)


def _registered(ledger: Ledger, place: int, event: Event, fact: SubstrateRegistered) -> None:
    before = ledger.units.lot_of_substrate.get(fact.substrate_id)
    if fact.lot_id is not None:
        if before not in (None, fact.lot_id):
            ledger.findings.add(
                "substrate.in_two_lots",
                f"substrate {fact.substrate_id} was registered in lot {before} and in lot {fact.lot_id}",
                event,
                Thing(ThingKind.SUBSTRATE, fact.substrate_id),
                Thing(ThingKind.LOT, fact.lot_id),
            )
        ledger.accounts.of(fact.lot_id, event)
        ledger.units.put_substrate(fact.substrate_id, fact.lot_id, place)


def _transferred(ledger: Ledger, place: int, event: Event, fact: DiesTransferred) -> None:
    if fact.lot_id is not None:
        ledger.accounts.of(fact.lot_id, event)
        ledger.units.put_substrate(fact.to_substrate_id, fact.lot_id, place)
    lot_id = ledger.units.lot_of_substrate.get(fact.to_substrate_id)
    rows = [((row[0], row[1], row[2]), (fact.to_substrate_id, row[3], row[4])) for row in fact.transfers]
    placings = tuple(ledger.dies.move(rows, lot_id, event))
    ledger.steps.append(DiesPlaced(place, event, lot_id, fact.to_substrate_id, placings))


def _processed(ledger: Ledger, place: int, event: Event, fact: SubstrateProcessed) -> None:
    ledger.accounts.of(fact.lot_id, event)
    ledger.units.put_substrate(fact.substrate_id, fact.lot_id, place)


def _identified(ledger: Ledger, place: int, event: Event, fact: UnitsIdentified) -> None:
    ledger.accounts.of(fact.lot_id, event)
    if fact.substrate_id is not None and fact.substrate_id not in ledger.units.lot_of_substrate:
        ledger.units.put_substrate(fact.substrate_id, fact.lot_id, place)
    for mark in fact.units:
        ledger.name_unit(mark.unit_id, fact.lot_id, place, event, fact.substrate_id)
        unit = ledger.units.units[mark.unit_id]
        if unit.was_identified:
            thing = Thing(ThingKind.UNIT, mark.unit_id)
            message = f"unit {mark.unit_id} was identified before"
            ledger.findings.add("unit.identified_twice", message, event, thing)
        unit.was_identified = True
        if fact.substrate_id is not None:
            ledger.units.stand(mark.unit_id, fact.substrate_id, mark.x, mark.y)


def _tested(ledger: Ledger, place: int, event: Event, fact: TestResultsRecorded) -> None:
    if fact.lot_id is not None:
        for result in fact.results:
            if result.unit_id is not None:
                ledger.name_unit(result.unit_id, fact.lot_id, place, event)


def _inspected(ledger: Ledger, place: int, event: Event, fact: InspectionRecorded) -> None:
    if fact.lot_id is not None:
        for defect in fact.defects:
            for unit_id in defect.unit_ids:
                ledger.name_unit(unit_id, fact.lot_id, place, event)


def _measured(ledger: Ledger, place: int, event: Event, fact: MeasurementRecorded) -> None:
    if fact.lot_id is not None and fact.unit_id is not None:
        ledger.name_unit(fact.unit_id, fact.lot_id, place, event)


def _consumed(ledger: Ledger, place: int, event: Event, fact: MaterialConsumed) -> None:
    ledger.accounts.of(fact.lot_id, event)
    ledger.steps.append(Consumed(place, event, fact.lot_id, fact.material_lot_id))


def _mixed(ledger: Ledger, place: int, event: Event, fact: MaterialMixed) -> None:
    for source in dict.fromkeys(part.material_lot_id for part in fact.inputs):
        if source != fact.material_lot_id:
            ledger.steps.append(Mixed(place, event, source, fact.material_lot_id))


def _assembled(ledger: Ledger, place: int, event: Event, fact: UnitsAssembled) -> None:
    assemble(ledger, place, event, fact)


_ACTIONS: Final[dict[type[Fact], Callable[[Ledger, int, Event, Any], None]]] = {
    LotCreated: _created,
    LotSplit: _split,
    LotsMerged: _merged,
    UnitsScrapped: _scrapped,
    LotTrackedOut: _tracked_out,
    Packed: _packed,
    Shipped: _shipped,
    SubstrateRegistered: _registered,
    DiesTransferred: _transferred,
    SubstrateProcessed: _processed,
    UnitsIdentified: _identified,
    UnitsAssembled: _assembled,
    TestResultsRecorded: _tested,
    InspectionRecorded: _inspected,
    MeasurementRecorded: _measured,
    MaterialConsumed: _consumed,
    MaterialMixed: _mixed,
}
