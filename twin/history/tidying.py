"""Keeps the history small: waiting samples become segments, small segments one, old days nothing."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from twin.history.journal import Journal, Waiting
from twin.history.samples import DAY_MS, SampleRow
from twin.history.segments import Segment, Segments, new_path

AT_ONCE: Final = 20_000
"""Samples that are put into segments at a time."""

CROWD: Final = 12
"""Segments of a machine's day that are merged into one."""

LARGE: Final = 1_000_000
"""Samples of a segment that is not merged any more."""

_AT_ONCE_BYTES: Final = 16 * 1024**2
_MERGED_AT_MOST: Final = 100
_GRACE_MS: Final = 60_000
"""How long a file outlives its use, for those who still read it; longer than any question takes."""

_ORPHAN_MS: Final = 600_000
"""Age of a file that nothing refers to, from which nobody can be about to refer to it."""


class Tidying:
    """One at a time; a crash at any step leaves every sample where it counts once."""

    def __init__(self, journal: Journal, segments: Segments, days: int, clock: Callable[[], int]) -> None:
        self._journal, self._segments = journal, segments
        self._days, self._clock = days, clock
        self._one = threading.Lock()

    def run(self) -> None:
        """Do all there is to do.

        Raises:
            HistoryUnavailable: a part could not be done; what was done before holds.
            OSError: the disk is full or failing.
        """
        with self._one:
            while batch := self._journal.waiting(AT_ONCE, _AT_ONCE_BYTES):
                self._settle(batch)
            self._merge()
            self._drop_old_days()
            self._delete()

    def _settle(self, batch: list[Waiting]) -> None:
        by_day: defaultdict[tuple[str, int], list[SampleRow]] = defaultdict(list)
        for one in batch:
            for row in _ROWS.decode(one.rows):
                by_day[row.equipment_id, row.day].append(row)
        written = []
        for (equipment_id, day), rows in by_day.items():
            segment = _extent(equipment_id, day, rows)
            self._segments.write(segment, msgspec.json.encode(rows))
            written.append(segment)
        self._journal.settle([one.number for one in batch], written)

    def _merge(self) -> None:
        for parts in self._journal.crowded(CROWD, LARGE):
            some = list(_up_to(parts, 2 * LARGE))
            if len(some) > 1:
                self._journal.replace(some, self._segments.merge(some), self._clock())

    def _drop_old_days(self) -> None:
        first_day = self._clock() // DAY_MS - self._days
        if old := self._journal.before(first_day):
            self._journal.replace(old, None, self._clock())
        self._journal.forget_taken((first_day - 1) * DAY_MS)

    def _delete(self) -> None:
        now = self._clock()
        if unused := self._journal.retired(now - _GRACE_MS):
            self._segments.remove(unused)
            self._journal.forget_retired(unused)
        known = self._journal.known_paths()
        self._segments.remove(self._segments.unknown(known, (now - _ORPHAN_MS) / 1000))


def _extent(equipment_id: str, day: int, rows: list[SampleRow]) -> Segment:
    return Segment(
        path=new_path(equipment_id, day),
        equipment_id=equipment_id,
        day=day,
        first_at=min(row.sampled_at for row in rows),
        last_at=max(row.sampled_at for row in rows),
        samples=len(rows),
    )


def _up_to(parts: Iterable[Segment], samples: int) -> Iterable[Segment]:
    for number, part in enumerate(parts):
        samples -= part.samples
        if samples < 0 or number >= _MERGED_AT_MOST:
            return
        yield part


_ROWS: Final = msgspec.json.Decoder(list[SampleRow])
