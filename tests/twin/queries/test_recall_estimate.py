from __future__ import annotations

import pytest

from tests.graph_fixtures import wipe
from tests.resolvers.small_plant import small_plant
from tests.twin.projection.arrivals import project
from twin.errors import NotFound
from twin.graph.session import Graph
from twin.queries.recall_estimate import recall_estimate
from twin.records.recall import (
    EquipmentScope,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    ToolScope,
    WaferScope,
)


@pytest.fixture(scope="module")
async def plant(graph: Graph) -> Graph:
    await wipe(graph)
    await project(graph, *small_plant())
    return graph


async def test_an_estimate_counts_the_lots_without_reading_their_events(plant: Graph) -> None:
    told = await recall_estimate(plant, MaterialLotScope("PASTE-1"))
    assert (told.lots, told.material_lots, told.is_whole, told.needs_job) == (2, 2, True, False)
    assert told.events > 10
    assert (await recall_estimate(plant, LotScope("LOT-2"))).lots == 1


@pytest.mark.parametrize(
    "scope",
    [
        MaterialLotScope("NO-SUCH"),
        LotScope("NO-SUCH"),
        WaferScope("NO-SUCH"),
        EquipmentScope("NO-SUCH"),
        ToolScope("NO-SUCH"),
        OperatorScope("NO-SUCH"),
    ],
)
async def test_an_estimate_of_a_mistyped_name_is_refused(plant: Graph, scope: RecallScope) -> None:
    with pytest.raises(NotFound):
        await recall_estimate(plant, scope)
