"""What substrate, die and unit events do to whereabouts (semantics.md section 5)."""

from __future__ import annotations

from twin.events.event import Event
from twin.events.quality import InspectionRecorded, MeasurementRecorded, TestResultsRecorded
from twin.events.substrate import DiesTransferred, SubstrateProcessed, SubstrateRegistered, UnitsIdentified
from twin.folds.ledger import Ledger
from twin.vocabulary.things import Thing, ThingKind


def registered(ledger: Ledger, place: int, event: Event, fact: SubstrateRegistered) -> None:
    """A substrate is known, perhaps in a lot."""
    if fact.lot_id is not None:
        ledger.seen_in(fact.substrate_id, fact.lot_id, event)
        ledger.accounts.of(fact.lot_id, event)
        ledger.units.put_substrate(fact.substrate_id, fact.lot_id, place)


def transferred(ledger: Ledger, place: int, event: Event, fact: DiesTransferred) -> None:
    """Dies come to a substrate and into its lot."""
    if fact.lot_id is not None:
        ledger.accounts.of(fact.lot_id, event)
        ledger.seen_in(fact.to_substrate_id, fact.lot_id, event)
        ledger.units.put_substrate(fact.to_substrate_id, fact.lot_id, place)
    lot_id = ledger.units.lot_of_substrate.get(fact.to_substrate_id)
    ledger.transfer(place, event, fact.to_substrate_id, lot_id)


def processed(ledger: Ledger, place: int, event: Event, fact: SubstrateProcessed) -> None:
    """A substrate was seen in a lot."""
    ledger.accounts.of(fact.lot_id, event)
    ledger.seen_in(fact.substrate_id, fact.lot_id, event)
    ledger.units.put_substrate(fact.substrate_id, fact.lot_id, place)


def identified(ledger: Ledger, place: int, event: Event, fact: UnitsIdentified) -> None:
    """Units of a lot get their names, and where they stand."""
    ledger.accounts.of(fact.lot_id, event)
    if fact.substrate_id is not None and fact.substrate_id not in ledger.units.lot_of_substrate:
        ledger.units.put_substrate(fact.substrate_id, fact.lot_id, place)
    if ledger.name_new_units(fact, place, event):
        return
    units = ledger.units.units
    for mark in fact.units:
        ledger.name_unit(mark.unit_id, fact.lot_id, place, event, fact.substrate_id)
        unit = units[mark.unit_id]
        if unit.was_identified:
            things = Thing(ThingKind.UNIT, mark.unit_id), Thing(ThingKind.LOT, fact.lot_id)
            message = f"unit {mark.unit_id} was identified before"
            ledger.findings.add("unit.identified_twice", message, event, *things)
        unit.was_identified = True
        if fact.substrate_id is not None:
            ledger.units.stand(unit, fact.substrate_id, mark.x, mark.y)


def tested(ledger: Ledger, place: int, event: Event, fact: TestResultsRecorded) -> None:
    """Results that name a unit and a lot settle where it is."""
    if fact.lot_id is not None:
        for result in fact.results:
            if result.unit_id is not None:
                ledger.name_unit(result.unit_id, fact.lot_id, place, event)


def inspected(ledger: Ledger, place: int, event: Event, fact: InspectionRecorded) -> None:
    """Defects that name units and a lot settle where they are."""
    if fact.lot_id is not None:
        for defect in fact.defects:
            for unit_id in defect.unit_ids:
                ledger.name_unit(unit_id, fact.lot_id, place, event)


def measured(ledger: Ledger, place: int, event: Event, fact: MeasurementRecorded) -> None:
    """A measurement that names a unit and a lot settles where it is."""
    if fact.lot_id is not None and fact.unit_id is not None:
        ledger.name_unit(fact.unit_id, fact.lot_id, place, event)
