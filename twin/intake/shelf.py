"""Accepted events wherever they are by now: in the outbox, or in the archive behind it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from twin.archive.archive import Archive
from twin.archive.lines import Row
from twin.archive.segment import SegmentBroken
from twin.intake.ledger import Ledger
from twin.stream.log import Entry

T = TypeVar("T")


class Shelf:
    """Reads on over the border between the two, which may move at any time; one thread at a time.

    A reader that is cancelled leaves its thread at work: the next one, and the closing, wait for it.
    """

    def __init__(self, ledger: Ledger, archives: Path | None) -> None:
        self._ledger = ledger
        self._archive = None if archives is None else Archive(archives, ledger.outbox_id)
        self._in_turn = asyncio.Lock()
        self._one = threading.Lock()

    async def after(self, seq: int, rows: int, size: int) -> list[Entry]:
        """The next entries after a place, at most so many and about so many bytes.

        Raises:
            SegmentBroken: the archive that holds them cannot be read.
        """
        return await self._alone(self._after, seq, rows, size)

    async def entry(self, event_id: str) -> Entry | None:
        """The stored form of one event; of one whose bytes are damaged there is none.

        Raises:
            SegmentBroken: the archive that holds it cannot be read.
        """
        return await self._alone(self._stored, event_id)

    async def first_after(self, shard: int, seq: int) -> int | None:
        """The next place of a shard after a place."""
        return await self._alone(self._ledger.first_after, shard, seq)

    async def sizes_up_to(self, reached: Mapping[int, int]) -> dict[int, int]:
        """Bytes of several shards up to a place of each."""
        return await self._alone(self._ledger.sizes_up_to, reached)

    async def probe(self) -> None:
        """Find out whether the disk takes anything.

        Raises:
            OutboxRefused: the disk is full or failing.
        """
        await self._alone(self._ledger.probe)

    async def close(self) -> None:
        """Let go of the file once nobody reads it."""
        await self._alone(self._ledger.close)

    async def _alone(self, work: Callable[..., T], *values: Any) -> T:  # noqa: ANN401 - what the work takes
        async with self._in_turn:
            return await asyncio.to_thread(self._locked, work, *values)

    def _locked(self, work: Callable[..., T], *values: Any) -> T:  # noqa: ANN401 - what the work takes
        with self._one:
            return work(*values)

    def _after(self, seq: int, rows: int, size: int) -> list[Entry]:
        found = self._ledger.after(seq, rows, size)
        if seq < self._ledger.trimmed() and (not found or found[0].seq > seq + 1):
            return self._archived(seq, rows, size)
        return found

    def _stored(self, event_id: str) -> Entry | None:
        found = self._ledger.entry(event_id)
        if found is None and (place := self._ledger.place(event_id)) is not None:
            return next((one for one in self._archived(place - 1, 1, 1) if one.seq == place), None)
        return found

    def _archived(self, seq: int, rows: int, size: int) -> list[Entry]:
        if self._archive is None:
            raise SegmentBroken("the outbox was trimmed, and its archive is not here")
        found: list[Entry] = []
        for row in islice(self._archive.rows(seq), rows):
            found.append(self._entry(row))
            size -= len(row.payload)
            if size <= 0:
                break
        return found

    def _entry(self, row: Row) -> Entry:
        return Entry(row.shard, self._ledger.outbox_id, row.seq, row.recorded_at, row.payload)
