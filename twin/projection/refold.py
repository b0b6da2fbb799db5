"""Brings the folds of touched things up to date: from memory, stored state, or their events."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec

from twin.events.event import Event, OrderKey
from twin.folds.alarm import AlarmFold
from twin.folds.equipment import EquipmentFold
from twin.folds.fold import Fold
from twin.folds.live_lot import Heritage, LiveLot
from twin.folds.marked_unit import UnitFold
from twin.folds.material_lot import MaterialLotFold
from twin.folds.order import MaterialFold, OrderFold, ProductFold
from twin.folds.packing import ContainerFold, ShipmentFold
from twin.folds.person import CustomerFold, OperatorFold
from twin.folds.substrate import SubstrateFold
from twin.folds.suspicion import Suspicion
from twin.folds.tool import RecipeVersionFold, ToolFold
from twin.graph.session import Transaction
from twin.projection.held import Folded, Held, Holding, Name
from twin.projection.lot_parts import recall_parts
from twin.projection.memory import KEPT, TOLD_BY
from twin.projection.retelling import told_again
from twin.projection.stored import stored_events

_FOLDS: Final[dict[str, type[Fold]]] = {
    fold.label: fold
    for fold in (
        *(MaterialLotFold, MaterialFold, ProductFold, OrderFold, CustomerFold, EquipmentFold, OperatorFold),
        *(ToolFold, SubstrateFold, UnitFold, ContainerFold, ShipmentFold, AlarmFold, RecipeVersionFold),
    )
}

_AT_A_STRETCH: Final = 100
"""Folds taken on before others of the process have a turn."""


@dataclass(slots=True)
class Touched:
    """What a batch brings to one thing: new events that count, and counted ones taken back."""

    fresh: list[Event] = field(default_factory=list)
    returned: list[Event] = field(default_factory=list)


class Recalled(NamedTuple):
    """Touched things as they were before the batch; some only their events can tell, some nobody knew."""

    holdings: dict[Name, Holding]
    unfolded: list[Name]
    unknown: list[Name]


async def fold_touched(tx: Transaction, held: Held, touched: dict[Name, Touched]) -> dict[Name, Holding]:
    """The holdings of all touched things, with the batch folded in; nothing is written."""
    return await fold(tx, held, touched, await recall(tx, held, touched), frozenset())


async def recall(tx: Transaction, held: Held, touched: Iterable[Name]) -> Recalled:
    """Holdings from memory or the stored state."""
    recalled = Recalled({}, [], [])
    cold: dict[str, dict[str, None]] = {}
    for name in touched:
        holding = held.get(name)
        recalled.holdings[name] = holding or Holding(_blank(name))
        if holding is None:
            cold.setdefault(name[0], {})[name[1]] = None
    for label, keys in cold.items():
        for row in await tx.read(KEPT[label], keys=list(keys)):
            name = (label, row["key"])
            keys.pop(row["key"], None)
            recalled.holdings[name] = _resumed(name, row)
            if label not in _FOLDS or not _FOLDS[label].resumable:
                recalled.unfolded.append(name)
        recalled.unknown.extend((label, key) for key in keys)
    lots = {key: recalled.holdings["Lot", key] for label, key in recalled.unfolded if label == "Lot"}
    if lots:
        await recall_parts(tx, lots)
    return recalled


async def fold(
    tx: Transaction, held: Held, touched: dict[Name, Touched], recalled: Recalled, new: Set[str]
) -> dict[Name, Holding]:
    """The recalled holdings with the batch folded in; ``new`` events count once though marked already."""
    holdings, unfolded, _ = recalled
    again = {name: touched[name] for name in unfolded}
    for number, (name, change) in enumerate(touched.items(), 1):
        if number % _AT_A_STRETCH == 0:
            await asyncio.sleep(0)
        if name not in again and not await _take_in(tx, holdings[name].fold, change, new):
            again[name] = change
    await _refold(tx, held, again, holdings, new)
    return holdings


def _blank(name: Name) -> Folded:
    label, key = name
    return LiveLot(key) if label == "Lot" else _FOLDS[label](key)


def _resumed(name: Name, row: dict[str, Any]) -> Holding:
    label, key = name
    findings: dict[str, Suspicion | None] = dict.fromkeys(row["findings"] or (), None)
    if label == "Lot":
        return Holding(LiveLot(key, heritage=heritage(row["kept"])), findings=findings)
    fold = _FOLDS[label]
    if fold.resumable and row["kept"] is not None:
        return Holding(msgspec.json.decode(row["kept"], type=fold), findings=findings)
    return Holding(fold(key), findings=findings)


def heritage(kept: str | None) -> Heritage:
    """What a lot hands down, as the graph keeps it."""
    return Heritage() if kept is None else msgspec.json.decode(kept, type=Heritage)


async def _take_in(tx: Transaction, fold: Folded, change: Touched, new: Set[str]) -> bool:
    """Whether the fold could go on from where it was; only all events can tell otherwise."""
    untold: set[str] = set()
    for event in change.returned:
        names = fold.give_back(event)
        if names is None:
            return False
        untold |= names
    if untold and isinstance(fold, Fold):
        gone = {event.event_id for event in change.returned}
        until = max(event.occurred_at for event in change.returned)
        if not await told_again(tx, fold, untold, until, gone | new):
            return False
    return all(fold.absorb(event) for event in sorted(change.fresh, key=_order))


async def _refold(
    tx: Transaction,
    held: Held,
    touched: dict[Name, Touched],
    holdings: dict[Name, Holding],
    new: Set[str],
) -> None:
    """Fold things from all their counted events in order; of the new ones, those that count."""
    if not touched:
        return
    told_by = await _told_by(tx, touched)
    gone = {event.event_id for change in touched.values() for event in change.returned}
    wanted = {event_id for ids in told_by.values() for event_id in ids} - gone - new
    events = {event.event_id: event for event in await stored_events(tx, sorted(wanted))}
    for name, change in touched.items():
        fold = _blank(name)
        if isinstance(fold, LiveLot) and isinstance(before := holdings[name].fold, LiveLot):
            fold.heritage = before.heritage
        earlier = [events[event_id] for event_id in told_by.get(name, ()) if event_id in events]
        for event in sorted([*earlier, *change.fresh], key=_order):
            fold.absorb(event)
        holdings[name].fold = fold
    held.shrink()


async def _told_by(tx: Transaction, names: Iterable[Name]) -> dict[Name, list[str]]:
    by_label: dict[str, list[str]] = {}
    for label, key in names:
        by_label.setdefault(label, []).append(key)
    return {
        (label, row["key"]): row["event_ids"]
        for label, keys in by_label.items()
        for row in await tx.read(TOLD_BY[label], keys=keys)
    }


def _order(event: Event) -> OrderKey:
    return event.order
