"""What readiness asks of a running service."""

from __future__ import annotations

from typing import Final

from schema.http.health import Check
from twin.intake.ledger import now
from twin.intake.outbox import Outbox
from twin.stores import Stores
from twin.stream.log import EventLog

_STUCK_MS: Final = 10_000


class Checks:
    """The checks of one process; each says what is wrong, or nothing."""

    def __init__(self, stores: Stores, log: EventLog, outbox: Outbox) -> None:
        self._stores, self._log, self._outbox = stores, log, outbox
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

    async def _graph(self) -> str | None:
        return None if await self._stores.graph.ready() else "the graph does not answer"

    async def _stream(self) -> str | None:
        return None if await self._stores.stream.ready() else "the stream does not answer"

    async def _projection(self) -> str | None:
        waiting = await self._log.lag()
        if not waiting:
            self._waiting_at = None
            return None
        if self._waiting_at is None or self._moved_at >= self._waiting_at:
            self._waiting_at = now()
        is_stuck = now() - self._waiting_at > _STUCK_MS
        return f"{waiting} events wait, none came through lately" if is_stuck else None
