"""Which thing went into which, looked up from either side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from twin.events.event import Event
from twin.events.lot import LotsMerged, LotSplit
from twin.events.material import MaterialConsumed, MaterialMixed
from twin.events.packing import Content, Packed, Shipped
from twin.events.substrate import SubstrateRegistered
from twin.folds.ledger import Ledger
from twin.folds.run import FOR_EVER
from twin.folds.step import Assembled, PartTaken, Site
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind


class Packing(NamedTuple):
    """What an event put into a container or shipment.

    A part of a lot left its lot at ``left`` and goes with the unit ``mover``; else it moves by itself, then.
    """

    content: Thing
    holder: Thing
    event: Event
    quantity: int | None
    left: Instant
    mover: Thing


@dataclass(frozen=True, slots=True)
class Mixture:
    """What one material lot gave to another."""

    source: str
    target: str
    event: Event
    quantity: float
    unit: str


class Links:
    """The facts of a plant that lead from one thing to another, by either end."""

    def __init__(self, events: Sequence[Event], ledger: Ledger) -> None:
        self.mixes_into: dict[str, list[Mixture]] = {}
        self.mixes_from: dict[str, list[Mixture]] = {}
        self.uses: dict[str, list[Event]] = {}
        self.contents: dict[Thing, list[Packing]] = {}
        self.holders: dict[Thing, list[Packing]] = {}
        self.built: dict[str, list[Assembled]] = {}
        self.built_with: dict[Thing, list[tuple[str, Event]]] = {}
        self.wafers_of: dict[str, list[tuple[str, Event]]] = {}
        self._derivations: dict[str, Event] = {}
        for event in events:
            self._learn(event)
        for step in ledger.steps:
            if isinstance(step, Assembled):
                self._built(step)
            elif isinstance(step, PartTaken):
                for unit_id in step.part.units:
                    self._part_of(Thing(ThingKind.LOT, step.part.lot), Thing(ThingKind.UNIT, unit_id))
        self._ledger = ledger

    @cached_property
    def dies_from(self) -> dict[str, list[Site]]:
        """The dies by the substrate that each was on first."""
        found: dict[str, list[Site]] = {}
        for die in self._ledger.dies.went:
            found.setdefault(die[0], []).append(die)
        return found

    def event(self, event_id: str) -> Event | None:
        """The event of a derivation."""
        return self._derivations.get(event_id)

    def until(self, put: Packing) -> Instant:
        """Until when a container or unit lay in another container: then it was put elsewhere.

        A part of a lot that names no units stays where it was packed, and what was shipped stays shipped.
        """
        if put.mover.kind is ThingKind.LOT or put.holder.kind is not ThingKind.CONTAINER:
            return FOR_EVER
        later = (each for each in self.holders[put.mover] if each.event.order > put.event.order)
        return next((each.event.occurred_at for each in later if each.holder != put.holder), FOR_EVER)

    def _learn(self, event: Event) -> None:
        fact = event.fact
        match fact:
            case MaterialConsumed():
                self.uses.setdefault(fact.material_lot_id, []).append(event)
            case MaterialMixed():
                self._mixed(event, fact)
            case Packed() | Shipped():
                for content in fact.contents:
                    thing = _content(content)
                    put = Packing(thing, _holder(event), event, content.quantity, event.occurred_at, thing)
                    self._put(put)
            case SubstrateRegistered(material_lot_id=str() as material_lot_id):
                self.wafers_of.setdefault(material_lot_id, []).append((fact.substrate_id, event))
            case LotSplit() | LotsMerged():
                self._derivations[event.event_id] = event

    def _mixed(self, event: Event, fact: MaterialMixed) -> None:
        for part in fact.inputs:
            if part.material_lot_id != fact.material_lot_id:
                mixed = Mixture(part.material_lot_id, fact.material_lot_id, event, part.quantity, part.unit)
                self.mixes_into.setdefault(mixed.target, []).append(mixed)
                self.mixes_from.setdefault(mixed.source, []).append(mixed)

    def _put(self, put: Packing) -> None:
        self.contents.setdefault(put.holder, []).append(put)
        self.holders.setdefault(put.content, []).append(put)

    def _part_of(self, lot: Thing, unit: Thing) -> None:
        """A unit takes its part of the lot along, wherever it is put."""
        puts = self.holders[unit]
        for put in puts:
            self._put(Packing(lot, put.holder, put.event, 1, puts[0].left, unit))

    def _built(self, step: Assembled) -> None:
        self.built.setdefault(step.unit, []).append(step)
        for name in (*step.own, *step.outside):
            self.built_with.setdefault(Thing(ThingKind.UNIT, name), []).append((step.unit, step.event))
        for material_lot in step.material_lots:
            thing = Thing(ThingKind.MATERIAL_LOT, material_lot)
            self.built_with.setdefault(thing, []).append((step.unit, step.event))


def _content(content: Content) -> Thing:
    if content.lot_id is not None:
        return Thing(ThingKind.LOT, content.lot_id)
    if content.unit_id is not None:
        return Thing(ThingKind.UNIT, content.unit_id)
    return Thing(ThingKind.CONTAINER, content.container_id or "")


def _holder(event: Event) -> Thing:
    if isinstance(event.fact, Shipped):
        return Thing(ThingKind.SHIPMENT, event.fact.shipment_id)
    assert isinstance(event.fact, Packed)  # noqa: S101 - the caller looked
    return Thing(ThingKind.CONTAINER, event.fact.container_id)
