from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from twin.errors import StreamUnavailable
from twin.stream.client import Stream, answering, open_stream
from twin.stream.embedded import EmbeddedStream


async def test_a_cancelled_command_stays_cancelled(stream: Stream) -> None:
    async def ask_for_ever() -> None:
        while True:
            async with answering():
                await stream.commands.ping()

    for steps in range(300):
        asking = asyncio.create_task(ask_for_ever())
        for _ in range(steps % 30):
            await asyncio.sleep(0)
        asking.cancel()
        async with asyncio.timeout(60):
            await asyncio.wait([asking])
        assert asking.cancelled()


@pytest.mark.stream
async def test_a_server_that_stands_still_is_given_up_in_time_and_used_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedStream(tmp_path)
    stream = open_stream(await server.start())
    await stream.commands.set("key", "value")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGSTOP)
    try:
        for _ in range(3):
            with pytest.raises(StreamUnavailable):
                async with answering(0.1):
                    await stream.commands.get("key")
        with monkeypatch.context() as hasty:
            hasty.setattr("twin.stream.client._PROBE_SECONDS", 0.1)
            assert not await stream.ready()
    finally:
        os.kill(server.pid, signal.SIGCONT)
    async with answering():
        assert await stream.commands.get("key") == b"value"
    await stream.close()
    await server.stop()
