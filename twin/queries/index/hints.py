"""What the index spares a walk: units that go with their lot, empty uses, reads one by one."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from twin.events.event import Event
from twin.queries.ahead import Likely, LikelyForward
from twin.queries.index.book import Book
from twin.queries.index.line import BoxLine, Line, MaterialLine, OrderLine
from twin.vocabulary.things import ThingKind

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

    def is_plain(self, lot_id: str, known: Container[str] = ()) -> bool:
        """Whether the lot's own events tell all of its units: no fact about one of them tells more.

        ``known``: lots that are, and need no second look.
        """
        book, waiting, seen = self._book, [lot_id], {lot_id}
        if not self._is_kept():
            return False
        while waiting:
            each = waiting.pop()
            line = book.lots.get(each)
            if line is None or book.is_stale(("Lot", each)) or line.is_odd or each in book.foreign:
                return False
            waiting += (parent for parent in line.parents if parent not in seen and parent not in known)
            seen.update(line.parents)
        return True

    @property
    def aliases(self) -> tuple[Event, ...] | None:
        """Every event that defines a material; None when that has to be read anew."""
        return self._book.aliases if self._book.is_defined and self._is_kept() else None

    def registered(self, equipment_id: str, *, tools: bool = True) -> tuple[Event, ...] | None:
        """What registered a machine; None when the graph has to be asked.

        ``tools``: of a machine that some tool ever sat in, it has to be.
        """
        book = self._book
        if not book.is_defined or (tools and equipment_id in book.tooled) or not self._is_kept():
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

    def ahead_forward(self, label: str, key: str) -> LikelyForward | None:
        """The same of a walk forward from a lot or material lot; None where that would be too much."""
        begin = self._users(key) if label == "MaterialLot" else (key,) if label == "Lot" else ()
        lots = self._downstream(begin)
        if not lots:
            return None
        lines = [line for lot_id in lots if (line := self._book.lots.get(lot_id)) is not None]
        into = [use for line in lines for use in line.used]
        boxes = dict.fromkeys(use.user_key for use in into if use.kind is ThingKind.CONTAINER)
        shipments = dict.fromkeys(use.user_key for use in into if use.kind is ThingKind.SHIPMENT)
        for box in boxes:
            held = self._book.others.get(("Container", box))
            if isinstance(held, BoxLine):
                shipments.update(dict.fromkeys(name for _, name in held.shipped))
        return LikelyForward(
            lots,
            [key] if label == "MaterialLot" else [],
            [name for line in lines for name in line.substrates][:_MOST_THINGS],
            list(boxes)[:_MOST_THINGS],
            list(shipments)[:_MOST_THINGS],
        )

    def _users(self, material_lot_id: str) -> Sequence[str]:
        """The lots that used a material lot, and where they went; none when they are many."""
        line = self._book.others.get(("MaterialLot", material_lot_id))
        if not isinstance(line, MaterialLine) or len(line.lots) > _MOST_THINGS:
            return ()
        return line.lots

    def _downstream(self, lots: Iterable[str]) -> list[str]:
        """Lots of the book and those that units of them went to; not all when they are many."""
        found = dict.fromkeys(lot_id for lot_id in lots if lot_id in self._book.lots)
        waiting = list(found)
        while waiting and len(found) <= _MOST_THINGS:
            children = [each for each in self._book.children.get(waiting.pop(), ()) if each not in found]
            found.update(dict.fromkeys(children))
            waiting += children
        return list(found)

    def _with_sources(self, lot_id: str) -> Iterator[Line]:
        """A lot and those that it came from."""
        waiting, seen = [lot_id], {lot_id}
        while waiting and len(seen) <= _MOST_LOTS:
            line = self._book.lots.get(waiting.pop())
            if line is not None:
                yield line
                waiting += (parent for parent in line.parents if parent not in seen)
                seen.update(line.parents)
