from __future__ import annotations

from tests import factory as f
from tests.resolvers.asking import ask
from tests.twin.projection.arrivals import project
from twin.graph.session import Graph


async def test_a_run_is_found_again_by_its_id_whatever_slashes_its_names_hold(empty_graph: Graph) -> None:
    names = {"lot_id": "A/1", "operation": "O/P", "equipment_id": "LINE/1/DB"}
    await project(
        empty_graph,
        f.lot_created(lot_id="A/1", occurred_at="08:00"),
        f.lot_tracked_in(occurred_at="09:00", **names),
    )
    told = await ask(empty_graph, '{ lot(lotId: "A/1") { runs { id } } }')
    identifier = told["lot"]["runs"][0]["id"]
    answer = await ask(
        empty_graph,
        "query($id: ID!) { node(id: $id) { id ... on OperationRun { operation } } }",
        id=identifier,
    )
    assert answer["node"] == {"id": identifier, "operation": "O/P"}


async def test_a_walk_begins_at_a_run_whatever_slashes_its_names_hold(empty_graph: Graph) -> None:
    names = {"lot_id": "A/1", "operation": "O/P", "equipment_id": "LINE/1/DB"}
    await project(
        empty_graph,
        f.lot_created(lot_id="A/1", occurred_at="08:00"),
        f.lot_tracked_in(occurred_at="09:00", **names),
    )
    answer = await ask(
        empty_graph,
        """query($key: String!) {
            genealogy(of: {kind: OPERATION_RUN, key: $key}, direction: DESCENDANTS) { nodes { key } }
        }""",
        key="A/1/O/P/LINE/1/DB/1",
    )
    assert [node["key"] for node in answer["genealogy"]["nodes"]] == [
        "OPERATION_RUN:A/1/O/P/LINE/1/DB/1",
        "LOT:A/1",
    ]
