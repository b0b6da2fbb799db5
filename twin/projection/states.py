"""Keeps the intervals of machines' states: the newest report costs no read, a late or voided one a few."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, LiteralString

from twin.events.event import OrderKey
from twin.folds.equipment import EquipmentFold
from twin.folds.state_interval import StateInterval, chained, is_report, key_of, reported
from twin.graph.session import Transaction
from twin.projection.held import Holding, Name
from twin.projection.pieces import send
from twin.projection.projection import Row
from twin.projection.refold import Touched
from twin.projection.state_window import Window, windows

ADD_INTERVALS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (machine:Equipment {equipment_id: row.properties.equipment_id})
    MATCH (event:Event {event_id: row.properties.event_id})
    CREATE (one:StateInterval)
    SET one = row.properties, one.interval_id = row.key
    CREATE (one)-[:STATE_OF]->(machine)
    CREATE (one)-[:TOLD_BY]->(event)
"""

CHANGE_INTERVALS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (one:StateInterval {interval_id: row.key})
    SET one += row.properties
"""

DROP_INTERVALS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (one:StateInterval {interval_id: row.key})
    DETACH DELETE one
"""

_LINKED: Final = ("entered", "ended_at", "ended_by")


@dataclass(frozen=True, slots=True)
class Reports:
    """What a batch brings to the states of one machine, and its newest report before it."""

    newest: OrderKey | None
    state: str | None
    fresh: tuple[StateInterval, ...]
    gone: tuple[OrderKey, ...]

    @property
    def is_newer(self) -> bool:
        """Whether all that it brings comes after what was reported before."""
        return not self.gone and (self.newest is None or self.fresh[0].order > self.newest)


def reports(touched: Mapping[Name, Touched], holdings: Mapping[Name, Holding]) -> dict[str, Reports]:
    """What a batch brings to the states of machines, whose holdings do not know it yet."""
    found: dict[str, Reports] = {}
    for name, change in touched.items():
        if name[0] != EquipmentFold.label:
            continue
        fresh = tuple(sorted(map(reported, filter(is_report, change.fresh)), key=_order))
        gone = tuple(event.order for event in filter(is_report, change.returned))
        fold = holdings[name].fold
        if (fresh or gone) and isinstance(fold, EquipmentFold):
            last = fold.stretch
            newest, state = (None, None) if last is None else (last.latest, last.state)
            found[name[1]] = Reports(newest, state, fresh, gone)
    return found


async def write_states(tx: Transaction, told: Mapping[str, Reports]) -> None:
    """Write the intervals that the reports begin, and what they change of others."""
    new: list[Row] = []
    changed: list[Row] = []
    gone: list[Row] = []
    for equipment_id, brought in told.items():
        if brought.is_newer:
            _append(equipment_id, brought, new, changed)
            continue
        gone += [{"key": key_of(equipment_id, order)} for order in brought.gone]
        for before, after in await _rechained(tx, equipment_id, brought):
            _compare(before, after, new, changed)
    await send(tx, DROP_INTERVALS, gone)
    await send(tx, ADD_INTERVALS, new)
    await send(tx, CHANGE_INTERVALS, changed)


def _append(equipment_id: str, brought: Reports, new: list[Row], changed: list[Row]) -> None:
    chain = chained(brought.fresh)
    for place, interval in enumerate(chain):
        entered = interval.entered if place else brought.state != interval.state
        properties = interval.properties() | {"entered": entered}
        new.append({"key": interval.key, "properties": properties})
    if brought.newest is not None:
        first = chain[0]
        end = {"ended_at": first.order[0], "ended_by": first.event_id}
        changed.append({"key": key_of(equipment_id, brought.newest), "properties": end})


async def _rechained(
    tx: Transaction, equipment_id: str, brought: Reports
) -> list[tuple[Sequence[StateInterval], Sequence[StateInterval]]]:
    """The touched intervals, in rows, as they are and as they are to be."""
    if brought.newest is None:
        return [((), chained(brought.fresh))]
    gone = set(brought.gone)
    orders = [*gone, *(one.order for one in brought.fresh)]
    rows = await windows(tx, equipment_id, brought.newest, orders)
    found: list[tuple[Sequence[StateInterval], Sequence[StateInterval]]] = []
    left = list(brought.fresh)
    for place, window in enumerate(rows):
        last = place == len(rows) - 1
        mine = left if last else [one for one in left if one.order < window.intervals[-1].order]
        left = left[len(mine) :]
        found.append((window.intervals, _with(window, mine, gone)))
    return found


def _with(window: Window, fresh: Iterable[StateInterval], gone: set[OrderKey]) -> list[StateInterval]:
    stays = [one for one in window.intervals if one.order not in gone]
    return chained(sorted([*stays, *fresh], key=_order), from_first=window.from_first, to_last=window.to_last)


def _compare(
    before: Sequence[StateInterval], after: Sequence[StateInterval], new: list[Row], changed: list[Row]
) -> None:
    known = {one.order: one for one in before}
    for interval in after:
        was = known.get(interval.order)
        if was is None:
            new.append({"key": interval.key, "properties": interval.properties()})
        elif was != interval:
            told = interval.properties()
            changed.append({"key": interval.key, "properties": {name: told[name] for name in _LINKED}})


def _order(interval: StateInterval) -> OrderKey:
    return interval.order
