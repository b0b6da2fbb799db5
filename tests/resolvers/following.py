from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from itertools import count
from typing import Any, cast

from resolvers.context import Context
from resolvers.live import LiveHub
from twin.events.event import Event
from twin.graph.session import Graph
from twin.projection.arrival import Arrival
from twin.projection.projector import Projector
from twin.stream.change_feed import Change, ChangedEvent, ChangeFeed
from twin.stream.client import Stream
from twin.vocabulary.instants import Instant

NOBODY = cast(Context, None)
_fencing = count(1_000)
_places = count(1)


class Line:
    def __init__(self, graph: Graph, stream: Stream, kept: int = 10_000) -> None:
        self.feed = ChangeFeed(stream, kept)
        self.hub = LiveHub(graph, self.feed)
        self._projector = Projector(graph, next(_fencing), lambda: Instant(1_772_500_000_000))

    async def project(self, *events: Event) -> Change:
        applied = await self._projector.apply([Arrival(event, "box", 0, next(_places)) for event in events])
        assert applied.unapplied == ()
        told = tuple(
            ChangedEvent(
                event_id=event.event_id,
                type=event.type,
                occurred_at=event.occurred_at,
                things=applied.things[event.event_id],
            )
            for event in applied.events
        )
        machines = tuple(applied.machines.values())
        return Change(at=1, events=told, positions=applied.positions, machines=machines)

    async def tell(self, *events: Event) -> str:
        return await self.feed.publish(await self.project(*events))


class Follower:
    def __init__(self, frames: AsyncGenerator[Any, None]) -> None:
        self._frames = frames

    async def next(self, within: float = 60) -> Any:
        async with asyncio.timeout(within):
            return await anext(self._frames)

    async def leave(self) -> None:
        await self._frames.aclose()
