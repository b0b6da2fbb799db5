from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final, LiteralString

import pytest
from redis.asyncio import Redis

from tests.service.enemy import LARGEST_RSS_KB, Enemy
from tests.service.running import RunningService, free_port
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


@pytest.fixture(scope="session")
def enemy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Enemy]:
    """An attacker before a service of its own; afterwards nothing may have broken inside."""
    folder = tmp_path_factory.mktemp("hostile")
    port = free_port()
    (folder / "factory.yaml").write_text(MACHINE.format(port=port), encoding="utf-8")
    service = RunningService(folder / "data", arguments=("--config", str(folder / "factory.yaml")))
    try:
        attacker = Enemy(service.start(), port)
        yield attacker
        attacker.until_well()
        assert attacker.rss_kb() < LARGEST_RSS_KB
    finally:
        code = service.stop()
    assert "Traceback" not in service.log()
    assert code == 0


MACHINE = """
connectors:
  - connector: secs_gem
    id: hsms-01
    equipment_id: BONDER-01
    mode: passive
    port: {port}
    timeouts: {{t3: 60, t5: 0.5, t6: 1, t7: 1, t8: 0.5, linktest: 30, establish: 0.5}}
    maximum_message: 65536
"""
