from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from resolvers.context import Context
from tests.factory import (
    event_voided,
    lot_created,
    lot_split,
    lot_tracked_in,
    lots_merged,
    material_consumed,
    material_lot_received,
    production_counted,
    units_identified,
    units_scrapped,
)
from tests.resolvers.asking import SCHEMA, context
from tests.resolvers.case_desk import CaseDesk, case_desk
from tests.resolvers.following import Follower, Line
from tests.resolvers.small_plant import small_plant
from twin.errors import NotFound
from twin.graph.session import Graph
from twin.queries.clocks import LIVE
from twin.queries.recall_impact import recall_impact
from twin.queries.recall_watch import watched_recall
from twin.records.case import RecallCase
from twin.records.recall import (
    EquipmentScope,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
    WaferScope,
    Window,
)
from twin.stream.client import Stream
from twin.vocabulary.cases import CaseKind, CaseState
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import FrameKind

WHOLE = Window()
SCOPES: list[RecallScope] = [
    MaterialLotScope("PASTE-1"),
    LotScope("LOT-1"),
    EquipmentScope("DB-01", WHOLE),
    OperatorScope("op-1", WHOLE),
    ToolScope("CAP-1", WHOLE),
    RecipeVersionScope("BOND", "3"),
    WaferScope("WAFER-1"),
]


def case_about(scope: RecallScope) -> RecallCase:
    return RecallCase(
        case_id="RC-000001",
        kind=CaseKind.RECALL,
        state=CaseState.OPENED,
        scope=scope,
        reason="voids",
        owner="li.na",
        created_at=Instant(1),
        updated_at=Instant(1),
        revision=1,
    )


@pytest.fixture
async def line(empty_graph: Graph, stream: Stream) -> AsyncIterator[Line]:
    made = Line(empty_graph, stream)
    await made.project(
        material_lot_received(occurred_at="07:00", material_lot_id="PASTE-1"),
        lot_created(occurred_at="08:00", lot_id="LOT-1", quantity=100),
        lot_created(occurred_at="08:00", lot_id="LOT-2", quantity=50),
        lot_created(occurred_at="08:00", lot_id="CLEAN", quantity=50),
        material_consumed(event_id="used", occurred_at="08:30", lot_id="LOT-1", material_lot_id="PASTE-1"),
        material_consumed(
            occurred_at="08:31",
            lot_id="LOT-1",
            material_lot_id="GLUE-1",
            material_id="GLUE",
            operation="GLUE",
        ),
        material_lot_received(occurred_at="07:00", material_lot_id="GLUE-1", material_id="GLUE"),
    )
    running = asyncio.create_task(made.hub.run())
    yield made
    running.cancel()
    await asyncio.wait((running,))


@pytest.fixture
def followed(line: Line, empty_graph: Graph) -> Any:
    def follow(scope: RecallScope = SCOPES[0]) -> Follower:
        return Follower(line.hub.recall_case(context(empty_graph), case_about(scope), None))

    return follow


def rows(found: Any) -> list[tuple[str, int, int, int]]:
    return [(lot.lot_id, lot.low, lot.high, lot.quantity) for lot in found]


def names(found: Any) -> list[tuple[str, str]]:
    return [(unit.unit_id, unit.certainty.value) for unit in found]


async def test_lots_and_units_join_and_leave_with_the_event_that_did_it(
    line: Line, followed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = followed()
    first = await follower.next()
    assert (first.kind, first.case_id, rows(first.added_lots)) == (
        FrameKind.SNAPSHOT,
        "RC-000001",
        [("LOT-1", 100, 100, 100)],
    )
    await line.tell(
        units_identified(
            event_id="named",
            occurred_at="08:40",
            lot_id="LOT-1",
            units=[{"unit_id": one} for one in ("U1", "U2")],
        )
    )
    frame = await follower.next()
    assert (names(frame.added_units), frame.because.event_id) == (
        [("U1", "DEFINITE"), ("U2", "DEFINITE")],
        "named",
    )
    await line.tell(
        lots_merged(
            event_id="merge",
            occurred_at="09:00",
            into_lot_id="LOT-M",
            parents=[{"lot_id": "LOT-1", "quantity": 100}, {"lot_id": "LOT-2", "quantity": 50}],
        )
    )
    frame = await follower.next()
    assert (rows(frame.added_lots), rows(frame.removed_lots), frame.because.event_id) == (
        [("LOT-M", 100, 100, 150)],
        [("LOT-1", 100, 100, 100)],
        "merge",
    )
    monkeypatch.setattr("resolvers.live_cohorts.TELLING_S", 0.1)  # it names nothing that leaves
    await line.tell(event_voided(event_id="mistake", voided_event_id="used"))
    frame = await follower.next()
    assert (rows(frame.removed_lots), names(frame.removed_units), frame.because.event_id) == (
        [("LOT-M", 100, 100, 150)],
        [("U1", "DEFINITE"), ("U2", "DEFINITE")],
        "mistake",
    )
    assert frame.totals.lots == 0
    await follower.leave()
    assert line.hub.followers == 0


async def test_events_that_touch_nothing_of_the_case_cost_no_work(line: Line, followed: Any) -> None:
    follower = followed()
    await follower.next()
    noise = [
        lot_tracked_in(occurred_at="08:20", lot_id="CLEAN"),
        material_consumed(
            occurred_at="08:31",
            lot_id="CLEAN",
            material_lot_id="GLUE-1",
            material_id="GLUE",
            operation="GLUE",
        ),
        lot_split(
            occurred_at="08:50", parent_lot_id="CLEAN", children=[{"lot_id": "CLEAN-A", "quantity": 1}]
        ),
    ]
    place = await line.tell(*noise)
    async with asyncio.timeout(60):
        while line.hub._recent.position != place:
            await asyncio.sleep(0.01)
    assert [cohort._wanted for cohort in line.hub._answers._cohorts.values()] == [1]
    await line.tell(material_consumed(event_id="late", occurred_at="08:10", lot_id="LOT-2"))
    frame = await follower.next()
    assert (frame.seq, rows(frame.added_lots), frame.because.event_id) == (2, [("LOT-2", 50, 50, 50)], "late")
    await follower.leave()


async def test_of_several_events_told_at_once_the_one_that_made_a_lot_join_is_named(
    line: Line, followed: Any
) -> None:
    follower = followed()
    await follower.next()
    await line.tell(
        lot_split(event_id="split", occurred_at="09:00", parent_lot_id="LOT-1"),
        material_consumed(occurred_at="09:01", lot_id="LOT-1", material_lot_id="GLUE-1", operation="GLUE"),
        production_counted(occurred_at="09:02", lot_id="LOT-1"),
    )
    frame = await follower.next()
    assert (rows(frame.added_lots), frame.because.event_id) == ([("LOT-1A", 40, 40, 40)], "split")
    await line.tell(
        units_scrapped(event_id="scrap", occurred_at="09:03", lot_id="LOT-1", quantity=5),
        production_counted(occurred_at="09:04", lot_id="LOT-1"),
    )
    frame = await follower.next()
    assert (rows(frame.changed_lots), frame.because.event_id) == ([("LOT-1", 55, 55, 55)], "scrap")
    await follower.leave()


async def test_what_comes_while_the_answer_is_worked_out_is_not_lost(line: Line, followed: Any) -> None:
    follower = followed()
    await follower.next()
    await line.tell(
        lot_split(occurred_at="09:00", parent_lot_id="LOT-1", children=[{"lot_id": "LOT-1A", "quantity": 40}])
    )
    await line.tell(
        lot_split(
            occurred_at="09:10", parent_lot_id="LOT-1A", children=[{"lot_id": "LOT-1B", "quantity": 10}]
        )
    )
    seen: set[str] = {"LOT-1"}
    while seen != {"LOT-1", "LOT-1A", "LOT-1B"}:
        frame = await follower.next()
        seen |= {lot.lot_id for lot in frame.added_lots}
    await follower.leave()


@pytest.mark.parametrize(("seed", "scopes"), [(3, SCOPES[::3])])
async def test_an_event_that_touches_nothing_watched_changes_no_answer(
    empty_graph: Graph, stream: Stream, seed: int, scopes: list[RecallScope]
) -> None:
    line = Line(empty_graph, stream)
    events = small_plant()
    Random(seed).shuffle(events)
    told: dict[RecallScope, tuple[Any, Any]] = {}
    untouched = 0
    for event in events:
        change = await line.project(event)
        (applied,) = change.events
        for scope in scopes:
            answer, watch = told.get(scope, (None, None))
            if watch is None or watch.is_touched(applied.type, applied.things):
                told[scope] = await _asked(empty_graph, scope)
            else:
                untouched += 1
    for scope, (answer, _) in told.items():
        assert answer == await recall_impact(empty_graph, scope, LIVE)
    assert untouched > 20


async def _asked(graph: Graph, scope: RecallScope) -> tuple[Any, Any]:
    try:
        answer = await recall_impact(graph, scope, LIVE)
    except NotFound:
        return None, None
    return answer, (await watched_recall(graph, scope, LIVE))[1]


@pytest.fixture
async def desk(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[CaseDesk]:
    async with case_desk(empty_graph, tmp_path) as made:
        yield made


async def test_a_case_is_followed_by_its_name_until_it_is_closed(
    line: Line, desk: CaseDesk, empty_graph: Graph
) -> None:
    case_id = await desk.opened()
    document = (
        f'subscription {{ recallCaseChanges(caseId: "{case_id}") {{ kind caseId totals {{ low }} '
        "addedLots { lot { lotId } } because { eventId } } }"
    )
    asking: Context = context(empty_graph)
    asking.live, asking.cases = line.hub, desk.office
    frames: Any = await SCHEMA.subscribe(document, context_value=asking)
    first = await anext(frames)
    assert first.data["recallCaseChanges"] == {
        "kind": "SNAPSHOT",
        "caseId": case_id,
        "totals": {"low": 100},
        "addedLots": [{"lot": {"lotId": "LOT-1"}}],
        "because": None,
    }
    await frames.aclose()
    await desk.do("closeRecallCase", caseId=case_id, reason="done")
    refused: Any = await SCHEMA.subscribe(document, context_value=asking)
    if hasattr(refused, "__anext__"):
        refused = await anext(refused)
    assert [error.extensions["code"] for error in refused.errors] == ["case.closed"]
