"""The twin's side of a connector under test: an intake that keeps what it gets."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any

from tests.patience import PATIENCE_S
from twin.events.event import Event

DEADLINE = PATIENCE_S


class Kept:
    """An intake that keeps what it gets, and can be told to wait or to fail."""

    def __init__(self, deadline: float = DEADLINE) -> None:
        self._deadline = deadline
        self.events: list[Event] = []
        self.letters: list[tuple[bytes, str, str]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.asked = asyncio.Event()
        self.failure: Exception | None = None
        self._changed = asyncio.Condition()

    async def emit(self, events: Any) -> None:
        self.asked.set()
        await self.open.wait()
        if self.failure is not None:
            raise self.failure
        async with self._changed:
            self.events.extend(events)
            self._changed.notify_all()

    async def refuse(self, raw: bytes, stage: str, reason: str) -> None:
        async with self._changed:
            self.letters.append((raw, stage, reason))
            self._changed.notify_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(self._deadline), self._changed:
            await self._changed.wait_for(condition)

    async def until_changed(self, within: float) -> None:
        """Returns when something arrived, or after a while."""
        try:
            async with asyncio.timeout(within), self._changed:
                await self._changed.wait()
        except TimeoutError:
            return

    def types(self) -> list[str]:
        return [event.type for event in self.events]


class Running:
    """A coroutine that runs while the test does, and is cancelled cleanly at its end."""

    def __init__(self, work: Awaitable[None]) -> None:
        self._work = work

    async def __aenter__(self) -> "asyncio.Task[None]":
        self.task = asyncio.ensure_future(self._work)  # type: ignore[arg-type]
        return self.task

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.task.cancel()
        (outcome,) = await asyncio.gather(self.task, return_exceptions=True)
        assert isinstance(outcome, asyncio.CancelledError), outcome
