from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.resolvers.case_desk import DRAFT, PASTE, START, CaseDesk, case_desk
from twin.graph.session import Graph
from twin.vocabulary.roles import Role


@pytest.fixture
async def desk(plant: Graph, tmp_path: Path) -> AsyncIterator[CaseDesk]:
    async with case_desk(plant, tmp_path) as made:
        yield made


async def test_a_case_goes_from_draft_to_closed_and_its_log_says_who_did_what(desk: CaseDesk) -> None:
    case_id = await desk.draft()
    simulated = await desk.do(
        "simulateRecallCase", "state simulation { low high lots complete knownAt }", caseId=case_id
    )
    assert simulated["case"]["state"] == "SIMULATED"
    assert simulated["case"]["simulation"]["lots"] == 2
    assert (await desk.do("openRecallCase", caseId=case_id, reason="sure"))["case"]["state"] == "OPENED"
    handed = await desk.do("assignRecallCase", "owner", caseId=case_id, owner="chen.wei")
    assert handed["case"]["owner"] == "chen.wei"
    await desk.do("noteOnRecallCase", caseId=case_id, text="supplier called")
    closed = await desk.do("closeRecallCase", "state closingReason", caseId=case_id, reason="false alarm")
    assert closed["case"] == {"state": "CLOSED", "closingReason": "false alarm"}

    read = (
        await desk.ask(
            "query($id: String!) { recallCase(caseId: $id) { revision log { totalCount nodes "
            "{ number actor role action data } } } }",
            id=case_id,
        )
    )["recallCase"]
    assert [row["action"] for row in read["log"]["nodes"]] == [
        "DRAFTED",
        "SIMULATED",
        "OPENED",
        "OWNER_CHANGED",
        "NOTED",
        "CLOSED",
    ]
    assert {(row["actor"], row["role"]) for row in read["log"]["nodes"]} == {("li.na", "quality")}
    assert read["log"]["nodes"][4]["data"] == {"text": "supplier called"}
    assert (read["revision"], read["log"]["totalCount"]) == (6, 6)


@pytest.mark.parametrize(
    ("mutation", "given"),
    [
        ("openRecallCase", {"reason": "sure"}),
        ("simulateRecallCase", {}),
        ("assignRecallCase", {"owner": "chen.wei"}),
    ],
)
async def test_a_closed_case_takes_no_step(desk: CaseDesk, mutation: str, given: dict[str, str]) -> None:
    case_id = await desk.draft()
    await desk.do("closeRecallCase", caseId=case_id, reason="mistake")
    refused = await desk.do(mutation, caseId=case_id, **given)
    assert refused["case"] is None
    assert refused["userErrors"] == [{"code": "case.impossible_transition", "field": "caseId"}]


async def test_a_draft_is_not_opened_before_it_is_simulated(desk: CaseDesk) -> None:
    refused = await desk.do("openRecallCase", caseId=await desk.draft(), reason="sure")
    assert refused["userErrors"] == [{"code": "case.impossible_transition", "field": "caseId"}]


async def test_the_same_mutation_sent_again_changes_nothing_more(desk: CaseDesk) -> None:
    first = (await desk.ask(DRAFT, scope=PASTE, own="mine-1"))["done"]
    again = (await desk.ask(DRAFT, scope=PASTE, own="mine-1"))["done"]
    assert first["case"] == again["case"]
    assert again["clientMutationId"] == "mine-1"
    other = (await desk.ask(DRAFT, scope={"lot": {"lotId": "LOT-1"}}, own="mine-1"))["done"]
    assert [row["code"] for row in other["userErrors"]] == ["mutation.id_reused"]
    assert (await desk.ask("{ recallCases { totalCount } }"))["recallCases"]["totalCount"] == 1


@pytest.mark.parametrize(
    ("role", "codes"),
    [
        (Role.OPERATOR, ["access.forbidden"]),
        (Role.ENGINEER, ["access.forbidden"]),
        (Role.PLANNER, ["access.forbidden"]),
        (Role.INTEGRATION, ["access.forbidden"]),
        (Role.ADMIN, []),
    ],
)
async def test_only_quality_and_admin_change_cases(desk: CaseDesk, role: Role, codes: list[str]) -> None:
    assert (await desk.ask(DRAFT, role, scope=PASTE)).codes == codes


async def test_an_engineer_reads_cases_and_a_stranger_is_told_of_none(desk: CaseDesk) -> None:
    case_id = await desk.draft()
    question = "query($id: String!) { recallCase(caseId: $id) { caseId } }"
    assert (await desk.ask(question, Role.ENGINEER, id=case_id))["recallCase"] == {"caseId": case_id}
    assert (await desk.ask(question, Role.OPERATOR, id=case_id)).codes == ["access.forbidden"]
    assert (await desk.ask(question, id="RC-999999")).codes == ["case.not_found"]


async def test_cases_are_listed_newest_first_filtered_and_in_slices(desk: CaseDesk) -> None:
    made = [await desk.draft() for _ in range(3)]
    await desk.do("closeRecallCase", caseId=made[1], reason="mistake")
    listing = (
        "query($f: RecallCaseFilter, $n: Int, $a: Cursor) { recallCases(filter: $f, first: $n, after: $a) "
        "{ totalCount pageInfo { hasNextPage endCursor } nodes { caseId } } }"
    )
    first = (await desk.ask(listing, n=2))["recallCases"]
    assert [row["caseId"] for row in first["nodes"]] == [made[2], made[1]]
    rest = (await desk.ask(listing, n=2, a=first["pageInfo"]["endCursor"]))["recallCases"]
    assert [row["caseId"] for row in rest["nodes"]] == [made[0]]
    drafts = (await desk.ask(listing, f={"state": ["DRAFT"]}))["recallCases"]
    assert [row["caseId"] for row in drafts["nodes"]] == [made[2], made[0]]


async def test_a_case_about_a_mistyped_suspect_is_not_drafted(desk: CaseDesk) -> None:
    refused = await desk.do("draftRecallCase", scope={"lot": {"lotId": "LOT-1 typo"}}, reason="voids")
    assert refused["userErrors"] == [{"code": "thing.not_found", "field": None}]
    listing = "{ recallCases { totalCount nodes { caseId lotsLeftOut } } }"
    assert (await desk.ask(listing))["recallCases"] == {"totalCount": 0, "nodes": []}


async def test_the_scope_of_a_case_can_be_asked_with_again(desk: CaseDesk) -> None:
    scope = {
        "equipment": {
            "equipmentId": "DB-01",
            "window": {"from": "2026-03-02T08:00:00.000Z", "to": "2026-03-02T09:00:00.000Z"},
        }
    }
    answered = await desk.ask(DRAFT, scope=scope)
    assert answered["done"]["case"]["scope"] == scope


async def test_the_answer_of_a_simulation_is_the_recall_as_known_then(desk: CaseDesk) -> None:
    case_id = await desk.draft()
    told = await desk.do("simulateRecallCase", "simulation { low high lots knownAt } ", caseId=case_id)
    simulation = told["case"]["simulation"]
    asked = await desk.ask(
        "query($scope: RecallScope!, $then: DateTime) { recallImpact(scope: $scope, knownAt: $then) "
        "{ totals { low high lots } } }",
        scope=PASTE,
        then=simulation.pop("knownAt"),
    )
    assert asked["recallImpact"]["totals"] == simulation


async def test_what_if_shows_what_a_wider_window_adds(desk: CaseDesk) -> None:
    window = {"from": "2026-03-02T08:50:00Z", "to": "2026-03-02T08:55:00Z"}
    question = """
    query($scope: RecallScope!, $variants: [RecallVariantInput!]!) {
      recallWhatIf(scope: $scope, variants: $variants) {
        low high lots
        variants {
          name lots units low high added { nodes { lot { lotId } low high evidence { steps { relation } } } }
          removed { totalCount nodes { lot { lotId } } } changed { before { high } now { high } }
          addedUnits { totalCount } removedUnits { totalCount } scope
        }
      }
    }"""
    answer = await desk.ask(
        question,
        scope={"equipment": {"equipmentId": "DB-01", "window": window}},
        variants=[{"name": "as it is"}, {"name": "+- 10 min", "minutes": 10}],
    )
    assert answer.messages == []
    same, wider = answer["recallWhatIf"]["variants"]
    assert (answer["recallWhatIf"]["lots"], same["lots"], same["added"]["nodes"]) == (0, 0, [])
    assert [row["lot"]["lotId"] for row in wider["added"]["nodes"]] == ["LOT-1", "LOT-1A"]
    assert wider["scope"]["equipment"]["window"] == {
        "from": "2026-03-02T08:40:00.000Z",
        "to": "2026-03-02T09:05:00.000Z",
    }
    one_head = await desk.ask(
        question,
        scope={"equipment": {"equipmentId": "DB-01", "window": {"from": "2026-03-02T08:00:00Z"}}},
        variants=[{"name": "head 2", "position": "HEAD-2"}],
    )
    assert one_head["recallWhatIf"]["variants"][0]["changed"][0]["before"]["high"] > 0


@pytest.mark.parametrize(
    ("variants", "code"),
    [
        ([{"name": "wider", "minutes": 5}], "variant.not_possible"),
        ([{"name": "head", "position": "H1"}], "variant.not_possible"),
        ([], "list.too_long"),
    ],
)
async def test_a_variant_that_changes_nothing_of_the_scope_is_refused(
    desk: CaseDesk, variants: list[dict[str, object]], code: str
) -> None:
    case_id = await desk.draft()
    answer = await desk.ask(
        "query($id: String!, $v: [RecallVariantInput!]!) { recallCase(caseId: $id) "
        "{ whatIf(variants: $v) { lots } } }",
        id=case_id,
        v=variants,
    )
    assert answer.codes == [code]


async def test_times_of_the_log_never_go_back(desk: CaseDesk) -> None:
    case_id = await desk.draft()
    await desk.do("noteOnRecallCase", caseId=case_id, text="one")
    times = [entry.at for entry in (await desk.office.ledger.case(case_id)).log]
    assert times == sorted(times)
    assert times[0] >= START
