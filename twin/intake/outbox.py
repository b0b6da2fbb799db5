"""Where events become durable: accepted here, they are never lost again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

from twin.events.codec import encode
from twin.events.event import Event
from twin.intake.fresh import FreshEvents
from twin.intake.ledger import Ledger, OutboxRefused, now
from twin.intake.newest import Newest
from twin.intake.shards import shard_of
from twin.intake.shelf import Shelf
from twin.intake.verdict import Draft, Receipt, Verdict, reuse_of
from twin.intake.watermark import Watermark, position_id
from twin.stream.log import Entry

LOG: Final = logging.getLogger(__name__)

CAPACITY_BYTES: Final = 4 * 1024**3
"""Payload bytes that may wait for the projection before events are refused."""

_ALARM_SHARE: Final = 0.8
_COMMIT_ROWS: Final = 2_000
_QUEUED_ROWS: Final = 20_000
_ROOM_SECONDS: Final = 10.0
_READ_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True)
class Accepted:
    """The verdicts on a batch, in its order, and the watermark that covers all of it."""

    verdicts: list[Verdict]
    watermark: Watermark


@dataclass(eq=False)
class _Job:
    events: Sequence[Event]
    done: asyncio.Future[list[Receipt]]


class Outbox:
    """A durable queue with one writer thread; whatever waits while a commit runs goes into the next one.

    So a lone event is committed at once, many small callers share a sync, and a big batch is one
    commit. Events are kept after they are sent, here and then in the archive: a lost stream or graph is
    filled again from both.
    """

    def __init__(
        self,
        path: Path,
        shards: int,
        *,
        capacity_bytes: int = CAPACITY_BYTES,
        clock: Callable[[], int] = now,
        archives: Path | None = None,
        fresh: FreshEvents | None = None,
    ) -> None:
        self._path, self.shards, self._clock, self._archives = path, shards, clock, archives
        self._fresh = fresh
        self._capacity = capacity_bytes
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._queued = 0
        self._room = asyncio.Event()
        self._committed = asyncio.Event()
        self._newest = Newest()
        self._others_wrote = True
        self._bytes_in: dict[int, int] = {}
        self._bytes_out: dict[int, int] = {}
        self._failing: str | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.outbox_id = ""
        self.last: dict[int, int] = {}

    async def open(self) -> None:
        """Open the file and start the writer.

        Raises:
            Refused: the file cannot be written, or was made for another number of shards.
        """
        self._loop = asyncio.get_running_loop()
        self._writer = await asyncio.to_thread(Ledger, self._path, self.shards, self._clock)
        reader = await asyncio.to_thread(Ledger, self._path, self.shards)
        self._shelf = Shelf(reader, self._archives)
        self.outbox_id = self._writer.outbox_id
        self.last = reader.last()
        self._bytes_in = {shard: reader.size_up_to(shard, seq) for shard, seq in self.last.items()}
        self._bytes_out = {shard: reader.size_up_to(shard, 0) for shard in self.last}
        self._thread = threading.Thread(target=self._write, name="outbox", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        """Commit what is queued and let go of the file."""
        if self._thread is not None:
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None
            self._writer.close()
            await self._shelf.close()

    async def __aenter__(self) -> Outbox:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def waiting_bytes(self) -> int:
        """Payload bytes that are accepted and not known to be projected."""
        return sum(self._bytes_in.values()) - sum(self._bytes_out.values())

    @property
    def is_alarming(self) -> bool:
        """Whether events are refused, or soon will be, as far as is known without asking the disk."""
        return self._failing is not None or self._share >= _ALARM_SHARE

    @property
    def _share(self) -> float:
        return self.waiting_bytes / self._capacity

    async def alarm(self) -> str | None:
        """Why events are refused, or soon will be; a disk that failed is tried again before it is told."""
        if self._failing is not None:
            try:
                await self._shelf.probe()
            except OutboxRefused as refused:
                return refused.message
            self._failing = None
        return f"{self._share:.0%} of the room for events that wait is taken" if self.is_alarming else None

    async def accept(self, events: Sequence[Event]) -> list[Verdict]:
        """Make events durable; the verdict on each, once the disk has them.

        Raises:
            OutboxRefused: no room; nothing of the batch was taken, its sender must keep it.
        """
        return (await self.take(events)).verdicts

    async def take(self, events: Sequence[Event]) -> Accepted:
        """Like ``accept``, with the watermark that makes a read see these events and all accepted before."""
        if not events:
            return Accepted([], self.watermark())
        await self._until_room()
        self._queued += len(events)
        job = _Job(events, asyncio.get_running_loop().create_future())
        self._jobs.put(job)
        receipts = await job.done
        reached = dict(self.watermark().positions)
        for _, shard, seq in receipts:
            place = position_id(self.outbox_id, shard)
            reached[place] = max(reached.get(place, 0), seq)
        return Accepted([receipt.verdict for receipt in receipts], Watermark(reached))

    def watermark(self) -> Watermark:
        """The newest place of every shard."""
        return Watermark({position_id(self.outbox_id, shard): seq for shard, seq in self.last.items()})

    async def after(self, seq: int, rows: int) -> list[Entry]:
        """The next entries after a place, in order, at most so many."""
        self._committed.clear()
        found = self._newest.after(seq, rows, _READ_BYTES)
        if found or (found is not None and not self._others_wrote):
            return found
        self._others_wrote = False
        return await self._shelf.after(seq, rows, _READ_BYTES)

    async def first_after(self, shard: int, seq: int) -> int | None:
        """The next place of a shard after a place."""
        return await self._shelf.first_after(shard, seq)

    async def entry(self, event_id: str) -> Entry | None:
        """The stored form of one accepted event."""
        return await self._shelf.entry(event_id)

    async def refused(self, entry: Entry) -> bool:
        """Whether an entry came under an id in use, so that its bytes lie among the dead letters already."""
        known = await self._shelf.entry(reuse_of(entry.event().event_id))
        return known is not None and known.payload == entry.payload

    async def changed(self, seconds: float) -> None:
        """Wait for a commit after the last reading, at most so long: others may write to this file, too."""
        try:
            async with asyncio.timeout(seconds):
                await self._committed.wait()
        except TimeoutError:
            self._others_wrote = True

    async def projected(self, positions: Mapping[str, int]) -> None:
        """Learn how far the projection is, by "outbox/shard": what it has needs no room any more."""
        places = {shard: positions.get(position_id(self.outbox_id, shard)) for shard in range(self.shards)}
        reached = {shard: seq for shard, seq in places.items() if seq is not None}
        if reached:
            self._bytes_out.update(await self._shelf.sizes_up_to(reached))

    async def _until_room(self) -> None:
        if self.waiting_bytes >= self._capacity:
            raise OutboxRefused(
                "the outbox is full of events that wait for the projection; nothing was taken"
            )
        try:
            async with asyncio.timeout(_ROOM_SECONDS):
                while self._queued >= _QUEUED_ROWS:
                    self._room.clear()
                    await self._room.wait()
        except TimeoutError:
            raise OutboxRefused(
                "too many events wait to be written; nothing was taken", code="outbox.busy"
            ) from None

    def _write(self) -> None:
        while (job := self._jobs.get()) is not None:
            jobs = [job]
            rows = len(job.events)
            with contextlib.suppress(Empty):
                while rows < _COMMIT_ROWS:
                    if (another := self._jobs.get_nowait()) is None:
                        self._jobs.put(None)
                        break
                    jobs.append(another)
                    rows += len(another.events)
            self._commit(jobs)

    def _commit(self, jobs: list[_Job]) -> None:
        drafts: list[list[Draft]] = []
        for job in list(jobs):
            try:
                drafts.append([self._draft(event) for event in job.events])
            except Exception as fault:  # noqa: BLE001 - what cannot be written fails its own sender only
                jobs.remove(job)
                self._tell([job], [], [], fault)
        try:
            receipts, entries = self._writer.record([draft for batch in drafts for draft in batch])
        except Exception as fault:  # noqa: BLE001 - the writer outlives a failing disk
            self._tell(jobs, [], [], fault)
        else:
            self._tell(jobs, receipts, entries, None)

    def _tell(
        self,
        jobs: list[_Job],
        receipts: list[Receipt],
        entries: list[Entry],
        failure: BaseException | None,
    ) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._settle, jobs, receipts, entries, failure)

    def _draft(self, event: Event) -> Draft:
        return Draft(event.event_id, shard_of(event, self.shards), encode(event))

    def _settle(
        self,
        jobs: list[_Job],
        receipts: list[Receipt],
        entries: list[Entry],
        failure: BaseException | None,
    ) -> None:
        self._remember(entries)
        if isinstance(failure, OutboxRefused) and self._failing is None:
            LOG.error("alarm: %s", failure.message)
        self._failing = failure.message if isinstance(failure, OutboxRefused) else None
        if self._fresh is not None:
            self._fresh.keep((event for job in jobs for event in job.events), receipts, entries)
        at = 0
        for job in jobs:
            mine = receipts[at : at + len(job.events)]
            at += len(job.events)
            self._queued -= len(job.events)
            if job.done.done():
                continue
            if failure is None:
                job.done.set_result(mine)
            else:
                job.done.set_exception(failure)
        self._room.set()

    def _remember(self, entries: list[Entry]) -> None:
        for entry in entries:
            self.last[entry.shard] = entry.seq
            self._bytes_in[entry.shard] = self._bytes_in.get(entry.shard, 0) + len(entry.payload)
        if entries:
            self._newest.add(entries)
            self._committed.set()
