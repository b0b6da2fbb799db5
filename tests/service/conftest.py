from __future__ import annotations

import os
from typing import Final, LiteralString

import pytest
from redis.asyncio import Redis

from twin.graph.driver import open_graph

WIPE: Final[LiteralString] = "MATCH (n) WITH n LIMIT 5000 DETACH DELETE n RETURN count(*) AS gone"


@pytest.fixture
async def service_environment() -> dict[str, str]:
    """Settings of a service on stores of its own, or on the given ones, emptied first."""
    environment = {}
    if graph := os.environ.get("DIELOOM_TEST_GRAPH_URL"):
        await emptied(graph)
        environment["DIELOOM_GRAPH_URL"] = graph
    if stream := os.environ.get("DIELOOM_TEST_STREAM_URL"):
        async with Redis.from_url(stream) as server:
            await server.flushall()
        environment["DIELOOM_STREAM_URL"] = stream
    return environment


async def emptied(url: str) -> None:
    graph = await open_graph(url, None, None, None)
    try:
        gone = 1
        while gone:
            async with graph.transaction() as transaction:
                gone = (await transaction.write(WIPE))[0]["gone"]
    finally:
        await graph.close()
