"""Request bodies, read whole but never larger or slower than allowed."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.requests import Request

from schema.http.problem import RequestRefused

READ_DEADLINE_S: Final = 60.0
STALL_DEADLINE_S: Final = 10.0


class NoRoom(Exception):
    """What was waited for did not become free in time."""


class Buffers:
    """How many bytes of bodies are held at once: a slow sender of little keeps nobody else waiting."""

    def __init__(self, size: int) -> None:
        self._free = size
        self._freed = asyncio.Event()

    async def hold(self, size: int, within_s: float) -> None:
        """Room for a body, until it is let go.

        Raises:
            NoRoom: there is none in time.
        """
        if self._free < size:
            await self._until_free(size, within_s)
        self._free -= size

    def let_go(self, size: int) -> None:
        """Somebody else may have the room."""
        self._free += size
        self._freed.set()

    async def _until_free(self, size: int, within_s: float) -> None:
        try:
            async with asyncio.timeout(within_s):
                while self._free < size:
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError:
            raise NoRoom from None


async def body_of(request: Request, largest: int) -> bytes:
    """The bytes of the request.

    Raises:
        RequestRefused: 413 when it is larger, 408 when it is too slow, 400 when it
            is cut off, 415 when it is compressed.
    """
    if request.headers.get("content-encoding", "identity") != "identity":
        raise RequestRefused("send the body uncompressed", code="request.bad_encoding", status=415)
    if declared_size(request) > largest:
        raise _too_large(largest)
    try:
        async with asyncio.timeout(STALL_DEADLINE_S) as stall:
            return await _whole(request, largest, stall)
    except TimeoutError:
        raise RequestRefused(
            f"the body did not arrive within {READ_DEADLINE_S:.0f} s, or stood still for "
            f"{STALL_DEADLINE_S:.0f} s",
            code="request.timeout",
            status=408,
        ) from None


async def _whole(request: Request, largest: int, stall: asyncio.Timeout) -> bytes:
    clock = asyncio.get_running_loop().time
    end = clock() + READ_DEADLINE_S
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise RequestRefused("the body ended too early", code="request.cut_off")
        if part := message.get("body", b""):
            parts.append(part)
            size += len(part)
        if size > largest:
            raise _too_large(largest)
        if more := message.get("more_body", False):
            stall.reschedule(min(end, clock() + STALL_DEADLINE_S))
    return b"".join(parts)


def declared_size(request: Request) -> int:
    """The bytes that the client says it sends; 0 when it does not say."""
    declared = request.headers.get("content-length", "")
    return int(declared[:20]) if declared.isascii() and declared.isdigit() else 0


def _too_large(largest: int) -> RequestRefused:
    return RequestRefused(
        f"the body is larger than {largest} bytes; send less at once", code="request.too_large", status=413
    )
