"""How far the graph is, and waiting until it is far enough."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from twin.errors import Behind

_USUAL_SECONDS: Final = 5.0


class Progress:
    """The last place of every shard of every outbox that the graph holds, as "outbox/shard" to place."""

    def __init__(self) -> None:
        self._positions: dict[str, int] = {}
        self._moved = asyncio.Event()

    @property
    def positions(self) -> dict[str, int]:
        """How far each shard is now."""
        return dict(self._positions)

    def note(self, positions: Mapping[str, int]) -> None:
        """Take in that the graph got this far; it never goes back."""
        for name, seq in positions.items():
            self._positions[name] = max(seq, self._positions.get(name, seq))
        self._moved.set()
        self._moved = asyncio.Event()

    def covers(self, positions: Mapping[str, int]) -> bool:
        """Whether the graph holds everything up to these places."""
        return all(self._positions.get(name, 0) >= seq for name, seq in positions.items())

    async def reached(self, positions: Mapping[str, int], seconds: float = _USUAL_SECONDS) -> None:
        """Return as soon as the graph holds everything up to these places.

        Raises:
            Behind: it did not in time.
        """
        try:
            async with asyncio.timeout(seconds):
                while not self.covers(positions):
                    await self._moved.wait()
        except TimeoutError:
            raise Behind("the twin has not yet taken in the events you asked to see") from None
