from __future__ import annotations

import asyncio

import pytest

from schema.http import head_limits
from tests.patience import PATIENCE_S
from tests.schema.http.conftest import Edge

LIVEZ = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
CUT_OFF = b"The request's head did not arrive in time."
OPENING = (
    b"GET /graphql HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
PING, PONG = b"\x89\x80\0\0\0\0", b"\x8a\0"


async def answered(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
    return head.split(b"\r\n")[0] + await reader.readexactly(int(fields[b"content-length"]))


@pytest.mark.parametrize("sent", [b"\r\n", b"\r\n\r\n", b"G", LIVEZ[:-2]], ids=["line", "lines", "G", "head"])
async def test_what_comes_after_an_answer_and_is_no_request_holds_no_connection(
    edge: Edge, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    async with asyncio.timeout(PATIENCE_S):
        reader, writer = await asyncio.open_connection(*edge.address.split(":"))
        writer.write(LIVEZ)
        assert (await answered(reader)).startswith(b"HTTP/1.1 200")
        monkeypatch.setattr(head_limits, "HEAD_DEADLINE_S", 0.01)
        writer.write(sent)
        assert (await reader.read()).endswith(CUT_OFF)
        writer.close()
        await writer.wait_closed()


async def test_an_empty_line_between_two_requests_does_no_harm(edge: Edge) -> None:
    async with asyncio.timeout(PATIENCE_S):
        reader, writer = await asyncio.open_connection(*edge.address.split(":"))
        for sent in (LIVEZ, b"\r\n" + LIVEZ, b"\r\n", LIVEZ):
            writer.write(sent)
            if sent != b"\r\n":
                assert (await answered(reader)).startswith(b"HTTP/1.1 200")
        writer.close()
        await writer.wait_closed()


async def test_a_socket_opened_after_an_answer_is_not_held_to_send_another_head(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asyncio.timeout(PATIENCE_S):
        reader, writer = await asyncio.open_connection(*edge.address.split(":"))
        writer.write(LIVEZ)
        assert (await answered(reader)).startswith(b"HTTP/1.1 200")
        monkeypatch.setattr(head_limits, "HEAD_DEADLINE_S", 0)
        writer.write(OPENING)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        writer.write(PING)
        assert await reader.readexactly(len(PONG)) == PONG
        writer.close()
        await writer.wait_closed()
