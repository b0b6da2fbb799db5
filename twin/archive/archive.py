"""The archive of one outbox: a chain of sealed segments, of which the last one grows the next."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from twin.archive.lines import Row
from twin.archive.segment import Sealed, SegmentBroken, check, opened, rows_of, sync_folder, write
from twin.errors import TwinError

LOG: Final = logging.getLogger(__name__)

_SUFFIX: Final = ".zst"
_LOCK: Final = "lock"


class ArchiveInUse(TwinError):
    """Another process writes this archive."""

    code = "archive.in_use"


class Place(NamedTuple):
    """A segment as its name tells it: its number in the chain and the first place that it covers."""

    number: int
    first: int
    path: Path


class Archive:
    """Segments of one outbox in a folder of its name; any process reads them, one at a time writes."""

    def __init__(self, folder: Path, outbox: str) -> None:
        self.folder, self.outbox = folder / outbox, outbox
        self._last: Sealed | None = None
        self._lock: int | None = None

    @property
    def last(self) -> int:
        """The last place that is archived, as this writer knows it."""
        return self._last.index.last if self._last else 0

    def places(self) -> list[Place]:
        """Every segment by name, in the order of the chain."""
        return sorted(_place(path) for path in self.folder.glob(f"*-*{_SUFFIX}"))

    def open_to_write(self, trimmed: int) -> None:
        """Become the writer; a last segment that a crash tore is discarded while its rows still wait.

        ``trimmed`` is the last place whose row the outbox no longer has.

        Raises:
            ArchiveInUse: another process is the writer.
            SegmentBroken: a segment is broken and cannot be written again.
            OSError: the folder cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        sync_folder(self.folder.parent)
        self._lock = _locked(self.folder / _LOCK)
        try:
            for left in self.folder.glob("*.part"):
                left.unlink()
            self._discard_torn(trimmed)
            self._last = self._linked(opened, trimmed)
        except BaseException:
            self.close()
            raise

    def append(self, rows: Iterable[Row]) -> Sealed:
        """Write the next segment; it counts, and is durable, when this returns.

        Raises:
            OSError: the disk is full or failing; the chain is as it was.
        """
        number = self._last.index.number + 1 if self._last else 1
        path = self.folder / f"{number:010}-{self.last + 1:016}{_SUFFIX}"
        self._last = write(path, self.outbox, number, self._last, rows)
        return self._last

    def rows(self, after: int) -> Iterator[Row]:
        """Every row after a place, in order.

        Raises:
            SegmentBroken: a segment on the way cannot be read; rows behind it can be, after its places.
        """
        for place in self.from_place(after + 1):
            yield from rows_of(place.path, opened(place.path), after)

    def from_place(self, first: int) -> list[Place]:
        """The segments that cover this place and those behind it."""
        places = self.places()
        past = sum(following.first <= first for following in places[1:])
        return places[past:]

    def after_broken(self, after: int) -> int | None:
        """The last place of the segment that holds the place after this one; None at the chain's end."""
        return next((place.first - 1 for place in self.places() if place.first > after + 1), None)

    def verify(self, trimmed: int = 0) -> int:
        """Hold every segment against its seal and against the one before; the last place archived.

        Raises:
            SegmentBroken: names the first one that is broken or missing.
        """
        last = self._linked(check, trimmed)
        return last.index.last if last else 0

    def close(self) -> None:
        """Let somebody else write."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _discard_torn(self, trimmed: int) -> None:
        places = self.places()
        if not places:
            return
        try:
            check(places[-1].path)
        except SegmentBroken as fault:
            if places[-1].first <= trimmed:
                raise
            LOG.warning("%s; it is written again from the outbox", fault.message)
            places[-1].path.unlink()
            sync_folder(self.folder)

    def _linked(self, look: _Look, trimmed: int) -> Sealed | None:
        former: Sealed | None = None
        places = self.places()
        for one, other in pairwise([Place(0, 1, self.folder), *places]):
            if other.number != one.number + 1:
                raise SegmentBroken(f"{self.outbox}: segment {one.number + 1} is missing")
        for place in places:
            sealed = look(place.path)
            if not _follows(sealed, former, place, self.outbox):
                raise SegmentBroken(
                    f"{self.outbox}/{place.path.name}: it does not follow the segment before it"
                )
            former = sealed
        if (end := former.index.last if former else 0) < trimmed:
            raise SegmentBroken(
                f"{self.outbox}: the archive ends at place {end}, but the outbox was trimmed up to {trimmed}"
            )
        return former


class _Look(Protocol):
    """How a segment is looked at: only its own words, or every byte."""

    def __call__(self, path: Path, /) -> Sealed: ...


def _follows(sealed: Sealed, former: Sealed | None, place: Place, outbox: str) -> bool:
    index = sealed.index
    wanted = ("", 1) if former is None else (former.seal, former.index.last + 1)
    named = (index.number, index.first, index.outbox) == (place.number, place.first, outbox)
    return named and (index.previous, index.first) == wanted


def _place(path: Path) -> Place:
    number, _, first = path.stem.partition("-")
    try:
        return Place(int(number), int(first), path)
    except ValueError:
        raise SegmentBroken(f"{path.parent.name}/{path.name}: no segment is named so") from None


def _locked(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise ArchiveInUse("another process writes this archive") from None
    return descriptor
