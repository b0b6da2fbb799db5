from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.resolvers.case_desk import CaseDesk, case_desk
from twin.cases.drills import scored
from twin.graph.session import Graph
from twin.queries.clocks import LIVE
from twin.queries.drill_facts import plainly_reached, used_material_lots
from twin.queries.recall_impact import recall_impact
from twin.records.recall import MaterialLotScope
from twin.vocabulary.things import Thing, ThingKind

DRILL = """
mutation($lot: String, $within: Float) {
  runRecallDrill(input: {materialLotId: $lot, withinSeconds: $within}) {
    case {
      caseId kind state reason scope simulation { lots complete }
      drill { seconds targetSeconds completeness expected found missing score }
      log { nodes { action } }
    }
    userErrors { code field }
  }
}"""


@pytest.fixture
async def desk(plant: Graph, tmp_path: Path) -> AsyncIterator[CaseDesk]:
    async with case_desk(plant, tmp_path) as made:
        yield made


async def drilled(desk: CaseDesk, **given: Any) -> Any:
    answered = await desk.ask(DRILL, **given)
    assert answered.messages == []
    return answered["runRecallDrill"]


async def test_a_drill_is_timed_scored_and_kept_among_the_cases(desk: CaseDesk) -> None:
    case = (await drilled(desk, lot="PASTE-1", within=60))["case"]
    assert (case["kind"], case["state"], case["simulation"]) == (
        "DRILL",
        "CLOSED",
        {"lots": 2, "complete": True},
    )
    score = case["drill"]
    assert score.pop("seconds") > 0
    assert score == {
        "targetSeconds": 60,
        "completeness": 1,
        "expected": 2,
        "found": 2,
        "missing": [],
        "score": 100,
    }
    assert [row["action"] for row in case["log"]["nodes"]] == [
        "DRAFTED",
        "SIMULATED",
        "DRILL_SCORED",
        "CLOSED",
    ]
    listed = await desk.ask("{ recallCases(filter: {kind: DRILL}) { nodes { caseId drill { score } } } }")
    assert listed["recallCases"]["nodes"] == [{"caseId": case["caseId"], "drill": {"score": 100}}]


async def test_a_drill_by_chance_takes_a_material_lot_that_was_used(desk: CaseDesk, plant: Graph) -> None:
    suspect = (await drilled(desk))["case"]["scope"]["materialLot"]["materialLotId"]
    assert suspect in await used_material_lots(plant)


@pytest.mark.parametrize(
    ("given", "code"), [({"lot": "NOBODY"}, "thing.not_found"), ({"within": 0}, "drill.bad_target")]
)
async def test_a_drill_that_cannot_be_leaves_no_case(
    desk: CaseDesk, given: dict[str, Any], code: str
) -> None:
    refused = await drilled(desk, **given)
    assert [row["code"] for row in refused["userErrors"]] == [code]
    assert await desk.office.ledger.cases() == []


async def test_the_schedule_drills_when_the_last_drill_is_old_enough(desk: CaseDesk) -> None:
    first = await desk.office.drills.run_when_due(1)
    assert first is not None
    assert (first.owner, first.log[0].role) == ("schedule", "jobs")
    assert await desk.office.drills.run_when_due(1) is None


async def test_what_the_answer_misses_or_takes_too_long_for_costs_points(plant: Graph) -> None:
    answer = await recall_impact(plant, MaterialLotScope("PASTE-1"), LIVE)
    expected = await plainly_reached(plant, "PASTE-1")
    assert expected == {Thing(ThingKind.LOT, "LOT-1"), Thing(ThingKind.LOT, "LOT-1A")}
    assert scored(answer, expected, 1.0, 2.0).score == 100
    assert scored(answer, expected, 4.0, 2.0).score == 50
    half = replace(answer, lots=answer.lots[:1])
    told = scored(half, expected, 1.0, 2.0)
    assert (told.score, told.missing, told.completeness) == (50, ("LOT:LOT-1A",), 0.5)
    assert scored(replace(answer, complete=False), expected, 1.0, 2.0).score == 50
