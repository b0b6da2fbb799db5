"""Work that runs beside everything else until the service unwinds."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, Final

import structlog

_log: Final = structlog.get_logger("dieloom")


def run_in_background(stack: AsyncExitStack, work: Coroutine[Any, Any, None], name: str) -> None:
    """Run work until the stack unwinds; one that fails by itself is told, never silent."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_told)

    async def end() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(end)


def _told(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.error("task.failed", task=task.get_name(), exc_info=task.exception())
