"""Reads the few intervals of a machine's states around late or voided reports, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString

from twin.events.event import OrderKey
from twin.folds.state_interval import StateInterval, key_of, stored
from twin.graph.session import Transaction
from twin.vocabulary.instants import written

FROM: Final[LiteralString] = """
    MATCH (one:StateInterval)
    WHERE one.interval_id > $key
    RETURN properties(one) AS properties LIMIT $rows
"""
"""A single bound and a limit: any more, and ArcadeDB reads all intervals of all machines."""

BEFORE: Final[LiteralString] = """
    MATCH (one:StateInterval {ended_by: $event_id})
    RETURN properties(one) AS properties
"""

NAMED: Final[LiteralString] = """
    MATCH (one:StateInterval {interval_id: $key})
    RETURN properties(one) AS properties
"""

_ROWS: Final = 50
_APART_MS: Final = 86_400_000
"""Late reports further apart than this are looked at each with its own neighbours."""


@dataclass(slots=True)
class Window:
    """Intervals in a row, with one before and one after the orders asked for, if there is one."""

    intervals: list[StateInterval]
    from_first: bool
    to_last: bool


async def windows(
    tx: Transaction, equipment_id: str, newest: OrderKey, orders: Sequence[OrderKey]
) -> list[Window]:
    """What the graph holds around the given places of a machine whose newest report is known."""
    found: list[Window] = []
    for some in _together(sorted(orders)):
        window = await _window(tx, equipment_id, newest, some)
        if (
            found
            and (shared := {one.order for one in found[-1].intervals})
            and (window.intervals[0].order in shared)
        ):
            fresh = [one for one in window.intervals if one.order not in shared]
            found[-1] = Window([*found[-1].intervals, *fresh], found[-1].from_first, window.to_last)
        else:
            found.append(window)
    return found


def _together(orders: Sequence[OrderKey]) -> list[list[OrderKey]]:
    groups: list[list[OrderKey]] = []
    for order in orders:
        if groups and order[0] - groups[-1][-1][0] <= _APART_MS:
            groups[-1].append(order)
        else:
            groups.append([order])
    return groups


async def _window(tx: Transaction, equipment_id: str, newest: OrderKey, orders: Sequence[OrderKey]) -> Window:
    """Walk back from the first report after the last place to the last one before the first place."""
    first, last = orders[0], orders[-1]
    near = await _near(tx, equipment_id, first, last)
    later = [one for one in near if one.order > last]
    after = min(later, key=_order, default=None)
    chain = [after or await _named(tx, key_of(equipment_id, newest))]
    by_end = {one.ended_by: one for one in near}
    while chain[-1].order >= first:
        event_id = chain[-1].event_id
        former = by_end.get(event_id) or await _before(tx, event_id)
        if former is None:
            return Window(chain[::-1], from_first=True, to_last=after is None)
        chain.append(former)
    return Window(chain[::-1], from_first=False, to_last=after is None)


async def _near(tx: Transaction, equipment_id: str, first: OrderKey, last: OrderKey) -> list[StateInterval]:
    """Intervals from the first place on until one after the last place; others of the machine may miss."""
    found: list[StateInterval] = []
    key = f"{equipment_id}/{written(first[0])}/"
    while True:
        rows = await tx.read(FROM, key=key, rows=_ROWS)
        page = [row["properties"] for row in rows]
        found += [stored(one) for one in page if one["equipment_id"] == equipment_id]
        is_past = any(one.order > last for one in found) or not key.startswith(f"{equipment_id}/")
        if len(page) < _ROWS or is_past:
            return found
        key = max(one["interval_id"] for one in page)


def _order(interval: StateInterval) -> OrderKey:
    return interval.order


async def _named(tx: Transaction, key: str) -> StateInterval:
    return stored((await tx.read(NAMED, key=key))[0]["properties"])


async def _before(tx: Transaction, event_id: str) -> StateInterval | None:
    rows: list[dict[str, Any]] = await tx.read(BEFORE, event_id=event_id)
    return stored(rows[0]["properties"]) if rows else None
