"""What a client still sends when its answer is known: taken and dropped, so that it reads the answer."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from starlette.types import Message, Receive, Scope

DRAINED_BYTES: Final = 128 * 1024 * 1024
DRAIN_DEADLINE_S: Final = 10.0


class UnreadBody:
    """Sees what of a request's body was read.

    A server that closes while the client is still sending resets the connection, and the client never
    sees why it was refused.
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        headers = dict(scope["headers"])
        carries = headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers
        self._left = carries and headers.get(b"expect", b"").lower() != b"100-continue"
        self._receive = receive

    async def receive(self) -> Message:
        """The next part of the body, for whoever reads it."""
        message = await self._receive()
        if message["type"] != "http.request" or not message.get("more_body", False):
            self._left = False
        return message

    async def drop(self) -> None:
        """Take the rest and forget it, within bounds."""
        if not self._left:
            return
        size = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_DEADLINE_S):
                while self._left and size < DRAINED_BYTES:
                    size += len((await self.receive()).get("body", b""))
        self._left = False
