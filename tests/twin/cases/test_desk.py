from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest

from tests.factory import START, lot_created, material_consumed, material_lot_received
from tests.resolvers.following import Line
from tests.twin.queries.index.books import differences
from twin.cases.desk import By, Desk
from twin.cases.ledger import CaseLedger
from twin.errors import NotFound
from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.queries.index.index import LineageIndex
from twin.queries.recall_impact import recall_impact
from twin.records.case import Actor
from twin.records.recall import MaterialLotScope
from twin.stream.client import Stream
from twin.vocabulary.cases import CaseState

PASTE = MaterialLotScope("PASTE-1")
DAY = 86_400_000


@pytest.fixture
async def line(empty_graph: Graph, stream: Stream) -> Line:
    made = Line(empty_graph, stream)
    await made.project(
        material_lot_received(occurred_at="07:00", material_lot_id="PASTE-1"),
        lot_created(occurred_at="08:00", lot_id="LOT-1", quantity=100),
        material_consumed(event_id="used", occurred_at="08:30", lot_id="LOT-1", material_lot_id="PASTE-1"),
    )
    return made


@pytest.fixture
async def desk(line: Line, empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Desk]:
    ticks = count(START + DAY)
    ledger = CaseLedger(tmp_path / "cases.sqlite", lambda: next(ticks))
    index = LineageIndex(empty_graph, line.feed, 1 << 30)
    work = asyncio.create_task(index.run())
    async with asyncio.timeout(60):
        while not index.is_warm:
            await asyncio.sleep(0.01)
    made = Desk(ledger, empty_graph, lambda: "w1", lambda: next(ticks), asyncio.Semaphore(1))
    made.index = index
    yield made
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    ledger.close()


async def test_a_case_is_simulated_by_the_index_as_the_graph_would_at_that_moment(desk: Desk) -> None:
    assert desk.index is not None
    by = By(Actor("li.na", "QUALITY"))
    case = await desk.draft(by, PASTE, "voids", None)
    case = await desk.simulate(by, case.case_id)
    assert (desk.index.answered, case.state) == (1, CaseState.SIMULATED)
    answer = await desk.answer(PASTE)
    asked_again = await recall_impact(desk.graph, PASTE, Clocks(known_at=answer.known_at))
    assert differences(asked_again, answer.found) is None
    assert (answer.found.totals.lots, answer.found.totals.high, answer.watermark) == (1, 100, "w1")


async def test_a_suspect_that_nothing_names_is_not_found_by_the_index_either(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await desk.answer(MaterialLotScope("NOBODY"))


async def test_what_the_index_passes_over_the_graph_answers(desk: Desk) -> None:
    desk.index = None
    answer = await desk.answer(PASTE)
    assert answer.found == await recall_impact(desk.graph, PASTE, Clocks(known_at=answer.known_at))
