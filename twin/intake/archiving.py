"""Moves old events out of the outbox: into sealed segments first, and only then out of the file."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from twin.archive.archive import Archive, ArchiveInUse
from twin.archive.lines import Row
from twin.archive.segment import check, opened
from twin.errors import GraphUnavailable, TwinError
from twin.intake.kept import Damage, KeptOutbox, sound
from twin.intake.ledger import Ledger, now
from twin.intake.watermark import position_id

LOG: Final = logging.getLogger(__name__)

_PAUSE_SECONDS: Final = 5.0
_BREATH_SECONDS: Final = 0.02
_REST: Final = 4.0
"""Times as long as it worked, it leaves the processor to the work that somebody waits for."""
_AT_ONCE: Final = 2_000
_HOUR_MS: Final = 3_600_000

Positions = Callable[[], Awaitable[Mapping[str, int]]]
"""How far the graph is, by "outbox/shard"."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a segment grows, and how long an event may wait for one that is smaller."""

    segment_bytes: int = 16 * 1024 * 1024
    wait_ms: int = _HOUR_MS


class Archiving:
    """Archives and trims one outbox; ``trouble`` says what keeps it from doing so, in words for anybody.

    A row leaves the outbox only when its sealed segment was read back, the graph holds it, and it is as
    old as asked. A crash at any step leaves every event in the one, the other, or both.
    """

    def __init__(
        self,
        path: Path,
        shards: int,
        archives: Path,
        hours: int,
        clock: Callable[[], int] = now,
        bounds: Bounds | None = None,
    ) -> None:
        self._path, self._shards, self._archives, self._hours = path, shards, archives, hours
        self._clock, self._bounds = clock, bounds or Bounds()
        self._one = threading.Lock()
        self._opened: tuple[Ledger, KeptOutbox, Archive] | None = None
        self.trouble: str | None = None

    async def run(self, positions: Positions) -> None:
        """Archive and trim for ever; what fails is tried again."""
        while True:
            try:
                await self.once(positions)
                self.trouble = None
            except (GraphUnavailable, ArchiveInUse) as cause:
                LOG.debug("nothing is trimmed now: %s", cause)
            except (TwinError, OSError, ValueError, sqlite3.Error) as fault:
                code = fault.code if isinstance(fault, TwinError) else "archive.disk_fails"
                self.trouble = f"nothing can be archived: {code}; the log says more"
                LOG.error("alarm: the archive stands still, so the outbox grows: %s", fault)  # noqa: TRY400
            await asyncio.sleep(_PAUSE_SECONDS)

    async def once(self, positions: Positions) -> None:
        """Archive all that is due, then trim what may go.

        Raises:
            ArchiveInUse: another process does this.
            SegmentBroken: the archive is not what was sealed; nothing is trimmed.
            OutboxUnreadable: the outbox cannot be read.
            GraphUnavailable: how far the graph is, is unknown; nothing is trimmed.
            OSError: the disk is full or failing.
        """
        newest = await asyncio.to_thread(self.newest)
        await _repeated(lambda: self.archive(newest))
        limit = await asyncio.to_thread(self.limit, await positions())
        await _repeated(lambda: self.trim(limit))

    def newest(self) -> int:
        """The newest place there is."""
        with self._one:
            return self._stores()[1].last()

    def archive(self, last: int) -> bool:
        """Write the next segment, if one is due, of what is there up to a place; whether one was due."""
        with self._one:
            ledger, kept, archive = self._stores()
            if last <= archive.last or not self._is_due(ledger, archive.last):
                return False
            sealed = archive.append(self._next(kept, archive.last, last))
            LOG.info("archived places %d to %d", sealed.index.first, sealed.index.last)
            return True

    def limit(self, positions: Mapping[str, int]) -> int:
        """The last place that may go: archived, projected, and old enough."""
        with self._one:
            ledger, _, archive = self._stores()
            trimmed = ledger.trimmed()
            limit = self._old(archive, trimmed)
            for shard in range(self._shards):
                projected = positions.get(position_id(ledger.outbox_id, shard), 0)
                waiting = ledger.first_after(shard, projected)
                limit = limit if waiting is None else min(limit, waiting - 1)
            return limit

    def trim(self, limit: int) -> bool:
        """Let go of some rows up to a place; whether any are left to go."""
        with self._one:
            ledger, _, _ = self._stores()
            trimmed = ledger.trimmed()
            if trimmed < limit:
                ledger.trim(min(limit, trimmed + _AT_ONCE))
            return trimmed + _AT_ONCE < limit

    def close(self) -> None:
        """Let go of the files, once what is being done is done."""
        with self._one:
            if self._opened is not None:
                for one in self._opened:
                    one.close()
                self._opened = None

    def _stores(self) -> tuple[Ledger, KeptOutbox, Archive]:
        if self._opened is None:
            with ExitStack() as stack:
                ledger = Ledger(self._path, self._shards)
                stack.callback(ledger.close)
                kept = KeptOutbox(self._path)
                stack.callback(kept.close)
                archive = Archive(self._archives, ledger.outbox_id)
                archive.open_to_write(ledger.trimmed())
                stack.pop_all()
            self._opened = ledger, kept, archive
        return self._opened

    def _is_due(self, ledger: Ledger, after: int) -> bool:
        waiting = sum(
            ledger.size_up_to(shard, last) - ledger.size_up_to(shard, after)
            for shard, last in ledger.last().items()
        )
        if waiting >= self._bounds.segment_bytes:
            return True
        oldest = next(iter(ledger.after(after, 1, 1)), None)
        return oldest is not None and oldest.recorded_at <= self._clock() - self._bounds.wait_ms

    def _next(self, kept: KeptOutbox, after: int, up_to: int) -> Iterator[Row]:
        size = 0
        for row in kept.rows(after, up_to):
            assert not isinstance(row, Damage)  # noqa: S101 - what is not archived was never trimmed
            yield sound(row)
            size += len(row.payload)
            if size >= self._bounds.segment_bytes:
                return

    def _old(self, archive: Archive, trimmed: int) -> int:
        """The end of the last segment that is sound and wholly old enough."""
        latest = self._clock() - self._hours * _HOUR_MS
        for place in archive.from_place(trimmed + 1):
            if opened(place.path).index.recorded_to > latest:
                break
            trimmed = max(trimmed, check(place.path).index.last)
        return trimmed


async def _repeated(work: Callable[[], bool]) -> None:
    clock = asyncio.get_running_loop().time
    more = True
    while more:
        began = clock()
        more = await asyncio.to_thread(work)
        await asyncio.sleep(max(_BREATH_SECONDS, _REST * (clock() - began)))
