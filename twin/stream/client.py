"""The stream's door: two clients with deadlines of their own, and one way for it to fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import RedisError

from twin.errors import StreamUnavailable

ANSWER_SECONDS: Final = 5.0
"""How long an ordinary command may take. What is not answered then is unknown, never "not done"."""

BLOCK_MS: Final = 2_000
"""How long a read may wait for something to come."""

_CONNECT_SECONDS: Final = 3.0
_PROBE_SECONDS: Final = 1.0
_CONNECTIONS: Final = 16
_READERS: Final = 64


class ClosingPool(BlockingConnectionPool):
    """The connections of one client: closed for good at once, whoever is cancelled meanwhile.

    redis-py closes in tasks of its own, which a cancellation stops before they begin, and opens again
    for whoever asks after the close. Here closing never waits, and what opens too late is closed too.
    While nobody waits, a connection that is ready changes hands without redis-py's locks and deadlines.
    """

    _closed = False
    _waiting = 0

    async def get_connection(self, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - redis-py's signature
        """A connection that is open.

        Raises:
            NoConnection: the pool is closed, the server does not answer, or all connections are taken.
        """
        if self._closed:
            raise NoConnection("the pool is closed")
        if (ready := await self._ready()) is not None:
            return ready
        self._waiting += 1
        try:
            return await super().get_connection()  # type: ignore[no-untyped-call]
        finally:
            self._waiting -= 1

    async def release(self, connection: Any) -> None:  # noqa: ANN401 - redis-py's signature
        """Take a connection back; a closed pool keeps none open."""
        if self._closed:
            await connection.disconnect(nowait=True)
        if self._closed or self._waiting or connection.should_reconnect():
            await super().release(connection)
        else:
            self._in_use_connections.remove(connection)
            self._available_connections.append(connection)

    async def _ready(self) -> Any | None:  # noqa: ANN401 - redis-py's connection
        """The connection that was used last, if it is free, open, and owes nobody an answer."""
        if self._waiting or not self._available_connections:
            return None
        connection = self._available_connections[-1]
        with suppress(NoConnection):
            if connection.is_connected and not await connection.can_read():
                self._available_connections.remove(connection)
                self._in_use_connections.add(connection)
                return connection
        return None

    async def aclose(self) -> None:
        """Close every connection, those in use too, without waiting for anybody."""
        self._closed = True
        for connection in (*self._available_connections, *self._in_use_connections):
            await connection.disconnect(nowait=True)


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
            async with answering(_PROBE_SECONDS):
                return bool(await self.commands.ping())
        except StreamUnavailable:
            return False

    async def close(self) -> None:
        """Let go of every connection; what is asked for afterwards fails."""
        try:
            await self.commands.aclose()
        finally:
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
    # These win over what the address says: answers have one form here, and deadlines are ours.
    asked_for: dict[str, Any] = {
        "max_connections": connections,
        "timeout": _CONNECT_SECONDS,
        "protocol": 2,
        "socket_timeout": None,
        "socket_connect_timeout": _CONNECT_SECONDS,
        "retry": Retry(NoBackoff(), 0),
        "decode_responses": False,
    }
    pool = ClosingPool(**{**parse_url(url), **asked_for})
    return Redis.from_pool(pool)
