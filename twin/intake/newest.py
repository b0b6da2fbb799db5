"""The events that became durable last, at hand for whoever reads on from where they begin."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from twin.stream.log import Entry

_ROWS: Final = 4_000
_BYTES: Final = 16 * 1024 * 1024


class Newest:
    """The last rows of an outbox without a gap, bounded; the oldest make room."""

    def __init__(self) -> None:
        self._rows: deque[Entry] = deque()
        self._size = 0

    def add(self, entries: Sequence[Entry]) -> None:
        """Keep what one commit wrote; what others wrote between is known to the disk only."""
        if self._rows and self._rows[-1].seq + 1 != entries[0].seq:
            self._rows.clear()
            self._size = 0
        self._rows.extend(entries)
        self._size += sum(len(entry.payload) for entry in entries)
        while len(self._rows) > _ROWS or self._size > _BYTES:
            self._size -= len(self._rows.popleft().payload)

    def after(self, seq: int, rows: int, size: int) -> list[Entry] | None:
        """The next entries after a place, at most so many and about so many bytes; None: ask the disk."""
        if not self._rows or self._rows[0].seq > seq + 1:
            return None
        skipped = seq + 1 - self._rows[0].seq
        found: list[Entry] = []
        for place in range(skipped, min(skipped + rows, len(self._rows))):
            found.append(self._rows[place])
            size -= len(found[-1].payload)
            if size <= 0:
                break
        return found
