from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.graph_fixtures import wipe
from tests.resolvers.small_plant import small_plant
from tests.twin.projection.arrivals import project
from twin.graph.session import Graph


@pytest.fixture(scope="module")
async def plant(graph: Graph) -> AsyncIterator[Graph]:
    await wipe(graph)
    await project(graph, *small_plant())
    yield graph
    await wipe(graph)
