from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from cli.rebuilding import fits
from tests.service.running import RunningService, wait_until
from tests.twin.projection.hard_day import a_hard_day
from twin.errors import Refused
from twin.events.codec import encode
from twin.graph.embedded import published_address
from twin.graph.session import Graph
from twin.projection.version import PROJECTION, made_by, stamp
from twin.settings import Settings

WITHIN_S = 120.0


async def test_an_empty_graph_becomes_this_program_s_own(empty_graph: Graph, tmp_path: Path) -> None:
    assert await made_by(empty_graph) is None
    assert await fits(empty_graph, Settings(data_dir=tmp_path)) is True
    assert await made_by(empty_graph) == PROJECTION


async def test_a_graph_of_an_older_projection_does_not_fit(empty_graph: Graph, tmp_path: Path) -> None:
    await stamp(empty_graph, PROJECTION - 1)
    assert await fits(empty_graph, Settings(data_dir=tmp_path)) is False
    assert await made_by(empty_graph) == PROJECTION - 1


@pytest.mark.parametrize(
    ("projection", "code"), [(PROJECTION - 1, "projection.older"), (PROJECTION + 1, "projection.newer")]
)
async def test_a_graph_by_url_of_another_projection_is_refused_and_names_the_way(
    empty_graph: Graph, tmp_path: Path, projection: int, code: str
) -> None:
    await stamp(empty_graph, projection)
    with pytest.raises(Refused) as refused:
        await fits(empty_graph, Settings(data_dir=tmp_path, graph_url="bolt://elsewhere"))
    assert refused.value.code == code
    assert ("dieloom replay --into" in refused.value.message) == (code == "projection.older")
    assert await made_by(empty_graph) == projection


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RunningService]:
    service = RunningService(tmp_path / "data").start()
    yield service
    service.stop()


def inode(service: RunningService) -> int | None:
    with suppress(FileNotFoundError):  # between two renames there is none
        return (service.data_dir / "graph").stat().st_ino
    return None


def quantity(service: RunningService, token: str) -> int | None:
    asked = service.ask(token, 'query { lot(lotId: "A") { quantity } }', {})
    return int(asked["data"]["lot"]["quantity"]) if asked.get("data") else None


async def in_graph(service: RunningService, statement: Any) -> list[dict[str, Any]]:
    address = published_address(service.data_dir / "graph")
    assert address is not None
    graph = await address.open()
    try:
        return await graph.write_with(lambda tx: tx.write(statement))
    finally:
        await graph.close()


async def test_a_graph_of_an_older_projection_answers_until_the_new_one_takes_its_place(
    service: RunningService,
) -> None:
    day = a_hard_day()
    token, reader = service.token("integration"), service.token("engineer")
    body = b"\n".join(map(encode, day))
    status, _ = await asyncio.to_thread(service.post, "/ingest/events", body, token, "application/x-ndjson")
    assert status == 200
    counted = "MATCH (event:Event) WHERE event.source <> 'dieloom.stores' RETURN count(event) AS events"

    def projected() -> bool:
        return asyncio.run(in_graph(service, counted)) == [{"events": len(day)}]

    await asyncio.to_thread(wait_until, projected, WITHIN_S, service.log)
    await in_graph(service, "MATCH (lease:Lease) SET lease.projection = 0")
    right = await asyncio.to_thread(quantity, service, reader)
    await in_graph(service, "MATCH (lot:Lot {lot_id: 'A'}) SET lot.quantity = 777")
    await asyncio.to_thread(service.stop)
    before = inode(service)
    await asyncio.to_thread(service.start, until_ready=False)

    def answers() -> bool:
        return (service.data_dir / "service.json").exists() and quantity(service, reader) == 777

    def swapped() -> bool:
        return "rebuild.done" in service.log() and inode(service) not in {before, None}

    await asyncio.to_thread(wait_until, answers, WITHIN_S, service.log)
    assert inode(service) == before

    await asyncio.to_thread(wait_until, swapped, WITHIN_S, service.log)
    await asyncio.to_thread(service.until_ready)
    assert await in_graph(service, counted) == [{"events": len(day)}]
    assert await in_graph(service, "MATCH (lease:Lease) RETURN lease.projection AS made_by") == [
        {"made_by": PROJECTION}
    ]
    assert await asyncio.to_thread(quantity, service, reader) == right != 777
    assert sorted(path.name for path in service.data_dir.glob("graph*")) == ["graph"]

    status, answer = await asyncio.to_thread(
        service.post, "/ingest/events", body, token, "application/x-ndjson"
    )
    assert (status, b'"accepted":0' in answer) == (200, True)
