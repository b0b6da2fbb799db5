"""What the index spares a walk back: units that go with their lot, and uses that say nothing new."""

from __future__ import annotations

from collections.abc import Callable

from twin.events.event import Event
from twin.queries.index.book import Book, Declined, Reading
from twin.queries.index.line import MaterialLine


class Hints:
    """Told from lines that are up to date; of everything else a walk has to ask the graph."""

    def __init__(self, book: Book, is_kept: Callable[[], bool]) -> None:
        self._book, self._is_kept = book, is_kept

    def is_plain(self, lot_id: str) -> bool:
        """Whether the lot's own events tell all of its units: no fact about one of them tells more."""
        reading = Reading(self._book, frozenset())
        line = reading.lot(lot_id)
        if line is None or not self._is_kept():
            return False
        try:
            reading.check(line)
        except Declined:
            return False
        return not reading.stale

    @property
    def aliases(self) -> tuple[Event, ...] | None:
        """Every event that defines a material; None when that has to be read anew."""
        return self._book.aliases if self._book.is_defined and self._is_kept() else None

    def past_of(self, material_lot_id: str) -> tuple[str, ...] | None:
        """The events about a material lot by id, without most of its uses; None when it is not known.

        A use that was dated ahead of its record is among them, others may be.
        """
        line = self._book.others.get(("MaterialLot", material_lot_id))
        since = self._book.pasts.since(material_lot_id)
        if not isinstance(line, MaterialLine) or since is None or not self._is_kept():
            return None
        return (*line.past, *since)
