"""What readiness asks of a running service, and what its own alarms are about."""

from __future__ import annotations

import asyncio
from typing import Final

from schema.http.health import Check
from twin.errors import StreamUnavailable
from twin.intake.archiving import Archiving
from twin.intake.ledger import now
from twin.intake.outbox import Outbox
from twin.intake.store_alarms import Watched
from twin.stores import Stores
from twin.stream.log import EventLog

_STUCK_MS: Final = 10_000
_ROOM_SECONDS: Final = 1.0
_STREAM_SILENT: Final = "the stream does not answer"
_TWICE: Final = 2
"""A store that misses one look answers late, no more."""


class Checks:
    """The checks of one process; each says what is wrong, or nothing."""

    def __init__(self, stores: Stores, log: EventLog, outbox: Outbox, archiving: Archiving) -> None:
        self._stores, self._log, self._outbox, self._archiving = stores, log, outbox, archiving
        self._moved_at = now()
        self._waiting_at: int | None = None

    def moved(self) -> None:
        """Hear that the projection came further."""
        self._moved_at = now()

    def all(self) -> dict[str, Check]:
        """Every check by its name."""
        return {
            "graph": self._graph,
            "stream": self._stream,
            "projection": self._projection,
            "outbox": self._outbox.alarm,
        }

    def watched(self) -> dict[str, Watched]:
        """Every store whose faults are told as alarms, by its name."""
        return {
            "graph": Watched(self._graph, _TWICE),
            "stream": Watched(self._roomy_stream, _TWICE),
            "outbox": Watched(self._outbox.alarm),
            "archive": Watched(self._archive),
        }

    async def _graph(self) -> str | None:
        return None if await self._stores.graph.ready() else "the graph does not answer"

    async def _stream(self) -> str | None:
        return None if await self._stores.stream.ready() else _STREAM_SILENT

    async def _roomy_stream(self) -> str | None:
        if (silence := await self._stream()) is not None:
            return silence
        try:
            async with asyncio.timeout(_ROOM_SECONDS):
                return None if await self._log.roomy() else "the stream is full"
        except (StreamUnavailable, TimeoutError):
            return _STREAM_SILENT

    async def _archive(self) -> str | None:
        return self._archiving.trouble

    async def _projection(self) -> str | None:
        waiting = await self._log.lag()
        if not waiting:
            self._waiting_at = None
            return None
        if self._waiting_at is None or self._moved_at >= self._waiting_at:
            self._waiting_at = now()
        is_stuck = now() - self._waiting_at > _STUCK_MS
        return f"{waiting} events wait, none came through lately" if is_stuck else None
