"""What packing and shipping do to accounts and units (semantics.md sections 2 and 5)."""

from __future__ import annotations

from twin.events.event import Event
from twin.events.packing import Content, Packed, Shipped
from twin.folds.ledger import Ledger
from twin.folds.step import Part, PartTaken
from twin.vocabulary.things import Thing, ThingKind


def packed(ledger: Ledger, place: int, event: Event, fact: Packed) -> None:
    """Parts and containers come into a container."""
    ledger.packing.container(fact.container_id).packed.append(event)
    for content in fact.contents:
        if content.container_id is not None:
            ledger.packing.nest(content.container_id, fact.container_id, event)
        else:
            _put(ledger, place, event, content)


def shipped(ledger: Ledger, place: int, event: Event, fact: Shipped) -> None:
    """Parts and containers leave for a customer."""
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
    ledger.record(PartTaken(place, event, part, account.loose))
    if not ledger.accounts.take(part.lot, part.quantity, place, event, part=True):
        ledger.imbalance(part.lot, event)
