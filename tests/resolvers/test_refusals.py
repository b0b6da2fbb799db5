from __future__ import annotations

import pytest

from tests.resolvers.asking import ask
from twin.graph.session import Graph
from twin.vocabulary.roles import Role


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("lots(first: 501) { totalCount }", "list.too_long"),
        ("lots(first: -1) { totalCount }", "list.bad_length"),
        ('lots(after: "bm9uZQ==") { totalCount }', "cursor.bad"),
        (
            'genealogy(of: {kind: LOT, key: "L"}, direction: ANCESTORS, first: 1501) { root { key } }',
            "list.too_long",
        ),
        (
            'genealogy(of: {kind: LOT, key: "nobody"}, direction: ANCESTORS) { root { key } }',
            "thing.not_found",
        ),
        ('recallImpact(scope: {lot: {lotId: "nobody"}}) { totals { low } }', "thing.not_found"),
        ('whereUsed(of: {kind: MATERIAL_LOT, key: "nobody"}) { totalCount }', "thing.not_found"),
        ('whereUsed(of: {kind: CUSTOMER, key: "CUST-1"}) { totalCount }', "thing.bad_kind"),
        ('whereUsed(of: {kind: DIE, key: "WAFER-1"}) { totalCount }', "thing.bad_key"),
        (
            'recallImpact(scope: {wafer: {substrateId: "WAFER-1", xMin: 2, xMax: 1}}) { totals { low } }',
            "region.empty",
        ),
        (
            'recallImpact(scope: {wafer: {substrateId: "WAFER-1", yMin: 0, yMax: -1}}) { totals { low } }',
            "region.empty",
        ),
        (
            'recallImpact(scope: {wafer: {substrateId: "WAFER-1", bins: []}}) { totals { low } }',
            "bins.bad",
        ),
        (
            'recallImpact(scope: {wafer: {substrateId: "WAFER-1", bins: [65536]}}) { totals { low } }',
            "bins.bad",
        ),
        ("commonality(bad: []) { lift }", "list.empty"),
        ('commonality(bad: [{kind: CUSTOMER, key: "CUST-1"}]) { lift }', "thing.bad_kind"),
        ('node(id: "nonsense") { id }', "id.bad"),
        ('lot(lotId: "LOT-1", asOf: "2026-03-02") { lotId }', "graphql.bad_request"),
        ("recallImpact(scope: {}) { totals { low } }", "graphql.bad_request"),
    ],
)
async def test_a_bad_question_is_refused_by_its_code(plant: Graph, question: str, code: str) -> None:
    assert (await ask(plant, f"{{ {question} }}")).codes == [code]


@pytest.mark.parametrize(
    ("role", "question", "codes"),
    [
        (Role.INTEGRATION, '{ lot(lotId: "LOT-1") { lotId } }', ["access.forbidden"]),
        (Role.CUSTOMER, "{ watermark { token } }", ["access.forbidden"]),
        (Role.OPERATOR, '{ lot(lotId: "LOT-1") { runs { operatorId } } }', []),
        (Role.PLANNER, '{ lot(lotId: "LOT-1") { runs { operation } } }', []),
        (Role.PLANNER, '{ lot(lotId: "LOT-1") { runs { operatorId } } }', ["access.forbidden"]),
        (
            Role.OPERATOR,
            '{ recallImpact(scope: {lot: {lotId: "LOT-1"}}) { totals { low } } }',
            ["access.forbidden"],
        ),
        (Role.OPERATOR, '{ event(eventId: "mistake") { raw } }', ["access.forbidden"]),
        (Role.ADMIN, '{ event(eventId: "mistake") { raw } }', []),
    ],
)
async def test_a_role_sees_what_its_policy_allows(
    plant: Graph, role: Role, question: str, codes: list[str]
) -> None:
    assert (await ask(plant, question, role)).codes == codes


@pytest.mark.parametrize(
    ("question", "statements"),
    [
        ('lot(lotId: "LOT-1") { lotId quantity status }', 1),
        (
            'lot(lotId: "LOT-1") { product { name } orders { orderId } runs { operation } holds { holdId } }',
            4,
        ),
        ("lots { nodes { lotId } }", 1),
        ("lots { totalCount nodes { lotId } }", 2),
        ("lots { nodes { product { name } runs { equipment { equipmentId } } } }", 4),
        ('equipment(equipmentId: "DB-01") { state openAlarms { code } }', 2),
        ('event(eventId: "mistake") { type voidedBy { type } }', 2),
        ('die(substrateId: "WAFER-1", x: 0, y: 0) { bin quality }', 1),
        ("watermark { token }", 1),
        ('search(text: "nothing-like-it") { id }', 1),
    ],
)
async def test_a_question_costs_a_known_number_of_statements(
    plant: Graph, question: str, statements: int
) -> None:
    before = plant.statements
    assert (await ask(plant, f"{{ {question} }}")).codes == []
    assert plant.statements - before == statements


@pytest.mark.parametrize(("role", "people"), [(Role.QUALITY, ["OPERATOR:op-1"]), (Role.PLANNER, [])])
async def test_a_planner_does_not_see_the_people_of_a_walk(
    plant: Graph, role: Role, people: list[str]
) -> None:
    question = '{ genealogy(of: {kind: LOT, key: "LOT-1A"}, direction: ANCESTORS) { nodes { kind key } } }'
    nodes = (await ask(plant, question, role))["genealogy"]["nodes"]
    assert [row["key"] for row in nodes if row["kind"] == "OPERATOR"] == people
    assert {"kind": "EQUIPMENT", "key": "EQUIPMENT:DB-01"} in nodes
