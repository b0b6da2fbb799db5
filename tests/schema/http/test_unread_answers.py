from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from schema.http import unread_answers
from schema.http.application import SERVER_OPTIONS
from tests.patience import PATIENCE_S

SIZE = 32 * 1024 * 1024


async def large(_scope: Any, _receive: Any, send: Any) -> None:
    length = [(b"content-length", b"%d" % SIZE)]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": bytes(SIZE)})


@asynccontextmanager
async def asked() -> AsyncIterator[tuple[Any, socket.socket]]:
    options: dict[str, Any] = {**SERVER_OPTIONS, "lifespan": "off"}
    server = uvicorn.Server(uvicorn.Config(large, host="127.0.0.1", port=0, log_config=None, **options))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        with socket.create_connection(server.servers[0].sockets[0].getsockname()) as client:
            client.setblocking(False)  # noqa: FBT003 - the socket's signature
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            while not any(is_behind(protocol) for protocol in server.server_state.connections):
                await asyncio.sleep(0.01)
            (protocol,) = server.server_state.connections
            yield protocol, client
    finally:
        server.should_exit = server.force_exit = True
        await running


def is_behind(protocol: Any) -> bool:
    return protocol._look is not None


def its_time_is_over(protocol: Any) -> None:
    protocol._look.cancel()
    protocol._cut_off_or_wait()


async def test_an_answer_of_which_nothing_is_taken_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    async with asyncio.timeout(PATIENCE_S), asked() as (protocol, _):
        monkeypatch.setattr(unread_answers, "UNREAD_DEADLINE_S", 0.01)
        its_time_is_over(protocol)
        while protocol in protocol.connections:
            await asyncio.sleep(0.01)
        assert protocol._look is None


async def test_a_slow_reader_is_waited_for_and_gets_the_whole_answer() -> None:
    async with asyncio.timeout(PATIENCE_S), asked() as (protocol, client):
        loop = asyncio.get_running_loop()
        unread = protocol.transport.get_write_buffer_size()
        taken = 0
        while protocol.transport.get_write_buffer_size() == unread:
            taken += len(await loop.sock_recv(client, 65_536))
        its_time_is_over(protocol)
        assert is_behind(protocol)
        while part := await loop.sock_recv(client, 1024 * 1024):
            taken += len(part)
            if taken > SIZE:
                break
        assert not is_behind(protocol)
