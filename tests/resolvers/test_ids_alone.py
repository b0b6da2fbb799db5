from __future__ import annotations

import pytest

from resolvers.context import Context
from resolvers.loaders import Loaders
from resolvers.viewer import Viewer
from schema.build import build_schema
from schema.http.execution import Execution, Question
from schema.limits import Limits
from tests.factory import lot_created, material_consumed, units_identified
from tests.resolvers.asking import ask
from tests.twin.projection.arrivals import project
from twin.graph.session import Graph
from twin.vocabulary.roles import Role

IDS = """query Ids($scope: RecallScope!) { recallImpact(scope: $scope) {
  lots { nodes { lot { __typename lotId } } } units { nodes { unit { ...Id } } }
} }
fragment Id on Unit { unitId }"""
MORE = """query More($scope: RecallScope!) { recallImpact(scope: $scope) {
  lots { nodes { lot { lotId quantity } } }
} }"""

BOTH = """query Both($scope: RecallScope!) { recallImpact(scope: $scope) {
  ids: lots { nodes { lot { lotId } } } more: lots { nodes { lot { lotId quantity } } }
} }"""


@pytest.fixture
async def told(empty_graph: Graph) -> Graph:
    await project(
        empty_graph,
        lot_created(occurred_at="08:00", lot_id="LOT-1", quantity=2),
        units_identified(occurred_at="08:10", lot_id="LOT-1", units=[{"unit_id": "U1"}, {"unit_id": "U2"}]),
        material_consumed(occurred_at="08:30", lot_id="LOT-1", material_lot_id="PASTE-1"),
    )
    return empty_graph


async def test_ids_of_affected_lots_and_units_are_told_without_a_look_and_more_with_one(told: Graph) -> None:
    scope = {"materialLot": {"materialLotId": "PASTE-1"}}
    answer = (await ask(told, IDS, scope=scope))["recallImpact"]
    assert [row["lot"] for row in answer["lots"]["nodes"]] == [{"__typename": "Lot", "lotId": "LOT-1"}]
    assert [row["unit"]["unitId"] for row in answer["units"]["nodes"]] == ["U1", "U2"]
    answer = (await ask(told, MORE, scope=scope))["recallImpact"]
    assert [row["lot"] for row in answer["lots"]["nodes"]] == [{"lotId": "LOT-1", "quantity": 2}]


async def test_ids_under_one_name_and_more_under_another_are_told_in_one_answer(told: Graph) -> None:
    scope = {"materialLot": {"materialLotId": "PASTE-1"}}
    answer = (await ask(told, BOTH, scope=scope))["recallImpact"]
    assert [row["lot"] for row in answer["ids"]["nodes"]] == [{"lotId": "LOT-1"}]
    assert [row["lot"] for row in answer["more"]["nodes"]] == [{"lotId": "LOT-1", "quantity": 2}]


async def test_a_large_answer_is_let_go_once_it_is_sent(told: Graph) -> None:
    contexts: list[Context] = []

    def context(viewer: Viewer) -> Context:
        contexts.append(Context(graph=told, viewer=viewer, loaders=Loaders(told)))
        return contexts[-1]

    async def reached(_token: str, _seconds: float) -> None:
        return None

    execution = Execution(build_schema(), Limits(), context, reached)
    scope = {"materialLot": {"materialLotId": "PASTE-1"}}
    question = Question(MORE, {"scope": scope}, None, None, "test")
    answer = await execution.answer(execution.read(question), question, Viewer("q", Role.QUALITY))
    assert answer.data == {"recallImpact": {"lots": {"nodes": [{"lot": {"lotId": "LOT-1", "quantity": 2}}]}}}
    assert [each.exposures for each in contexts] == [{}]
