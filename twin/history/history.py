"""The columnar history at work: keeps what the projector committed, tidies it, and answers from it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import msgspec

from twin.errors import TwinError
from twin.events.correction import EventVoided
from twin.events.event import Event
from twin.history.engine import Engine
from twin.history.journal import Journal, Taken, Waiting
from twin.history.samples import SampleRow, samples_of
from twin.history.segments import Segments
from twin.history.series import SeriesAsked, SeriesReader
from twin.history.tidying import Tidying
from twin.records.series import ParameterSeries

LOG: Final = logging.getLogger(__name__)

JOURNAL: Final = "journal.sqlite"
SEGMENTS: Final = "segments"

_BETWEEN_SECONDS: Final = 300.0


class Committed(NamedTuple):
    """An event that the graph holds, and its place: a shard of an outbox, by "outbox/shard".

    ``doubtful``: it was handed over before, so that it may be kept already. ``machine`` is what a void
    takes back from, if anybody knows.
    """

    event: Event
    position_id: str
    seq: int
    doubtful: bool = False
    machine: str | None = None


class Outlet(Protocol):
    """Where samples also go."""

    def offer(self, rows: Sequence[SampleRow]) -> None:
        """Take samples to send; never waits."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many samples may wait before they become segments, and before their sender waits."""

    waiting: int = 50_000
    most: int = 200_000


class History:
    """Samples of machines under one folder, each kept once however often its event is handed over."""

    def __init__(
        self,
        folder: Path,
        days: int,
        clock: Callable[[], int],
        outlet: Outlet | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        self._bounds = bounds or Bounds()
        self._engine = Engine(folder / "spill")
        self._journal = Journal(folder / JOURNAL)
        self._segments = Segments(folder / SEGMENTS, self._engine)
        self._tidying = Tidying(self._journal, self._segments, days, clock)
        self._reader = SeriesReader(folder / JOURNAL, self._segments, self._engine)
        self._outlet = outlet
        self._keeping = threading.Lock()
        self._many = asyncio.Event()
        self._waiting = 0

    async def keep(self, batch: Sequence[Committed]) -> None:
        """Keep the samples of committed events; they are durable, and each there once, when this returns.

        Raises:
            HistoryUnavailable: nothing is known of this batch; keep it again.
        """
        told = [one for one in batch if isinstance(one.event.fact, EventVoided)]
        sampled = [(one, rows) for one in batch if (rows := samples_of(one.event))]
        if not told and not sampled:
            return
        rows = await asyncio.to_thread(self._keep, sampled, told)
        if self._outlet is not None and rows:
            self._outlet.offer(rows)
        if self._waiting >= self._bounds.waiting:
            self._many.set()

    async def run(self) -> None:
        """Tidy for ever, after a while and whenever many samples wait; a failure is tried again."""
        while True:
            try:
                await asyncio.to_thread(self.tidy)
            except (TwinError, OSError) as cause:
                LOG.warning("the history of samples stays as it is: %s", cause)
            try:
                async with asyncio.timeout(_BETWEEN_SECONDS):
                    await self._many.wait()
            except TimeoutError:
                pass
            self._many.clear()

    def tidy(self) -> None:
        """Put all that waits into segments, merge small ones, drop old days and files that do not count."""
        self._tidying.run()
        self._waiting = self._journal.depth()

    async def series(self, asked: SeriesAsked) -> ParameterSeries:
        """What a parameter of a machine was.

        Raises:
            HistoryUnavailable: it could not be read in time.
        """
        return await self._reader.series(asked)

    def close(self) -> None:
        """Let go of files and memory."""
        self._journal.close()
        self._engine.close()

    def _keep(
        self, sampled: Sequence[tuple[Committed, list[SampleRow]]], told: Sequence[Committed]
    ) -> list[SampleRow]:
        with self._keeping:
            held = self._held(sampled)
            fresh = {one.event.event_id: rows for one, rows in sampled if one.event.event_id not in held}
            places: defaultdict[str, int] = defaultdict(int)
            for one, _ in sampled:
                places[one.position_id] = max(places[one.position_id], one.seq)
            added = self._journal.keep(
                [_waiting(event_id, rows) for event_id, rows in fresh.items()],
                [_taken(one) for one in told],
                places,
            )
            self._waiting += sum(len(fresh[event_id]) for event_id in added)
        if self._waiting >= self._bounds.most:
            self.tidy()
        return [row for event_id in added for row in fresh[event_id]]

    def _held(self, sampled: Sequence[tuple[Committed, list[SampleRow]]]) -> set[str]:
        """The events whose samples are kept already.

        Only those can be that were handed over before, or that stand where the history has been.
        """
        places = self._journal.places()
        doubtful = [
            (one.event.event_id, rows)
            for one, rows in sampled
            if one.doubtful or one.seq <= places.get(one.position_id, 0)
        ]
        names = [event_id for event_id, _ in doubtful]
        # First those that wait: what leaves them meanwhile is found in a segment after.
        waiting = self._journal.among_waiting(names) if names else set()
        days = {(row.equipment_id, row.day) for name, rows in doubtful if name not in waiting for row in rows}
        segments = [segment for day in days for segment in self._journal.segments(*day)]
        return waiting | self._segments.held(segments, names)


def _waiting(event_id: str, rows: list[SampleRow]) -> Waiting:
    return Waiting(
        number=0,
        event_id=event_id,
        equipment_id=rows[0].equipment_id,
        first_at=min(row.sampled_at for row in rows),
        last_at=max(row.sampled_at for row in rows),
        samples=len(rows),
        rows=msgspec.json.encode(rows),
    )


def _taken(one: Committed) -> Taken:
    fact = one.event.fact
    assert isinstance(fact, EventVoided)  # noqa: S101 - only voids are handed in
    return Taken(fact.voided_event_id, one.event.recorded_at, one.machine)
