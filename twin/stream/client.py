"""The stream's door: two clients with deadlines of their own, and one way for it to fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from twin.errors import StreamUnavailable

ANSWER_SECONDS: Final = 5.0
"""How long an ordinary command may take. What is not answered then is unknown, never "not done"."""

BLOCK_MS: Final = 2_000
"""How long a read may wait for something to come."""

_CONNECT_SECONDS: Final = 3.0
_CONNECTIONS: Final = 16
_READERS: Final = 64


class Stream:
    """A stream server: ``commands`` for what answers at once, ``waits`` for reads that block.

    A blocked read holds its connection, so it never queues before a command. Commands are sent
    inside ``answering`` only: the clients have no deadline of their own.
    """

    def __init__(self, url: str) -> None:
        self.commands = _client(url, _CONNECTIONS)
        self.waits = _client(url, _READERS)

    async def ready(self) -> bool:
        """Whether the server answers and takes writes, that is, has loaded its log."""
        try:
            async with answering(1.0):
                return bool(await self.commands.ping())
        except StreamUnavailable:
            return False

    async def close(self) -> None:
        """Let go of every connection."""
        await self.commands.aclose()
        await self.waits.aclose()


def open_stream(url: str) -> Stream:
    """The stream at an address; nothing is connected before the first command."""
    return Stream(url)


@asynccontextmanager
async def answering(seconds: float = ANSWER_SECONDS) -> AsyncIterator[None]:
    """A deadline around commands; every way for them to fail becomes one.

    Raises:
        StreamUnavailable: no answer in time, a lost connection, or the server refused.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except (RedisError, OSError, TimeoutError) as cause:
        raise StreamUnavailable("the stream did not answer") from cause


def _client(url: str, connections: int) -> Redis:
    # Without retries: a repeated XADD would put a second copy into the stream (library-traps section 11).
    # Without socket_timeout: redis-py would send inside asyncio.wait_for, which on Python 3.11 swallows
    # a cancellation that comes just when it is done. `answering` is the deadline of every command.
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=connections,
        timeout=_CONNECT_SECONDS,
        protocol=2,
        socket_timeout=None,
        socket_connect_timeout=_CONNECT_SECONDS,
        retry=Retry(NoBackoff(), 0),
        decode_responses=False,
    )
    return Redis.from_pool(pool)
