"""The loads of containers: what lies in one, with which shipment it left, how many units that were.

A container that left comes back empty; what was packed or shipped elsewhere since lies there no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import zip_longest
from typing import Final, TypeAlias

from resolvers.asking import Info, clocks_of
from twin.events.event import Event, OrderKey
from twin.events.packing import Content, Packed, Shipped

_DEEPEST: Final = 8
_MOVES: Final = (Packed.__name__, Shipped.__name__)

_Line: TypeAlias = tuple[OrderKey, Content]


async def load_of(info: Info, container_id: str) -> list[Content]:
    """What was put into a container for the last time, in time order, and not moved elsewhere."""
    events = await _history(info, container_id)
    packed = _packed(container_id, events)
    if not packed:
        return []
    return [line for _, line in await _load(info, container_id, events, packed[-1][0], None)]


async def shipment_of(info: Info, container_id: str) -> str | None:
    """The shipment with which the last load of a container left, by itself or in a container around it."""
    events = await _history(info, container_id)
    packed = _packed(container_id, events)
    return await _left_with(info, container_id, packed[-1][0] if packed else None, depth=0)


async def units_of_shipment(info: Info, shipment_id: str) -> int:
    """The units that left with a shipment."""
    events = await info.context.loaders.history("Shipment", shipment_id, clocks_of(info))
    left = [
        _units(info, line, event.order, depth=0)
        for event in events
        if isinstance(fact := event.fact, Shipped) and fact.shipment_id == shipment_id
        for line in fact.contents
    ]
    return sum(await asyncio.gather(*left))


async def _left_with(info: Info, container_id: str, since: OrderKey | None, depth: int) -> str | None:
    events = await _history(info, container_id)
    shipments = [
        fact.shipment_id
        for event in events
        if isinstance(fact := event.fact, Shipped) and _ships(event, container_id)
        if since is None or since < event.order
    ]
    if shipments:
        return shipments[0] if depth else shipments[-1]
    around = [(event.order, outer) for event in events if (outer := _outer(event, container_id)) is not None]
    if not around or depth >= _DEEPEST:
        return None
    nested, outer = around[-1]
    return await _left_with(info, outer, nested if since is None else max(nested, since), depth + 1)


async def _units(info: Info, line: Content, until: OrderKey, depth: int) -> int:
    if line.container_id is None:
        return 1 if line.unit_id is not None else line.quantity or 0
    if depth >= _DEEPEST:
        return 0
    events = await _history(info, line.container_id)
    inside = await _load(info, line.container_id, events, until, until)
    return sum(await asyncio.gather(*(_units(info, one, until, depth + 1) for _, one in inside)))


async def _load(
    info: Info, container_id: str, events: Iterable[Event], came: OrderKey, until: OrderKey | None
) -> list[_Line]:
    """What was put into a container until a moment, since it left for the last time before another."""
    before = [event for event in events if until is None or event.order < until]
    left = await _departures(info, container_id, before, depth=0)
    since = max((order for order in left if order < came), default=None)
    packed = [one for one in _packed(container_id, before) if since is None or since < one[0]]
    lies = await asyncio.gather(*(_lies(info, line, order, until) for order, line in packed))
    return [one for one, still in zip(packed, lies, strict=True) if still]


async def _departures(info: Info, container_id: str, events: Iterable[Event], depth: int) -> list[OrderKey]:
    """When a container left, by itself or in the containers around it."""
    found = [event.order for event in events if _ships(event, container_id)]
    if depth >= _DEEPEST:
        return found
    around = [(event.order, outer) for event in events if (outer := _outer(event, container_id)) is not None]
    taken_out = [order for order, _ in around[1:]]
    for (nested, outer), until in zip_longest(around, taken_out):
        left = await _departures(info, outer, await _history(info, outer), depth + 1)
        with_it = (order for order in left if nested < order and (until is None or order < until))
        found.extend(sorted(with_it)[:1])
    return found


async def _lies(info: Info, line: Content, packed: OrderKey, until: OrderKey | None) -> bool:
    """Whether a line is there: of a lot for good, of a unit or container until it is moved by its name."""
    label, key = ("Unit", line.unit_id) if line.unit_id is not None else ("Container", line.container_id)
    if key is None:
        return True
    events = await info.context.loaders.history(label, key, clocks_of(info), _MOVES)
    ends = (event.order for event in events if until is None or event.order < until)
    moves = {event.order for event in events if _moves(event, line)}
    return max((order for order in ends if order in moves), default=None) == packed


async def _history(info: Info, container_id: str) -> list[Event]:
    return await info.context.loaders.history("Container", container_id, clocks_of(info))


def _packed(container_id: str, events: Iterable[Event]) -> list[_Line]:
    return [
        (event.order, line)
        for event in events
        if isinstance(fact := event.fact, Packed) and fact.container_id == container_id
        for line in fact.contents
    ]


def _outer(event: Event, container_id: str) -> str | None:
    fact = event.fact
    inside = isinstance(fact, Packed) and any(line.container_id == container_id for line in fact.contents)
    return fact.container_id if isinstance(fact, Packed) and inside else None


def _ships(event: Event, container_id: str) -> bool:
    fact = event.fact
    return isinstance(fact, Shipped) and any(line.container_id == container_id for line in fact.contents)


def _moves(event: Event, line: Content) -> bool:
    """Whether an event packs or, if it is a unit, ships what a line names; a box that left keeps its load."""
    fact = event.fact
    is_move = isinstance(fact, Packed) or (isinstance(fact, Shipped) and line.unit_id is not None)
    return is_move and any(
        (one.unit_id, one.container_id) == (line.unit_id, line.container_id)
        for one in fact.contents  # type: ignore[attr-defined]
    )
