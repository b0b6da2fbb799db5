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
    """Run work until it ends by itself or the stack unwinds; what fails is told, and begun again.

    The pause before it grows with each failure, and is the first one again after a run longer than any.
    """
    task = asyncio.create_task(_kept_up(work, name, first_pause_s), name=name)

    async def end() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(end)


async def _kept_up(work: Callable[[], Awaitable[None]], name: str, first: float) -> None:
    clock, pause = asyncio.get_running_loop().time, 0.0
    while True:
        began = clock()
        try:
            return await work()
        except Exception:  # noqa: BLE001 - nothing unexpected may stop the way of the events for good
            _log.exception("task.failed", task=name)
        pause = next_pause(pause, clock() - began, first)
        await asyncio.sleep(pause)


def next_pause(before: float, ran: float, first: float) -> float:
    """Seconds to wait after a failure: the first pause, or twice the one before when the run was short."""
    return first if not before or ran > _LONGEST_PAUSE_S else min(before * 2, _LONGEST_PAUSE_S)
