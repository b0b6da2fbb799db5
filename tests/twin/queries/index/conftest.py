from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.factory import lot_created, material_consumed, material_lot_received, units_identified
from tests.resolvers.following import Line
from twin.graph.session import Graph
from twin.queries.index.index import LineageIndex
from twin.stream.client import Stream


@pytest.fixture
async def line(empty_graph: Graph, stream: Stream) -> Line:
    made = Line(empty_graph, stream)
    names = [{"unit_id": f"U{number}"} for number in range(1, 51)]
    await made.project(
        material_lot_received(event_id="got", occurred_at="07:00", material_lot_id="PASTE-1"),
        lot_created(event_id="created", occurred_at="08:00", lot_id="LOT-1", quantity=50),
        lot_created(occurred_at="08:00", lot_id="LOT-2", quantity=50),
        units_identified(event_id="named", occurred_at="08:10", lot_id="LOT-1", units=names),
        *(
            material_consumed(
                event_id=f"used-{lot}", occurred_at="08:30", lot_id=lot, material_lot_id="PASTE-1"
            )
            for lot in ("LOT-1", "LOT-2")
        ),
    )
    return made


@pytest.fixture
async def index(
    line: Line, empty_graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[LineageIndex]:
    """A warm index that reads nothing anew by itself: what is out of date stays so until ``settled``."""
    monkeypatch.setattr("twin.queries.index.index._TIDY_S", 600.0)
    made = LineageIndex(empty_graph, line.feed, 1 << 30)
    work = asyncio.create_task(made.run())
    async with asyncio.timeout(60):
        while not made.is_warm:
            await asyncio.sleep(0.01)
    yield made
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
