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


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine so busy that nothing comes for seconds sends nothing of its own in between."""
    for module in ("resolvers.live", "resolvers.live_conflated"):
        monkeypatch.setattr(f"{module}.HEARTBEAT_S", 600.0)
    monkeypatch.setattr("resolvers.live_cohorts.TELLING_S", 9.0)
