"""Accepted events wherever they are by now: in the outbox, or in the archive behind it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from twin.archive.archive import Archive
from twin.archive.lines import Row
from twin.archive.segment import SegmentBroken
from twin.intake.ledger import Ledger
from twin.stream.log import Entry


class Shelf:
    """Reads on over the border between the two, which may move at any time; one thread at a time."""

    def __init__(self, ledger: Ledger, archives: Path | None) -> None:
        self._ledger = ledger
        self._archive = None if archives is None else Archive(archives, ledger.outbox_id)

    def after(self, seq: int, rows: int, size: int) -> list[Entry]:
        """The next entries after a place, at most so many and about so many bytes.

        Raises:
            SegmentBroken: the archive that holds them cannot be read.
        """
        found = self._ledger.after(seq, rows, size)
        if seq < self._ledger.trimmed() and (not found or found[0].seq > seq + 1):
            return self._archived(seq, rows, size)
        return found

    def entry(self, event_id: str) -> Entry | None:
        """The stored form of one event; of one whose bytes are damaged there is none.

        Raises:
            SegmentBroken: the archive that holds it cannot be read.
        """
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
