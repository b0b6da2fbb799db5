"""How many units left with shipments: what was in their containers at the moment at which they left."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

from resolvers.asking import Info, clocks_of
from twin.events.event import Event, OrderKey
from twin.events.packing import Content, Packed, Shipped

_DEEPEST: Final = 8
_MOVES: Final = (Packed.__name__, Shipped.__name__)


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


async def _units(info: Info, line: Content, until: OrderKey, depth: int) -> int:
    if line.container_id is None:
        return 1 if line.unit_id is not None else line.quantity or 0
    return await _inside(info, line.container_id, until, depth) if depth < _DEEPEST else 0


async def _inside(info: Info, container_id: str, until: OrderKey, depth: int) -> int:
    """Units in a container before a moment, since it left for the last time before: it comes back empty."""
    events = await info.context.loaders.history("Container", container_id, clocks_of(info))
    before = [event for event in events if event.order < until]
    since = max((event.order for event in before if _ships(event, container_id)), default=None)
    inside = [
        _still_there(info, line, event.order, until, depth)
        for event in before
        if isinstance(fact := event.fact, Packed) and fact.container_id == container_id
        if since is None or since < event.order
        for line in fact.contents
    ]
    return sum(await asyncio.gather(*inside))


async def _still_there(info: Info, line: Content, packed: OrderKey, until: OrderKey, depth: int) -> int:
    """The units of a line; none of a unit or container that was packed or shipped elsewhere since."""
    label, key = ("Unit", line.unit_id) if line.unit_id is not None else ("Container", line.container_id)
    if key is not None:
        moves = await info.context.loaders.history(label, key, clocks_of(info), _MOVES)
        if _last_move(moves, line, until) != packed:
            return 0
    return await _units(info, line, until, depth + 1)


def _last_move(events: Iterable[Event], line: Content, until: OrderKey) -> OrderKey | None:
    return max((event.order for event in events if event.order < until and _moves(event, line)), default=None)


def _moves(event: Event, line: Content) -> bool:
    fact = event.fact
    return isinstance(fact, Packed | Shipped) and any(
        (one.unit_id, one.container_id) == (line.unit_id, line.container_id) for one in fact.contents
    )


def _ships(event: Event, container_id: str) -> bool:
    fact = event.fact
    return isinstance(fact, Shipped) and any(one.container_id == container_id for one in fact.contents)
