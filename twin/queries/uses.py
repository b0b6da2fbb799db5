"""What one fact says of the use of a thing: which other thing it went into, and how much of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from twin.events.event import Event
from twin.events.lot import LotsMerged, LotSplit
from twin.events.material import MaterialConsumed, MaterialMixed
from twin.events.packing import Packed, Shipped
from twin.events.substrate import DiesTransferred, UnitsAssembled
from twin.events.tool import ToolMounted
from twin.events.transfers import moved_from
from twin.records.material import Quantity, Use
from twin.vocabulary.things import Thing, ThingKind

USING: Final = (
    MaterialConsumed,
    MaterialMixed,
    UnitsAssembled,
    DiesTransferred,
    ToolMounted,
    LotSplit,
    LotsMerged,
    Packed,
    Shipped,
)
"""The facts by which a thing goes into another."""


def uses(thing: Thing, event: Event) -> Iterator[Use]:
    """What one fact says of the thing's use."""
    found: list[tuple[ThingKind, str, Quantity | None]] = []
    match thing.kind:
        case ThingKind.MATERIAL_LOT:
            found = list(_material(thing.key, event))
        case ThingKind.SUBSTRATE:
            found = list(_substrate(thing.key, event))
        case ThingKind.LOT:
            found = list(_lot(thing.key, event))
    found += _packed(thing, event)
    found += _other(thing, event)
    for kind, key, quantity in found:
        yield Use(kind, key, event.occurred_at, event.event_id, quantity)


def _material(key: str, event: Event) -> Iterator[tuple[ThingKind, str, Quantity | None]]:
    match event.fact:
        case MaterialConsumed(lot_id=lot_id, quantity=quantity, unit=unit):
            yield ThingKind.LOT, lot_id, Quantity(float(quantity), unit)
        case MaterialMixed(material_lot_id=mixed, inputs=inputs) if mixed != key:
            for part in inputs:
                if part.material_lot_id == key:
                    yield ThingKind.MATERIAL_LOT, mixed, Quantity(float(part.quantity), part.unit)
        case UnitsAssembled(unit_id=unit_id, components=components):
            if any(part.material_lot_id == key for part in components):
                yield ThingKind.UNIT, unit_id, None


def _substrate(key: str, event: Event) -> Iterator[tuple[ThingKind, str, Quantity | None]]:
    match event.fact:
        case DiesTransferred(to_substrate_id=target, transfers=transfers) if target != key:
            if moved := moved_from(transfers).get(key):
                yield ThingKind.SUBSTRATE, target, Quantity(float(moved), "PCS")
        case UnitsAssembled(unit_id=unit_id, components=components):
            if any(part.substrate_id == key for part in components):
                yield ThingKind.UNIT, unit_id, None


def _lot(key: str, event: Event) -> Iterator[tuple[ThingKind, str, Quantity | None]]:
    match event.fact:
        case LotSplit(parent_lot_id=parent, children=children) if parent == key:
            for child in children:
                yield ThingKind.LOT, child.lot_id, Quantity(float(child.quantity), "PCS")
        case LotsMerged(into_lot_id=target, parents=parents) if target != key:
            for given in parents:
                if given.lot_id == key:
                    yield ThingKind.LOT, target, Quantity(float(given.quantity), "PCS")


def _packed(thing: Thing, event: Event) -> Iterator[tuple[ThingKind, str, Quantity | None]]:
    match event.fact:
        case Packed(container_id=container_id, contents=contents):
            kind, key = ThingKind.CONTAINER, container_id
        case Shipped(shipment_id=shipment_id, contents=contents):
            kind, key = ThingKind.SHIPMENT, shipment_id
        case _:
            return
    field = {ThingKind.LOT: "lot_id", ThingKind.UNIT: "unit_id", ThingKind.CONTAINER: "container_id"}
    for line in contents:
        if thing.kind in field and getattr(line, field[thing.kind]) == thing.key:
            quantity = None if line.quantity is None else Quantity(float(line.quantity), "PCS")
            yield kind, key, quantity


def _other(thing: Thing, event: Event) -> Iterator[tuple[ThingKind, str, Quantity | None]]:
    match event.fact:
        case ToolMounted(equipment_id=equipment_id) if thing.kind is ThingKind.TOOL:
            yield ThingKind.EQUIPMENT, equipment_id, None
        case UnitsAssembled(unit_id=unit_id, components=components) if thing.kind is ThingKind.UNIT:
            if unit_id != thing.key and any(part.unit_id == thing.key for part in components):
                yield ThingKind.UNIT, unit_id, None
