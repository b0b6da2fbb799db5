"""What follows a commit: it is told in order and acknowledged, while the next batch is projected."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Final

from twin.errors import StreamUnavailable
from twin.stream.change_feed import Change, ChangeFeed
from twin.stream.log import Delivery, EventLog

_LOOK_SECONDS: Final = 0.02
_LOOKS: Final = 5
"""Acknowledgements of up to a tenth of a second go together: each costs the stream a write to its disk."""

_MANY: Final = 200
_LARGE: Final = 1024 * 1024
"""Deliveries, and bytes of one batch, that do not wait for others."""

_GOODBYE_SECONDS: Final = 1.0


class Telling:
    """Tells committed batches one after the other and acknowledges what was told.

    The projector does not wait: a failure comes out with a later batch, and what is not acknowledged then
    is handed over again. Bounded: a batch is taken only when the one before is told.
    """

    def __init__(self, feed: ChangeFeed, log: EventLog) -> None:
        self._feed = feed
        self._log = log
        self._told: list[Delivery] = []
        self._hurry = asyncio.Event()
        self._telling: asyncio.Task[None] | None = None
        self._acking: asyncio.Task[None] | None = None

    async def tell(self, change: Change, batch: Sequence[Delivery]) -> None:
        """Begin to tell a committed batch, once the one before is told.

        Raises:
            StreamUnavailable: an earlier batch could not be told or acknowledged.
        """
        await self._until_told()
        self._telling = asyncio.create_task(self._tell(change, batch))

    async def settle(self) -> None:
        """Wait until everything is told and acknowledged.

        Raises:
            StreamUnavailable: something could not be; it is handed over again.
        """
        await self._until_told()
        if self._acking is not None:
            self._hurry.set()
            await _ended(self._acking)
            self._heard()

    async def close(self, *, settling: bool) -> None:
        """Leave nothing running; when ``settling``, finish first if the stream answers at once."""
        try:
            if settling:
                with contextlib.suppress(StreamUnavailable, TimeoutError):
                    async with asyncio.timeout(_GOODBYE_SECONDS):
                        await self.settle()
        finally:
            left = [task for task in (self._telling, self._acking) if task is not None]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _until_told(self) -> None:
        if self._telling is not None:
            await _ended(self._telling)
            telling, self._telling = self._telling, None
            telling.result()
        self._heard()

    def _heard(self) -> None:
        """Take notice of how an acknowledgement ended."""
        if self._acking is not None and self._acking.done():
            acking, self._acking = self._acking, None
            acking.result()

    async def _tell(self, change: Change, batch: Sequence[Delivery]) -> None:
        await self._feed.publish(change)
        self._told.extend(batch)
        if len(self._told) >= _MANY or sum(len(delivery.entry.payload) for delivery in batch) >= _LARGE:
            self._hurry.set()
        self._heard()
        if self._acking is None:
            self._acking = asyncio.create_task(self._ack())

    async def _ack(self) -> None:
        while self._told:
            await self._gather()
            told, self._told = self._told, []
            self._hurry.clear()
            await self._log.ack(told)

    async def _gather(self) -> None:
        """Wait for what else is told soon."""
        for _ in range(_LOOKS):
            before = len(self._told)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._hurry.wait()
            if self._hurry.is_set() or len(self._told) == before:
                return


async def _ended(task: asyncio.Task[None]) -> None:
    """Wait for the end of a task, which goes on when we are told to end."""
    await asyncio.wait([task])
