from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests import factory as f
from tests.graph_fixtures import wipe
from tests.resolvers.asking import ask
from tests.twin.lineage.test_completeness import complete, product
from tests.twin.projection.arrivals import project
from twin.graph.session import Graph
from twin.vocabulary.roles import Role

QUESTION = """query Ask($of: CompletenessOf!, $asOf: DateTime) {
  completeness(of: $of, asOf: $asOf) {
    thing score required recorded level materialLevel processLevel unscored wanting missingCount
    aspects { aspect required recorded }
    missing { aspect code wanted thing }
    answer { complete limitHit }
  }
}"""


@pytest.fixture(scope="module")
async def made(graph: Graph) -> AsyncIterator[Graph]:
    """LOT-1 with all that is required, LOT-2 with a skipped cure, LOT-3 of a product without a route."""
    await wipe(graph)
    second = f.lot_created(occurred_at="08:00", lot_id="LOT-2", quantity=50)
    await project(
        graph,
        product(),
        *complete(),
        second,
        f.lot_tracked_in(occurred_at="12:00", lot_id="LOT-2", operation="FINAL_TEST", equipment_id="T-1"),
        f.units_identified(occurred_at="09:40", lot_id="LOT-1", units=[{"unit_id": "U-1"}]),
        f.lot_created(occurred_at="08:00", lot_id="LOT-3", product_id="UNDEFINED"),
    )
    yield graph
    await wipe(graph)


async def test_a_lot_is_scored_with_what_it_misses(made: Graph) -> None:
    assert (await ask(made, QUESTION, of={"lotId": "LOT-1"}))["completeness"] == {
        "thing": "LOT:LOT-1",
        "score": 1.0,
        "required": 6,
        "recorded": 6,
        "level": 3,
        "materialLevel": 3,
        "processLevel": 3,
        "unscored": [],
        "wanting": ["product.not_by_unit"],
        "missingCount": 0,
        "aspects": [
            {"aspect": "ROUTE", "required": 3, "recorded": 3},
            {"aspect": "BOM", "required": 2, "recorded": 2},
            {"aspect": "TEST", "required": 1, "recorded": 1},
        ],
        "missing": [],
        "answer": {"complete": True, "limitHit": None},
    }
    second = (await ask(made, QUESTION, of={"lotId": "LOT-2"}))["completeness"]
    assert (second["score"], second["level"]) == (pytest.approx((1 / 3 + 0) / 2), 0)
    assert [(gap["code"], gap["wanted"], gap["thing"]) for gap in second["missing"]] == [
        ("route.no_run", "DIE_BOND", "LOT:LOT-2"),
        ("route.no_run", "CURE", "LOT:LOT-2"),
        ("bom.not_consumed", "EPOXY-A at DIE_BOND", "LOT:LOT-2"),
    ]


async def test_a_lot_is_scored_as_of_a_moment(made: Graph) -> None:
    found = (await ask(made, QUESTION, of={"lotId": "LOT-1"}, asOf="2026-03-02T10:10:00Z"))["completeness"]
    assert (found["required"], found["recorded"], found["missing"]) == (3, 3, [])


async def test_a_unit_is_scored_by_its_lot_and_its_own_records(made: Graph) -> None:
    found = (await ask(made, QUESTION, of={"unitId": "U-1"}))["completeness"]
    assert (found["thing"], found["required"], found["recorded"]) == ("UNIT:U-1", 6, 5)
    assert found["missing"] == [
        {"aspect": "TEST", "code": "test.no_result", "wanted": "FINAL_TEST", "thing": "UNIT:U-1"}
    ]


async def test_a_product_adds_its_lots_up(made: Graph) -> None:
    found = (await ask(made, QUESTION, of={"productId": "LED-5050"}))["completeness"]
    assert (found["thing"], found["required"], found["recorded"], found["level"]) == (
        "PRODUCT:LED-5050",
        10,
        7,
        0,
    )
    assert found["score"] == pytest.approx((4 / 6 + 2 / 3 + 1 / 1) / 3)
    assert found["missingCount"] == 3
    assert found["answer"] == {"complete": True, "limitHit": None}


async def test_an_unknown_route_is_not_scored(made: Graph) -> None:
    for of in ({"lotId": "LOT-3"}, {"productId": "UNDEFINED"}):
        found = (await ask(made, QUESTION, of=of))["completeness"]
        assert (found["score"], found["level"], found["unscored"]) == (None, None, ["route.unknown"])


@pytest.mark.parametrize(
    ("of", "code"),
    [
        ({"lotId": "NONE"}, "thing.not_found"),
        ({"unitId": "NONE"}, "thing.not_found"),
        ({"productId": "NONE"}, "thing.not_found"),
        ({"lotId": ""}, "completeness.of_nothing"),
    ],
)
async def test_what_nobody_named_is_an_error(made: Graph, of: dict[str, str], code: str) -> None:
    assert (await ask(made, QUESTION, of=of)).codes == [code]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.INTEGRATION])
async def test_who_may_not_analyse_is_refused(made: Graph, role: Role) -> None:
    assert (await ask(made, QUESTION, role, of={"lotId": "LOT-1"})).codes == ["access.forbidden"]
