from __future__ import annotations

import asyncio
from typing import Final

from tests.resolvers.following import Line
from twin.events.event import Event
from twin.graph.session import Graph
from twin.queries.clocks import LIVE
from twin.queries.genealogy import genealogy
from twin.queries.index.index import LineageIndex
from twin.queries.index.refreshing import refresh
from twin.records.genealogy import Lineage
from twin.vocabulary.states import TraceDirection
from twin.vocabulary.things import Thing, ThingKind

U1: Final = Thing(ThingKind.UNIT, "U1")
BACK: Final = TraceDirection.ANCESTORS


async def told(line: Line, index: LineageIndex, *events: Event) -> None:
    change = await line.project(*events)
    await line.feed.publish(change)
    async with asyncio.timeout(60):
        while any(index.positions.get(place, 0) < seq for place, seq in change.positions.items()):
            await asyncio.sleep(0.01)


async def settled(index: LineageIndex) -> None:
    assert index._book is not None
    async with index._lock:
        await refresh(index._graph, index._book, list(index._book.dirty))
    assert index.stale == 0


async def both(
    graph: Graph, index: LineageIndex, root: Thing = U1, direction: TraceDirection = BACK
) -> Lineage:
    """A walk, which must be the same with the index and without."""
    with_index = await genealogy(graph, root, direction, LIVE, index)
    assert with_index == await genealogy(graph, root, direction, LIVE)
    return with_index
