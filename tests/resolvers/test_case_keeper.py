from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from resolvers import case_keeper
from resolvers.case_keeper import CaseKeeper
from tests.factory import event_voided, lot_created, lot_split, material_consumed, units_identified
from tests.resolvers.case_desk import CaseDesk, case_desk
from tests.resolvers.following import Line
from twin.graph.session import Graph
from twin.stream.client import Stream

CHANGES = """
query($id: String!, $after: Cursor) {
  recallCase(caseId: $id) { changes(first: 100, after: $after) {
    totalCount pageInfo { endCursor } nodes { change thing low high because { eventId } }
  } }
}"""


@pytest.fixture
async def line(empty_graph: Graph, stream: Stream) -> AsyncIterator[Line]:
    made = Line(empty_graph, stream)
    await made.project(
        lot_created(occurred_at="08:00", lot_id="LOT-1", quantity=100),
        lot_created(occurred_at="08:00", lot_id="LOT-2", quantity=50),
        material_consumed(event_id="used", occurred_at="08:30", lot_id="LOT-1", material_lot_id="PASTE-1"),
    )
    running = asyncio.create_task(made.hub.run())
    yield made
    running.cancel()
    await asyncio.wait((running,))


@pytest.fixture
async def desk(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[CaseDesk]:
    async with case_desk(empty_graph, tmp_path) as made:
        yield made


@pytest.fixture(autouse=True)
def looking_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_keeper, "LOOK_S", 0.02)


async def kept(desk: CaseDesk, case_id: str, number: int) -> list[tuple[str, str, int, int, Any]]:
    async with asyncio.timeout(60):
        while len(await desk.office.changes.of_case(case_id)) < number:
            await asyncio.sleep(0.02)
    page = (await desk.ask(CHANGES, id=case_id))["recallCase"]["changes"]
    assert page["totalCount"] == number
    return [
        (row["change"], row["thing"], row["low"], row["high"], (row["because"] or {}).get("eventId"))
        for row in page["nodes"]
    ]


async def test_what_joins_and_leaves_is_kept_when_nobody_looks(line: Line, desk: CaseDesk) -> None:
    case_id = await desk.opened()
    keeper = CaseKeeper(desk.office, line.hub, desk.graph)
    running = asyncio.create_task(keeper.run())
    assert await kept(desk, case_id, 1) == [("ADDED", "LOT:LOT-1", 100, 100, None)]

    await line.tell(
        lot_split(
            event_id="split",
            occurred_at="09:00",
            parent_lot_id="LOT-1",
            children=[{"lot_id": "LOT-1A", "quantity": 40}],
        )
    )
    rows = await kept(desk, case_id, 3)
    assert sorted(rows[1:]) == [
        ("ADDED", "LOT:LOT-1A", 40, 40, "split"),
        ("CHANGED", "LOT:LOT-1", 60, 60, "split"),
    ]
    await line.tell(
        units_identified(event_id="named", occurred_at="09:10", lot_id="LOT-1A", units=[{"unit_id": "U1"}])
    )
    assert (await kept(desk, case_id, 4))[3] == ("ADDED", "UNIT:U1", 1, 1, "named")

    running.cancel()
    await asyncio.wait((running,))
    await line.tell(event_voided(voided_event_id="used"))
    running = asyncio.create_task(CaseKeeper(desk.office, line.hub, desk.graph).run())
    gone = await kept(desk, case_id, 7)
    assert sorted(gone[4:]) == [
        ("REMOVED", "LOT:LOT-1", 0, 0, None),
        ("REMOVED", "LOT:LOT-1A", 0, 0, None),
        ("REMOVED", "UNIT:U1", 0, 0, None),
    ]
    await desk.do("closeRecallCase", caseId=case_id, reason="false alarm")
    async with asyncio.timeout(60):
        while line.hub.followers:
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.wait((running,))


async def test_two_processes_keep_a_change_once(desk: CaseDesk, line: Line) -> None:
    case_id = await desk.opened()
    keepers = [CaseKeeper(desk.office, line.hub, desk.graph) for _ in range(2)]
    running = [asyncio.create_task(keeper.run()) for keeper in keepers]
    await kept(desk, case_id, 1)
    await line.tell(
        material_consumed(event_id="late", occurred_at="08:10", lot_id="LOT-2", material_lot_id="PASTE-1")
    )
    assert (await kept(desk, case_id, 2))[1] == ("ADDED", "LOT:LOT-2", 50, 50, "late")
    for task in running:
        task.cancel()
    await asyncio.wait(running)
    assert len(await desk.office.changes.of_case(case_id)) == 2
