"""Work done beside the event loop that nobody may leave behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Told = TypeVar("Told")


async def to_its_end(work: Callable[Asked, Told], *args: Asked.args, **kwargs: Asked.kwargs) -> Told:
    """What the work tells; whoever gives up meanwhile still waits until it ended.

    It looks at what must not change under it: a lock held around it would be let go too early otherwise.
    """
    task = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    finally:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})
