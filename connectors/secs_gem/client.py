"""Finds the machine, for ever: dials it, or lets it dial the twin."""

from __future__ import annotations

import asyncio
import logging
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeAlias

from connectors.errors import SourceUnavailable
from connectors.secs_gem.config import Mode, SecsGemOptions
from connectors.secs_gem.session import Session

_LOG: Final = logging.getLogger(__name__)
_DIAL_SECONDS: Final = 10.0
"""How long a machine may take to answer the dial; T5 only keeps two dials apart."""

Connect: TypeAlias = Callable[[], Awaitable[tuple[StreamReader, StreamWriter]]]


@asynccontextmanager
async def connections(options: SecsGemOptions) -> AsyncIterator[Connect]:
    """How to get the next connection to a machine: each call gives a fresh one."""
    if options.mode is Mode.ACTIVE:
        yield _Dialler(options).dial
        return
    door = _Door(options)
    server = await _listening(options, door)
    try:
        yield door.arrival
    finally:
        server.close()
        door.shut()


@asynccontextmanager
async def session(connect: Connect, options: SecsGemOptions) -> AsyncIterator[Session]:
    """One session with the machine; ends with a separate.

    Raises:
        SourceUnavailable: the machine cannot be reached.
    """
    reader, writer = await connect()
    opened = Session(reader, writer, options)
    try:
        yield opened
    finally:
        await opened.close()


async def _listening(options: SecsGemOptions, door: _Door) -> asyncio.Server:
    try:
        return await asyncio.start_server(door.knocked, options.host, options.port)
    except OSError as error:
        raise SourceUnavailable(f"cannot listen on {options.host}:{options.port}: {error}") from None


class _Dialler:
    """Dials a machine, never twice within T5."""

    def __init__(self, options: SecsGemOptions) -> None:
        self._options = options
        self._earliest = 0.0

    async def dial(self) -> tuple[StreamReader, StreamWriter]:
        """A connection to the machine that listens."""
        host, port, t5 = self._options.host, self._options.port, self._options.timeouts.t5
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(self._earliest - clock())
        self._earliest = clock() + t5
        try:
            async with asyncio.timeout(_DIAL_SECONDS):
                return await asyncio.open_connection(host, port)
        except (OSError, TimeoutError) as error:
            raise SourceUnavailable(f"cannot reach {host}:{port}: {error or 'no answer'}") from None


class _Door:
    """Lets one machine in at a time; a second connection is closed at once, as HSMS-SS wants."""

    def __init__(self, options: SecsGemOptions) -> None:
        self._options = options
        self._arrived: asyncio.Queue[tuple[StreamReader, StreamWriter]] = asyncio.Queue(1)
        self._inside: StreamWriter | None = None
        self._shut = False

    def knocked(self, reader: StreamReader, writer: StreamWriter) -> None:
        """A machine connects."""
        if self._shut:
            writer.close()
            return
        if self._inside is not None and not self._inside.is_closing():
            _LOG.warning("%s: a second connection while one is open is closed", self._options.id)
            writer.close()
            return
        self._inside = writer
        if self._arrived.full():  # who came before left again before it was let in
            self._arrived.get_nowait()[1].close()
        self._arrived.put_nowait((reader, writer))

    def shut(self) -> None:
        """Nobody is let in any more, also not who waits already."""
        self._shut = True
        if self._inside is not None:
            self._inside.close()

    async def arrival(self) -> tuple[StreamReader, StreamWriter]:
        """The connection of the machine that dialled."""
        try:
            async with asyncio.timeout(self._options.timeouts.t5):
                return await self._arrived.get()
        except TimeoutError:
            raise SourceUnavailable("the machine has not dialled") from None
