"""Work that runs beside everything else until the service unwinds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Final

import structlog

_log: Final = structlog.get_logger("dieloom")

FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 60.0


def run_in_background(
    stack: AsyncExitStack,
    work: Callable[[], Awaitable[None]],
    name: str,
    first_pause_s: float = FIRST_PAUSE_S,
) -> None:
    """Run work until it ends by itself or the stack unwinds; what fails is told, and begun again."""
    task = asyncio.create_task(_kept_up(work, name, first_pause_s), name=name)

    async def end() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(end)


async def _kept_up(work: Callable[[], Awaitable[None]], name: str, pause: float) -> None:
    while True:
        try:
            return await work()
        except Exception:  # noqa: BLE001 - nothing unexpected may stop the way of the events for good
            _log.exception("task.failed", task=name)
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_S)
