from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type

from tests.resolvers import test_whole_schema as whole
from tests.resolvers.case_desk import CaseDesk, case_desk
from twin.graph.session import Graph
from twin.vocabulary.roles import Role

SCOPE = '{materialLot: {materialLotId: "PASTE-1"}}'
QUESTIONS = {
    "recallCase": 'recallCase(caseId: "RC-000001")',
    "recallCases": "recallCases",
    "recallWhatIf": f'recallWhatIf(scope: {SCOPE}, variants: [{{name: "same"}}])',
    "recallEstimate": f"recallEstimate(scope: {SCOPE})",
    "recallWithin": f"recallWithin(scope: {SCOPE})",
    "recallJob": 'recallJob(jobId: "RJ-000001")',
    "overdueHoldCommands": "overdueHoldCommands",
}


@pytest.fixture
async def desk(plant: Graph, tmp_path: Path) -> AsyncIterator[CaseDesk]:
    async with case_desk(plant, tmp_path) as made:
        case_id = await made.opened()
        await made.do("containRecallCase", caseId=case_id, reason="bad paste")
        jobs = made.office.jobs
        await made.ask(f"mutation {{ startRecallJob(input: {{scope: {SCOPE}}}) {{ job {{ jobId }} }} }}")
        job = await jobs.store.claim(jobs.owner)
        assert job is not None
        await jobs.work(job)
        late = (await made.office.ledger.case(case_id)).updated_at + 3_600_000
        made.office.clock = lambda: late
        yield made


@pytest.mark.parametrize("name", sorted(QUESTIONS))
async def test_every_field_about_cases_and_jobs_can_be_asked(
    desk: CaseDesk, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(whole.OFTEN, "variants", '[{name: "same"}]')
    assert whole.SERVED.query_type is not None
    kind = get_named_type(whole.SERVED.query_type.fields[name].type)
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    answer = await desk.ask(f"{{ {QUESTIONS[name]} {{ {whole.selection(kind, 3, Role.QUALITY)} }} }}")
    assert answer.messages == []
    assert answer[name]


def test_every_question_about_cases_and_jobs_is_asked_here() -> None:
    assert whole.SERVED.query_type is not None
    served = {name for name in whole.SERVED.query_type.fields if "recall" in name or "Hold" in name}
    assert served - {"recallImpact"} == QUESTIONS.keys()
