"""What the index spares a walk back: units that go with their lot, empty uses, reads one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from twin.events.event import Event
from twin.queries.ahead import Likely
from twin.queries.index.book import Book
from twin.queries.index.line import Line, MaterialLine, OrderLine
from twin.queries.index.reading import Declined, Reading

_MOST_LOTS: Final = 8
_MOST_THINGS: Final = 64
"""More than this is not worth reading before it is known to be needed."""


class Past(NamedTuple):
    """What was told of a material lot: events, of its uses only those dated ahead of their record.

    ``uses`` since then, by id: one dated ahead would be among them. Of a lot that nobody received or mixed
    (not ``is_defined``) its first use is told, too; one of those since then may have come before.
    """

    events: tuple[Event, ...]
    uses: tuple[str, ...]
    is_defined: bool = True


class Hints:
    """Told from lines that are up to date; of everything else a walk has to ask the graph."""

    def __init__(self, book: Book, is_kept: Callable[[], bool]) -> None:
        self._book, self._is_kept = book, is_kept

    def is_plain(self, lot_id: str) -> bool:
        """Whether the lot's own events tell all of its units: no fact about one of them tells more."""
        if not self._is_kept():
            return False
        reading = Reading(self._book, frozenset())
        line = reading.lot(lot_id)
        if line is None or reading.stale:
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

    def registered(self, equipment_id: str) -> tuple[Event, ...] | None:
        """What registered a machine that no tool ever sat in; None when the graph has to be asked."""
        book = self._book
        if not book.is_defined or equipment_id in book.tooled or not self._is_kept():
            return None
        return tuple(book.registered.get(equipment_id, ()))

    def received(self, order_id: str) -> tuple[Event, ...] | None:
        """What was told of an order's receipt; None when the graph has to be asked."""
        line = self._book.others.get(("Order", order_id))
        if not isinstance(line, OrderLine) or self._book.is_stale(("Order", order_id)) or not self._is_kept():
            return None
        return line.received

    def past_of(self, material_lot_id: str) -> Past | None:
        """What was told of a material lot, without most of its uses; None when it is not known."""
        line = self._book.others.get(("MaterialLot", material_lot_id))
        since = self._book.pasts.since(material_lot_id)
        if not isinstance(line, MaterialLine) or since is None or not self._is_kept():
            return None
        if ("MaterialLot", material_lot_id) in self._book.being_read:
            return None
        return Past(line.past, since, line.is_defined)

    def ahead(self, label: str, key: str) -> Likely | None:
        """What a walk back from a unit or lot will most likely read; None of other things.

        It is only a guess: what is read in vain is not looked at, what is missing is read when needed.
        """
        lot_id = self._book.holder(key) if label == "Unit" else key if label == "Lot" else None
        lines = [] if lot_id is None else list(self._with_sources(lot_id))
        if not lines:
            return None
        substrates = dict.fromkeys(name for line in lines for name in (*line.substrates, *line.wafers))
        used = dict.fromkeys(use.material_lot for line in lines for use in line.uses)
        pasts = [past for name in used if (past := self.past_of(name)) is not None]
        return Likely(
            [key] if label == "Unit" else [],
            [line.lot_id for line in lines],
            list(substrates)[:_MOST_THINGS],
            [event_id for past in pasts if past.is_defined for event_id in past.uses][:_MOST_THINGS],
            [event_id for past in pasts if not past.is_defined for event_id in past.uses][:_MOST_THINGS],
        )

    def _with_sources(self, lot_id: str) -> Iterator[Line]:
        """A lot and those that it came from."""
        waiting, seen = [lot_id], {lot_id}
        while waiting and len(seen) <= _MOST_LOTS:
            line = self._book.lots.get(waiting.pop())
            if line is not None:
                yield line
                waiting += (parent for parent in line.parents if parent not in seen)
                seen.update(line.parents)
