"""A thin HTTP client for benches, so that the sender takes little from the two cores it shares."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any


class Wire:
    """Some kept connections to one path; a request takes a free one."""

    def __init__(self, port: int, head: str) -> None:
        self._port, self._head = port, head
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    async def post(self, body: bytes) -> dict[str, Any]:
        """The JSON that answers."""
        reader, writer = await self._free.get()
        writer.write(f"{self._head}content-length: {len(body)}\r\n\r\n".encode() + body)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        answer = await reader.readexactly(length)
        self._free.put_nowait((reader, writer))
        assert head.startswith(b"HTTP/1.1 200"), answer
        return dict(json.loads(answer))

    async def open(self, connections: int) -> None:
        """Connect so many times."""
        for _ in range(connections):
            self._free.put_nowait(await asyncio.open_connection("127.0.0.1", self._port))

    async def close(self) -> None:
        """Let go of every connection; none may be in use."""
        while not self._free.empty():
            _, writer = self._free.get_nowait()
            writer.close()
            await writer.wait_closed()


@asynccontextmanager
async def wire(port: int, path: str, token: str, kind: str, connections: int = 16) -> AsyncIterator[Wire]:
    """Connections that post to one path, closed with this context."""
    headers = {"host": "127.0.0.1", "authorization": f"Bearer {token}", "content-type": kind}
    head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {text}\r\n" for name, text in headers.items())
    opened = Wire(port, head)
    try:
        await opened.open(connections)
        yield opened
    finally:
        await opened.close()
