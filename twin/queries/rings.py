"""Which things the next ring of a walk needs, told by one fact about a thing already reached.

A thing is reached in one of six ways. CARRIES: it may carry the suspect on, so everything it goes into is
needed, and its past. LENDS: units that it lists may be in a lot that carries, so what they go into is needed.
KNOWS: only its past matters. SOURCE: what went into it matters, material lots too. FOLLOWS: a lot that listed
such a unit, which may have gone on with it, unnamed. NAMED: only what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Final, NamedTuple

from twin.events.event import Event
from twin.events.lot import LotCreated, LotsMerged, LotSplit, UnitsScrapped
from twin.events.material import MaterialConsumed, MaterialMixed, MaterialMounted
from twin.events.packing import Packed, Shipped
from twin.events.quality import InspectionRecorded, MeasurementRecorded, TestResultsRecorded
from twin.events.substrate import (
    DiesTransferred,
    SubstrateProcessed,
    SubstrateRegistered,
    UnitsAssembled,
    UnitsIdentified,
)
from twin.events.transfers import moved_from


class Way(Enum):
    """How a thing is reached."""

    CARRIES = "carries"
    LENDS = "lends"
    KNOWS = "knows"
    SOURCE = "source"
    FOLLOWS = "follows"
    NAMED = "named"

    __hash__ = object.__hash__
    """A walk keeps tens of thousands of them; by its name each would be hashed in Python."""


class Reached(NamedTuple):
    """A thing of the graph, and how it is reached."""

    way: Way
    label: str
    key: str


UNITS: Final = "Units"
"""In place of a label: all units that the event of this id identified."""


def units_of(event: Event) -> list[str]:
    """The units that an event identified."""
    assert isinstance(event.fact, UnitsIdentified)  # noqa: S101 - nothing else is reached so
    return [mark.unit_id for mark in event.fact.units]


def next_ring(reached: Reached, event: Event) -> Iterable[Reached]:
    """What a fact about a reached thing leads to."""
    match reached.label:
        case "Lot":
            return _lot(reached, event)
        case "MaterialLot":
            return _material(reached, event)
        case "Unit" | "Units":
            return _unit(reached, event)
        case "Substrate":
            return _substrate(reached, event)
        case _:
            return _further_on(reached, event)


def _further_on(reached: Reached, event: Event) -> Iterator[Reached]:
    match reached.label:
        case "Container" | "Shipment" if reached.way is Way.SOURCE:
            yield from _contents(reached, event)
        case "Container" if reached.way is Way.CARRIES:
            yield from _packed(event)
        case "Order":
            yield from _order(reached.way, event)


def _lot(lot: Reached, event: Event) -> Iterator[Reached]:
    way, key = Way.SOURCE if lot.way is Way.FOLLOWS else lot.way, lot.key
    match event.fact:
        case LotSplit(parent_lot_id=parent, children=children):
            unnamed = any(len(child.unit_ids) < child.quantity for child in children)
            yield from _derived(lot, [parent], [child.lot_id for child in children], unnamed=unnamed)
            for child in children:
                if key in (parent, child.lot_id):
                    yield from (Reached(way, "Unit", unit) for unit in child.unit_ids)
                    yield from (Reached(_thing_in(way), "Substrate", code) for code in child.substrate_ids)
        case LotsMerged(into_lot_id=target, parents=parents):
            yield from _derived(lot, [part.lot_id for part in parents], [target], unnamed=True)
        case MaterialConsumed(material_lot_id=material):
            yield Reached(Way.SOURCE if way is Way.SOURCE else Way.NAMED, "MaterialLot", material)
        case Packed() | Shipped() if way is Way.CARRIES:
            yield from _packed(event)
        case UnitsScrapped(unit_ids=units):
            yield from (Reached(way, "Unit", unit) for unit in units)
        case _:
            yield from _parts_of_lot(way, event)


def _derived(lot: Reached, parents: list[str], children: list[str], *, unnamed: bool) -> Iterator[Reached]:
    """Back to the parents, whose units may have come along without being named; on to the children."""
    if lot.key in children:
        may_hold = unnamed and lot.way in (Way.CARRIES, Way.LENDS)
        is_source = lot.way in (Way.SOURCE, Way.FOLLOWS)
        back = Way.SOURCE if is_source else Way.LENDS if may_hold else Way.KNOWS
        yield from (Reached(back, "Lot", parent) for parent in parents)
    if lot.key in parents and (lot.way is Way.CARRIES or (unnamed and lot.way is Way.FOLLOWS)):
        yield from (Reached(lot.way, "Lot", child) for child in children)


def _thing_in(way: Way) -> Way:
    """How the lots and substrates around a thing are reached: only units are lent."""
    return Way.KNOWS if way is Way.LENDS else way


def _parts_of_lot(way: Way, event: Event) -> Iterator[Reached]:
    """Units and substrates that a fact puts into a lot."""
    match event.fact:
        case UnitsIdentified(substrate_id=code):
            yield Reached(way, UNITS, event.event_id)
            if code is not None:
                yield Reached(_thing_in(way), "Substrate", code)
        case UnitsAssembled():
            yield from _assembled(way, event.fact)
        case SubstrateRegistered(substrate_id=code) | SubstrateProcessed(substrate_id=code):
            yield Reached(_thing_in(way), "Substrate", code)
        case DiesTransferred(to_substrate_id=code):
            yield Reached(_thing_in(way), "Substrate", code)


def _assembled(way: Way, fact: UnitsAssembled) -> Iterator[Reached]:
    yield Reached(way, "Unit", fact.unit_id)
    back = Way.SOURCE if way is Way.SOURCE else Way.KNOWS
    for part in fact.components:
        if part.unit_id is not None:
            yield Reached(back, "Unit", part.unit_id)
        if part.substrate_id is not None:
            yield Reached(back, "Substrate", part.substrate_id)
        if part.material_lot_id is not None:
            yield Reached(back if back is Way.SOURCE else Way.NAMED, "MaterialLot", part.material_lot_id)


def _material(material: Reached, event: Event) -> Iterator[Reached]:
    way, key = material.way, material.key
    match event.fact:
        case MaterialMixed(material_lot_id=mixed, inputs=inputs):
            if mixed == key and way is Way.SOURCE:
                yield from (Reached(way, "MaterialLot", part.material_lot_id) for part in inputs)
            if mixed != key and way is Way.CARRIES:
                yield Reached(way, "MaterialLot", mixed)
        case MaterialConsumed(lot_id=lot_id) if way is Way.CARRIES:
            yield Reached(way, "Lot", lot_id)
        case UnitsAssembled(unit_id=unit_id, lot_id=lot_id) if way is Way.CARRIES:
            yield Reached(way, "Unit", unit_id)
            yield Reached(way, "Lot", lot_id)
        case SubstrateRegistered(substrate_id=code) if way is Way.CARRIES:
            yield Reached(way, "Substrate", code)
        case MaterialMounted(equipment_id=equipment) if way is Way.CARRIES:
            yield Reached(Way.CARRIES, "Equipment", equipment)


def _unit(unit: Reached, event: Event) -> Iterator[Reached]:
    key = unit.key
    around = Way.FOLLOWS if unit.way is Way.SOURCE else _thing_in(unit.way)
    match event.fact:
        case UnitsIdentified(lot_id=lot_id, substrate_id=code):
            yield Reached(around, "Lot", lot_id)
            if code is not None:
                yield Reached(_thing_in(unit.way), "Substrate", code)
        case UnitsAssembled():
            yield from _built(unit, event.fact)
        case LotSplit(parent_lot_id=parent, children=children):
            yield Reached(around, "Lot", parent)
            yield from (Reached(around, "Lot", child.lot_id) for child in children if key in child.unit_ids)
        case (
            UnitsScrapped(lot_id=str(lot_id))
            | TestResultsRecorded(lot_id=str(lot_id))
            | InspectionRecorded(lot_id=str(lot_id))
            | MeasurementRecorded(lot_id=str(lot_id))
        ):
            yield Reached(around, "Lot", lot_id)
        case Packed() | Shipped() if unit.way in (Way.CARRIES, Way.LENDS):
            yield from _packed(event)


def _built(unit: Reached, fact: UnitsAssembled) -> Iterator[Reached]:
    if fact.unit_id == unit.key:
        yield from _assembled(unit.way, fact)
        around = Way.FOLLOWS if unit.way is Way.SOURCE else _thing_in(unit.way)
        yield Reached(around, "Lot", fact.lot_id)
    elif unit.way in (Way.CARRIES, Way.LENDS):
        yield Reached(Way.CARRIES, "Lot", fact.lot_id)
        yield Reached(Way.CARRIES, "Unit", fact.unit_id)


def _substrate(substrate: Reached, event: Event) -> Iterator[Reached]:
    way, key = substrate.way, substrate.key
    match event.fact:
        case DiesTransferred(to_substrate_id=target, transfers=transfers, lot_id=lot_id):
            if target == key:
                back = Way.SOURCE if way is Way.SOURCE else Way.KNOWS
                yield from (Reached(back, "Substrate", code) for code in moved_from(transfers))
            if way is Way.CARRIES:
                yield Reached(way, "Substrate", target)
                if lot_id is not None:
                    yield Reached(way, "Lot", lot_id)
        case SubstrateRegistered(substrate_id=code) if code == key:
            yield from _registered(way, event.fact)
        case UnitsAssembled(unit_id=unit_id, lot_id=lot_id) if way is Way.CARRIES:
            yield Reached(way, "Unit", unit_id)
            yield Reached(way, "Lot", lot_id)
        case _ if way is Way.CARRIES:
            yield from _carried_along(key, event)


def _registered(way: Way, fact: SubstrateRegistered) -> Iterator[Reached]:
    if fact.material_lot_id is not None:
        yield Reached(Way.SOURCE if way is Way.SOURCE else Way.NAMED, "MaterialLot", fact.material_lot_id)
    if fact.lot_id is not None and way is Way.CARRIES:
        yield Reached(way, "Lot", fact.lot_id)
    if fact.parent_substrate_id is not None and way is not Way.CARRIES:
        yield Reached(way, "Substrate", fact.parent_substrate_id)


def _carried_along(key: str, event: Event) -> Iterator[Reached]:
    """Lots, units and smaller substrates that a carrying substrate is part of."""
    match event.fact:
        case UnitsIdentified(lot_id=lot_id):
            yield Reached(Way.CARRIES, "Lot", lot_id)
            yield Reached(Way.CARRIES, UNITS, event.event_id)
        case SubstrateProcessed(lot_id=lot_id):
            yield Reached(Way.CARRIES, "Lot", lot_id)
        case LotSplit(parent_lot_id=parent, children=children):
            yield Reached(Way.CARRIES, "Lot", parent)
            taken = (child.lot_id for child in children if key in child.substrate_ids)
            yield from (Reached(Way.CARRIES, "Lot", lot_id) for lot_id in taken)
        case SubstrateRegistered(substrate_id=part, parent_substrate_id=whole) if whole == key:
            yield Reached(Way.CARRIES, "Substrate", part)


def _packed(event: Event) -> Iterator[Reached]:
    match event.fact:
        case Packed(container_id=container_id):
            yield Reached(Way.CARRIES, "Container", container_id)
        case Shipped(shipment_id=shipment_id):
            yield Reached(Way.CARRIES, "Shipment", shipment_id)


def _contents(reached: Reached, event: Event) -> Iterator[Reached]:
    """What went into a container or a shipment."""
    match event.fact:
        case Packed(container_id=key, contents=contents) if key == reached.key:
            lines = contents
        case Shipped(shipment_id=key, contents=contents) if key == reached.key:
            lines = contents
        case _:
            return
    for line in lines:
        for label, inside in (("Lot", line.lot_id), ("Unit", line.unit_id), ("Container", line.container_id)):
            if inside is not None:
                yield Reached(reached.way, label, inside)


def _order(way: Way, event: Event) -> Iterator[Reached]:
    """The lots and shipments of an order."""
    match event.fact:
        case LotCreated(lot_id=lot_id):
            yield Reached(way, "Lot", lot_id)
        case Shipped(shipment_id=shipment_id):
            yield Reached(way, "Shipment", shipment_id)
