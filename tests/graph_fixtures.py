import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph_migrations.runner import migrate
from tests.service.running import QUICK_JAVA
from twin.graph.driver import open_graph
from twin.graph.embedded import EmbeddedGraph, GraphAddress
from twin.graph.session import Graph

_GIVEN = "DIELOOM_TEST_GRAPH_URL"
IS_GIVEN = bool(os.environ.get(_GIVEN))
"""Another graph than the embedded one, which takes its time: random tests ask it less."""

BUSY_MACHINE_S = 60.0
"""For each read: what a question takes is no matter of the tests that only look at its answer."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "graph_address" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.graph)


@pytest.fixture(scope="session")
async def graph_address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[GraphAddress]:
    given = os.environ.get(_GIVEN)
    if given:
        yield GraphAddress(url=given, user=None, password=None, database=None)
        return
    folder: Path = tmp_path_factory.mktemp("graph")
    embedded = EmbeddedGraph(folder, QUICK_JAVA)
    try:
        yield await embedded.start()
    finally:
        await embedded.stop()


@pytest.fixture(scope="session")
async def graph(graph_address: GraphAddress) -> AsyncIterator[Graph]:
    opened = await patient(graph_address)
    await migrate(opened)
    yield opened
    await opened.close()


async def patient(at: GraphAddress) -> Graph:
    """The graph at an address, with time for each read that a busy machine may need."""
    return await open_graph(at.url, at.user, at.password, at.database, read_within=BUSY_MACHINE_S)


@pytest.fixture
async def empty_graph(graph: Graph) -> Graph:
    await wipe(graph)
    return graph


async def wipe(graph: Graph) -> None:
    gone = 1
    while gone:
        rows = await graph.write_with(
            lambda tx: tx.write(
                "MATCH (thing) WHERE NOT thing:Migration WITH thing LIMIT 2000 "
                "DETACH DELETE thing RETURN count(*) AS gone"
            )
        )
        gone = rows[0]["gone"] if rows else 0
