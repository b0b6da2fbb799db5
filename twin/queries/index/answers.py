"""Answers that hold for as long as nothing changes that they were read from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from twin.queries.index.book import LABELS, Book, Name
from twin.queries.index.changes import Changes, Read
from twin.queries.index.clues import Clues
from twin.queries.index.units import AffectedUnits
from twin.records.recall import Exposure, RecallScope

_MOST_BYTES: Final = 16 << 20
_NEVER: Final = -1
"""What defines materials and machines is being read anew: an answer of that moment is not kept."""

_READ: Final = frozenset({*LABELS, "Equipment", "Operator", "RecipeVersion"})


@dataclass(frozen=True, slots=True)
class Moment:
    """How much of a book was heard: its changes, definitions, and lots that share units."""

    changes: int
    defining: int
    foreign: int


@dataclass(slots=True)
class Kept:
    """An answer, what it was read from, and until when that is known to be unchanged."""

    exposure: Exposure
    read: Read
    since: Moment
    size_bytes: int


class Answers:
    """The last answers from a book; each is given again until something changes that it was read from."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._changes = Changes()
        self._kept: dict[RecallScope, Kept] = {}
        self.size_bytes = 0

    def hear(self, things: Iterable[Name]) -> None:
        """A new or voided event names things."""
        self._changes.note(name for name in things if name[0] in _READ)

    def now(self) -> Moment:
        """How much of the book was heard."""
        book = self._book
        return Moment(self._changes.now(), book.defining if book.is_defined else _NEVER, len(book.foreign))

    def keep(self, scope: RecallScope, exposure: Exposure, read: Read, since: Moment) -> None:
        """Remember an answer whose reading began at a moment; the least lately asked ones make room."""
        self._drop(scope)
        size = 4_000 + 1_000 * len(exposure.lots) + 150 * sum(map(len, read.values()))
        size += exposure.units.size_bytes if isinstance(exposure.units, AffectedUnits) else 0
        if size > _MOST_BYTES:
            return
        self._kept[scope] = Kept(_untouched(exposure), read, since, size)
        self.size_bytes += size
        while self.size_bytes > _MOST_BYTES:
            self._drop(next(iter(self._kept)))

    def again(self, scope: RecallScope) -> Exposure | None:
        """The answer to the same question, if it still holds."""
        kept = self._kept.get(scope)
        if kept is None:
            return None
        if not self._holds(kept):
            self._drop(scope)
            return None
        self._kept[scope] = self._kept.pop(scope)
        return _untouched(kept.exposure)

    def tidy(self) -> None:
        """Let go of answers that do not hold any more, and of changes that no answer waits for."""
        for scope in [each for each, kept in self._kept.items() if not self._holds(kept)]:
            self._drop(scope)
        self._changes.forget()
        for kept in self._kept.values():
            kept.since = self.now()

    def _holds(self, kept: Kept) -> bool:
        """Whether nothing changed that it was read from; then it is known for now, too."""
        book, since = self._book, kept.since
        if since.defining != (book.defining if book.is_defined else None):
            return False
        if self._changes.touch(kept.read, since.changes):
            return False
        if since.foreign != len(book.foreign) and not book.foreign.isdisjoint(kept.read.get("Lot", ())):
            return False
        kept.since = self.now()
        return True

    def _drop(self, scope: RecallScope) -> None:
        kept = self._kept.pop(scope, None)
        if kept is not None:
            self.size_bytes -= kept.size_bytes


def _untouched(exposure: Exposure) -> Exposure:
    """The same answer; what somebody lays out of it, units and evidence, goes with that somebody."""
    units, witness = exposure.units, exposure.witness
    return replace(
        exposure,
        units=units.again() if isinstance(units, AffectedUnits) else units,
        witness=witness.again() if isinstance(witness, Clues) else witness,
    )
