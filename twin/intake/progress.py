"""How far the projection is, known in every process that follows the change feed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from twin.errors import Behind, GraphUnavailable, StreamUnavailable
from twin.intake.watermark import Watermark
from twin.stream.change_feed import ChangeFeed, FeedGap

LOG: Final = logging.getLogger(__name__)

_PAUSE: Final = 0.2
_PACE: Final = 0.2
"""Between two words to the listener, who takes the latest."""

Listener = Callable[[Mapping[str, int]], Awaitable[None]]


class Progress:
    """The positions of the projection, and whoever waits for one of them."""

    def __init__(
        self,
        feed: ChangeFeed,
        positions: Callable[[], Awaitable[Mapping[str, int]]],
        listener: Listener | None = None,
    ) -> None:
        self._feed, self._ask, self._listener = feed, positions, listener
        self._moved = asyncio.Condition()
        self._news = asyncio.Event()
        self.positions: dict[str, int] = {}

    async def run(self) -> None:
        """Follow the projection for ever; after a gap the graph itself is asked."""
        async with asyncio.TaskGroup() as work:
            work.create_task(self._follow())
            if self._listener is not None:
                work.create_task(self._tell(self._listener))

    async def _tell(self, listener: Listener) -> None:
        """Keep the listener informed, at a pace that it can follow."""
        while True:
            await self._news.wait()
            self._news.clear()
            await listener(dict(self.positions))
            await asyncio.sleep(_PACE)

    async def _follow(self) -> None:
        while True:
            try:
                cursor = await self._feed.last()
                asked = await self._ask()
                self.positions.clear()
                await self._move(asked)
                async for change in self._feed.follow(cursor):
                    await self._move(change.positions)
            except FeedGap:
                LOG.warning("the change feed has a gap; asking the graph for its positions")
            except (StreamUnavailable, GraphUnavailable) as cause:
                LOG.warning("the projection's progress is unknown: %s", cause)
                await asyncio.sleep(_PAUSE)

    async def reached(self, token: str, seconds: float) -> None:
        """Wait until the projection shows everything up to a watermark.

        Raises:
            Behind: it does not within the seconds given.
            Refused: the watermark is none of ours.
        """
        watermark = Watermark.decode(token)
        try:
            async with asyncio.timeout(seconds), self._moved:
                await self._moved.wait_for(lambda: watermark.reached_by(self.positions))
        except TimeoutError:
            raise Behind("the twin has not reached that watermark yet; ask again") from None

    async def _move(self, positions: Mapping[str, int]) -> None:
        async with self._moved:
            # A batch told again, by whoever takes over, does not take the projection back.
            further = {name: max(seq, self.positions.get(name, seq)) for name, seq in positions.items()}
            self.positions.update(further)
            self._moved.notify_all()
        self._news.set()
