import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.service.running import QUICK_JAVA
from twin.errors import GraphUnavailable
from twin.graph.embedded import EmbeddedGraph, published_address
from twin.graph.session import Graph
from twin.supervision import StoreInUse

PATIENCE_S = 8.0
"""Far below what a graph is given that was not told to be hasty, far above what a busy machine adds."""

LOT = "MERGE (lot:Lot {lot_id: $lot_id})"
LOTS = "MATCH (lot:Lot) RETURN lot.lot_id AS lot_id ORDER BY lot_id"


@pytest.fixture(scope="module")
async def embedded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedGraph]:
    server = EmbeddedGraph(tmp_path_factory.mktemp("embedded"), QUICK_JAVA)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def opened(embedded: EmbeddedGraph) -> AsyncIterator[Graph]:
    address = published_address(embedded.folder)
    assert address is not None
    graph = await address.open()
    yield graph
    await graph.close()


async def eventually(holds: Callable[[], Awaitable[bool]], within: float = 90.0) -> None:
    async with asyncio.timeout(within):
        while not await holds():
            await asyncio.sleep(0.05)


async def test_everything_in_its_folder_is_private(embedded: EmbeddedGraph) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in embedded.folder.glob("*") if path.is_file()}
    assert set(modes) >= {"address.json", "password", "graph.pid", "graph.lock", "graph.log"}
    assert set(modes.values()) == {0o600}


@pytest.mark.skipif(sys.platform != "linux", reason="reads the sockets of a process from /proc")
async def test_listens_on_loopback_only(embedded: EmbeddedGraph) -> None:
    process = Path(f"/proc/{embedded.pid}")
    links = [str(entry.readlink()) for entry in (process / "fd").iterdir()]
    owned = {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in (process / "net" / table).read_text().splitlines()[1:]
    ]
    hosts = {row[1].split(":")[0] for row in rows if row[3] == "0A" and row[9] in owned}
    assert hosts == {"0000000000000000FFFF00000100007F"}


async def test_a_second_start_on_the_folder_is_refused(embedded: EmbeddedGraph, opened: Graph) -> None:
    second = EmbeddedGraph(embedded.folder, QUICK_JAVA)
    with pytest.raises(StoreInUse):
        await second.start()
    await second.stop()
    assert published_address(embedded.folder) is not None
    assert await opened.ready() is True


async def test_comes_back_after_a_kill_with_all_its_data(embedded: EmbeddedGraph, opened: Graph) -> None:
    for number in range(20):
        async with opened.transaction() as tx:
            await tx.write(LOT, lot_id=f"LOT-{number:02}")
    killed = embedded.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    await eventually(lambda: _came_back(embedded, opened, killed))
    assert await opened.read(LOTS) == [{"lot_id": f"LOT-{number:02}"} for number in range(20)]


async def _came_back(embedded: EmbeddedGraph, opened: Graph, killed: int) -> bool:
    return embedded.pid not in {None, killed} and await opened.ready()


async def test_a_frozen_server_is_unavailable_within_the_deadline(embedded: EmbeddedGraph) -> None:
    address = published_address(embedded.folder)
    assert address is not None
    graph = await address.open()
    hasty = Graph(graph._driver, database="twin", dialect=graph.dialect, read_within=0.5, write_within=0.5)
    assert await graph.ready() is True
    assert embedded.pid is not None
    os.kill(embedded.pid, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        with pytest.raises(GraphUnavailable):
            await hasty.read(LOTS)
        with pytest.raises(GraphUnavailable):
            async with hasty.transaction() as tx:
                await tx.write(LOT, lot_id="never")
        assert time.monotonic() - begun < PATIENCE_S
    finally:
        os.kill(embedded.pid, signal.SIGCONT)
    await eventually(graph.ready)
    assert await graph.read("RETURN 1 AS one") == [{"one": 1}]
    await graph.close()


async def test_a_stopped_graph_leaves_no_process_and_starts_again_with_its_data(tmp_path: Path) -> None:
    server = EmbeddedGraph(tmp_path, QUICK_JAVA)
    graph = await (await server.start()).open()
    await graph.write_with(lambda tx: tx.write(LOT, lot_id="LOT-1"))
    await graph.close()
    pid = server.pid
    await server.stop()
    assert server.pid is None
    assert not Path(f"/proc/{pid}").exists()
    assert published_address(tmp_path) is None
    again = await (await server.start()).open()
    assert await again.read(LOTS) == [{"lot_id": "LOT-1"}]
    await again.close()
    await server.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="reads the command line of a process from /proc")
async def test_its_java_gets_the_options_that_are_added(embedded: EmbeddedGraph) -> None:
    words = Path(f"/proc/{embedded.pid}/cmdline").read_text().split("\0")
    assert words[words.index("-XX:TieredStopAtLevel=1") + 1] == "-XX:+UseSerialGC"
    assert "-XX:+UseParallelGC" not in words
