"""Lots whose past is needed to know whether a substrate went into them with its lot's units."""

from __future__ import annotations

from collections.abc import Iterable

from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.lot import LotsMerged, LotSplit
from twin.events.substrate import DiesTransferred, SubstrateProcessed, SubstrateRegistered, UnitsIdentified
from twin.folds.descent import Descent


def strangers(events: Iterable[Event]) -> set[str]:
    """The lots that substrates are told to be in, and that no units reached from the lot told before.

    Events in their order. Who got units from whom may be told by events that are not among these.
    """
    descent, told, found = Descent(), dict[str, str](), set[str]()
    for event in events:
        fact = event.fact
        for source, target in _derived(fact):
            descent.record(source, target)
        told.update(_sent_along(fact))
        if isinstance(fact, UnitsIdentified) and fact.substrate_id is not None:
            told.setdefault(fact.substrate_id, fact.lot_id)
        for substrate, lot_id in _seen(fact):
            before = told.get(substrate, lot_id)
            if before != lot_id and not descent.comes_from(lot_id, before):
                found.add(lot_id)
            told[substrate] = lot_id
    return found


def _derived(fact: Fact) -> Iterable[tuple[str, str]]:
    match fact:
        case LotSplit(parent_lot_id=parent, children=children):
            return [(parent, child.lot_id) for child in children]
        case LotsMerged(into_lot_id=target, parents=parents):
            return [(part.lot_id, target) for part in parents]
    return ()


def _sent_along(fact: Fact) -> Iterable[tuple[str, str]]:
    """The substrates that went to a lot by their names."""
    children = fact.children if isinstance(fact, LotSplit) else ()
    return [(substrate, child.lot_id) for child in children for substrate in child.substrate_ids]


def _seen(fact: Fact) -> Iterable[tuple[str, str]]:
    """The substrate that a fact tells to be in a lot, and that lot."""
    match fact:
        case SubstrateRegistered(substrate_id=substrate, lot_id=str(lot_id)):
            return [(substrate, lot_id)]
        case SubstrateProcessed(substrate_id=substrate, lot_id=lot_id):
            return [(substrate, lot_id)]
        case DiesTransferred(to_substrate_id=substrate, lot_id=str(lot_id)):
            return [(substrate, lot_id)]
    return ()
