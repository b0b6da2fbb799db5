"""From the outbox into the stream, in order, over every failure of either."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from twin.archive.segment import SegmentBroken
from twin.errors import GraphUnavailable, StreamUnavailable
from twin.intake.outbox import Outbox
from twin.intake.watermark import position_id
from twin.stream.log import Entry, EventLog

LOG: Final = logging.getLogger(__name__)

Positions = Callable[[], Awaitable[Mapping[str, int]]]
"""How far the graph is, by "outbox/shard"."""

FULL_SHARD: Final = 50_000
"""Entries in a shard beyond which the outbox keeps the rest."""

_ROWS: Final = 1_000
_IDLE_SECONDS: Final = 1.0
_FULL_PAUSE: Final = 0.2
_ROOMY_FOR: Final = 0.2
"""Seconds that an answer about the stream's room holds; what fits in them is far below the reserve."""

_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 2.0


class Relay:
    """Moves every accepted event into its shard; what the stream lost and the graph lacks goes again.

    An event may go twice, never be left out: the projection knows each by its id.
    """

    def __init__(
        self, outbox: Outbox, log: EventLog, positions: Positions, full_shard: int = FULL_SHARD
    ) -> None:
        self._outbox, self._log, self._positions = outbox, log, positions
        self._full = full_shard
        self._sent: dict[int, int] = {}
        self._told: dict[int, int] = {}
        self._roomy_until = 0.0
        self._trusted_until = 0.0
        self.connected = asyncio.Event()

    async def run(self) -> None:
        """Relay for ever; stream, graph and the disk may come and go."""
        pause = _FIRST_PAUSE
        while True:
            try:
                place = await self._starting_place()
                pause = _FIRST_PAUSE
                self.connected.set()
                await self._pump(place)
                LOG.warning("the stream lost entries; sending again what is not projected")
            except (StreamUnavailable, GraphUnavailable, SegmentBroken, sqlite3.Error) as cause:
                self.connected.clear()
                LOG.warning("the relay waits: %s", cause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    async def repeat(self, event_id: str) -> bool:
        """Hand over once more an event that the projection had set aside; whether it is known here.

        Raises:
            StreamUnavailable: the stream does not answer.
        """
        entry = await self._outbox.entry(event_id)
        if entry is not None:
            await self._log.repeat(entry)
        return entry is not None

    async def _pump(self, place: int) -> None:
        """Send until the stream turns out to have lost something."""
        while True:
            entries = await self._outbox.after(place, _ROWS)
            if not entries:
                await self._outbox.changed(_IDLE_SECONDS)
                if max(self._outbox.last.values(), default=0) <= place and await self._lost():
                    return
                continue
            fresh = [entry for entry in entries if entry.seq > self._sent[entry.shard]]
            if fresh and not await self._send(fresh):
                return
            place = entries[-1].seq

    async def _send(self, entries: list[Entry]) -> bool:
        await self._until_roomy()
        longest, refused = await self._log.append(self._outbox.outbox_id, entries, self._told)
        if refused:
            return False
        places = {entry.shard: entry.seq for entry in entries}
        self._sent.update(places)
        self._told.update(places)
        while longest > self._full:
            await asyncio.sleep(_FIRST_PAUSE)
            longest = await self._log.longest()
        return True

    async def _until_roomy(self) -> None:
        clock = asyncio.get_running_loop().time
        while clock() >= self._roomy_until:
            if await self._log.roomy():
                self._roomy_until = clock() + _ROOMY_FOR
            else:
                await asyncio.sleep(_FULL_PAUSE)

    async def _lost(self) -> bool:
        """Whether the stream lost what it was told; once a second, for an append asks the same."""
        clock = asyncio.get_running_loop().time
        if clock() < self._trusted_until:
            return False
        self._trusted_until = clock() + _IDLE_SECONDS
        return await self._log.sent(self._outbox.outbox_id) != self._told

    async def _starting_place(self) -> int:
        """The place after which to send: nothing unprojected may be missing in the stream."""
        outbox_id = self._outbox.outbox_id
        positions = await self._positions()
        await self._outbox.projected(positions)
        self._told = await self._log.sent(outbox_id)
        for shard in range(self._outbox.shards):
            projected = positions.get(position_id(outbox_id, shard), 0)
            self._sent[shard] = await self._sent_of(shard, projected, self._told.get(shard, 0))
        return min(self._sent.values())

    async def _sent_of(self, shard: int, projected: int, told: int) -> int:
        needed = await self._outbox.first_after(shard, projected)
        if needed is None or needed > told:
            return max(told, projected)
        held = await self._log.holds(shard, self._outbox.outbox_id, needed)
        return told if held else projected
