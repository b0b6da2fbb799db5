"""The lineage index of a graph that nobody writes to meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from twin.graph.session import Graph
from twin.queries.index.index import LineageIndex
from twin.stream.change_feed import ChangeFeed
from twin.stream.client import Stream


@asynccontextmanager
async def warm(graph: Graph, stream: Stream) -> AsyncIterator[LineageIndex]:
    index = LineageIndex(graph, ChangeFeed(stream), 1 << 30)
    work = asyncio.create_task(index.run())
    try:
        async with asyncio.timeout(60):
            while not index.is_warm:
                await asyncio.sleep(0.01)
        yield index
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
