from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.resolvers.asking import SCHEMA, context
from tests.resolvers.case_desk import PASTE, CaseDesk, case_desk
from twin.graph.session import Graph
from twin.vocabulary.roles import Role

WITHIN = """
query($scope: RecallScope!, $budget: RecallBudgetInput, $after: Cursor) {
  recallWithin(scope: $scope, budget: $budget, after: $after) {
    answer { complete limitHit continue knownAt } totals { low high lots } lots { totalCount }
  }
}"""
IMPACT = """
query($scope: RecallScope!, $at: DateTime) {
  recallImpact(scope: $scope, knownAt: $at) { totals { low high lots } lots { totalCount } }
}"""
START = """
mutation($scope: RecallScope!) {
  startRecallJob(input: {scope: $scope}) { job { jobId state waiting } userErrors { code } }
}"""


@pytest.fixture
async def desk(plant: Graph, tmp_path: Path) -> AsyncIterator[CaseDesk]:
    async with case_desk(plant, tmp_path) as made:
        yield made


async def work(desk: CaseDesk) -> None:
    jobs = desk.office.jobs
    while (job := await jobs.store.claim(jobs.owner)) is not None:
        await jobs.work(job)


async def test_an_answer_within_its_budget_is_whole(desk: CaseDesk) -> None:
    found = (await desk.ask(WITHIN, scope=PASTE))["recallWithin"]
    known_at = found["answer"].pop("knownAt")
    assert found.pop("answer") == {"complete": True, "limitHit": None, "continue": None}
    assert found == (await desk.ask(IMPACT, scope=PASTE, at=known_at))["recallImpact"]


async def test_an_answer_over_its_budget_says_so_and_goes_on(desk: CaseDesk) -> None:
    part = (await desk.ask(WITHIN, scope=PASTE, budget={"nodes": 1}))["recallWithin"]
    told = part["answer"]
    assert (told["complete"], told["limitHit"], told["continue"] is None) == (False, "budget.nodes", False)
    await work(desk)
    whole = (await desk.ask(WITHIN, scope=PASTE, after=told["continue"]))["recallWithin"]
    assert whole.pop("answer") == {
        "complete": True,
        "limitHit": None,
        "continue": None,
        "knownAt": told["knownAt"],
    }
    assert whole == (await desk.ask(IMPACT, scope=PASTE, at=told["knownAt"]))["recallImpact"]
    other = await desk.ask(WITHIN, scope={"lot": {"lotId": "LOT-1"}}, after=told["continue"])
    assert other.codes == ["cursor.bad"]
    assert (await desk.ask(WITHIN, scope=PASTE, budget={"seconds": 51})).codes == ["budget.bad"]


async def test_a_job_is_followed_to_its_end(desk: CaseDesk) -> None:
    begun = (await desk.ask(START, Role.ENGINEER, scope=PASTE))["startRecallJob"]["job"]
    assert begun["state"] == "RUNNING"
    asking = context(desk.graph)
    asking.cases = desk.office
    frames: Any = await SCHEMA.subscribe(
        f'subscription {{ recallJobChanges(jobId: "{begun["jobId"]}") {{ kind seq job {{ state }} }} }}',
        context_value=asking,
    )
    first = (await anext(frames)).data["recallJobChanges"]
    assert (first["kind"], first["seq"], first["job"]["state"]) == ("SNAPSHOT", 1, "RUNNING")
    await work(desk)
    rest = [frame.data["recallJobChanges"] async for frame in frames]
    assert (rest[-1]["kind"], rest[-1]["job"]["state"]) == ("DELTA", "DONE")
    read = await desk.ask(
        "query($id: String!) { recallJob(jobId: $id) "
        "{ state scope events done sums { low lots } impact { totals { low lots } } } }",
        id=begun["jobId"],
    )
    assert read["recallJob"]["scope"] == PASTE
    assert read["recallJob"]["sums"] == read["recallJob"]["impact"]["totals"]


async def test_a_job_is_cancelled_by_quality_and_strangers_are_told_of_none(desk: CaseDesk) -> None:
    job_id = (await desk.ask(START, scope=PASTE))["startRecallJob"]["job"]["jobId"]
    cancel = (
        "mutation($id: String!) { cancelRecallJob(input: {jobId: $id}) "
        "{ job { state impact { totals { low } } } userErrors { code } } }"
    )
    assert (await desk.ask(cancel, Role.PLANNER, id=job_id)).codes == ["access.forbidden"]
    assert (await desk.ask(cancel, id=job_id))["cancelRecallJob"]["job"] == {
        "state": "CANCELLED",
        "impact": None,
    }
    stranger = (await desk.ask(cancel, id="RJ-999999"))["cancelRecallJob"]
    assert stranger["userErrors"] == [{"code": "job.not_found"}]


async def test_an_estimate_comes_before_the_question(desk: CaseDesk) -> None:
    answered = await desk.ask(
        "query($scope: RecallScope!) { recallEstimate(scope: $scope) "
        "{ lots materialLots isWhole needsJob } }",
        scope=PASTE,
    )
    assert answered["recallEstimate"] == {
        "lots": 2,
        "materialLots": 2,
        "isWhole": True,
        "needsJob": False,
    }
