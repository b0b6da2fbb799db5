from __future__ import annotations

import asyncio
import os
import signal
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests import factory
from twin.errors import StreamUnavailable
from twin.events.codec import encode
from twin.stream.client import Stream, open_stream
from twin.stream.embedded import EmbeddedStream, published_address
from twin.stream.log import Entry, EventLog

pytestmark = pytest.mark.stream


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[EmbeddedStream]:
    server = EmbeddedStream(tmp_path / "stream")
    yield server
    await server.stop()


async def answers(stream: Stream) -> None:
    async with asyncio.timeout(60):
        while not await stream.ready():
            await asyncio.sleep(0.02)


async def test_serves_on_loopback_behind_a_password_in_a_private_file(
    embedded: EmbeddedStream, tmp_path: Path
) -> None:
    url = await embedded.start()
    folder = tmp_path / "stream"
    stranger = open_stream("redis://" + url.rpartition("@")[2])

    assert url.rpartition("@")[2].startswith("127.0.0.1:")
    assert published_address(folder) == url
    assert {
        stat.S_IMODE((folder / name).stat().st_mode) for name in ("password", "address", "valkey.conf")
    } == {0o600}
    assert not await stranger.ready()
    await stranger.close()


async def test_keeps_what_it_has_over_a_stop_and_a_start(embedded: EmbeddedStream, tmp_path: Path) -> None:
    url = await embedded.start()
    first = open_stream(url)
    await first.commands.set("kept", "yes")
    await first.close()
    await embedded.stop()
    assert embedded.pid is None

    again = EmbeddedStream(tmp_path / "stream")
    second = open_stream(await again.start())
    assert await second.commands.get("kept") == b"yes"
    await second.close()
    await again.stop()


async def test_refuses_writes_beyond_its_memory_and_drops_nothing(tmp_path: Path) -> None:
    server = EmbeddedStream(tmp_path, memory="8mb")
    stream = open_stream(await server.start())
    log = EventLog(stream, 1)
    payload = encode(factory.lot_created()) + b" " * 1_000_000
    added = 0
    with pytest.raises(StreamUnavailable):
        for seq in range(1, 30):
            await log.append("box", [Entry(0, "box", seq, 0, payload)], {0: added})
            added = seq

    assert 1 <= added < 29
    assert (await stream.commands.xlen("dieloom:{shard-0}:events"), await log.sent("box")) == (
        added,
        {0: added},
    )
    await stream.close()
    await server.stop()


async def test_killing_the_server_under_load_loses_nothing_it_confirmed(embedded: EmbeddedStream) -> None:
    stream = open_stream(await embedded.start())
    log = EventLog(stream, 1)
    confirmed: list[int] = []

    async def append(writer: int) -> None:
        told = 0
        for number in range(1, 10_000):
            seq = writer * 10_000 + number
            try:
                await log.append(f"box-{writer}", [Entry(0, f"box-{writer}", seq, 0, b"{}")], {0: told})
            except StreamUnavailable:
                return
            confirmed.append(seq)
            told = seq

    writers = [asyncio.create_task(append(writer)) for writer in range(4)]
    async with asyncio.timeout(60):
        while len(confirmed) < 200:
            await asyncio.sleep(0.005)
    assert embedded.pid is not None
    os.kill(embedded.pid, signal.SIGKILL)
    await asyncio.gather(*writers)
    await answers(stream)

    await log.open()
    held: list[int] = []
    while fresh := await log.read(500, block_ms=5):
        held += [one.entry.seq for one in fresh]
        await log.ack(fresh)
    assert set(confirmed) - set(held) == set()
    assert embedded.restarts == 1
    await stream.close()
