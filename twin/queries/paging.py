"""Lists in slices: keyset pages of the graph or of what is already at hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from twin.errors import Refused
from twin.queries.cursors import Place, cursor_of, place_of
from twin.records.page import Page, PageInfo

T = TypeVar("T")

_CHUNK: Final = 500
_SCANNED_AT_MOST: Final = 50_000


def size(first: int | None, *, default: int = 50, most: int = 500) -> int:
    """How many rows were asked for.

    Raises:
        Refused: ``list.too_long`` for more than one answer may hold, ``list.bad_length`` below zero.
    """
    if first is None:
        return default
    if first > most:
        raise Refused(f"first is {first}; at most {most} are allowed.", code="list.too_long", field="first")
    if first < 0:
        raise Refused(f"first is {first}; 0 to {most} are allowed.", code="list.bad_length", field="first")
    return first


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A list in the graph: how to read on behind a place, where a row stands, what to keep, how many.

    ``keep`` decides what the statement cannot; then rows are scanned to be counted.
    """

    name: str
    fetch: Callable[[Place | None, int], Awaitable[list[T]]]
    place: Callable[[T], Place]
    count: Callable[[], Awaitable[int]]
    keep: Callable[[T], bool] | None = None


async def page(listing: Listing[T], first: int, after: str | None) -> Page[T]:
    """One slice of a list, and whether it goes on."""
    start = place_of(listing.name, after)
    found = await _read(listing, start, first + 1)
    count = listing.count if listing.keep is None else _counter(listing)
    return _page(listing.name, listing.place, found, first, count)


def sliced(
    name: str, rows: Sequence[T], place: Callable[[T], Place], first: int, after: str | None
) -> Page[T]:
    """One slice of rows that are at hand, sorted by their places."""
    start = place_of(name, after)
    rest = rows if start is None else [row for row in rows if _later(place(row), start)]

    async def count() -> int:
        return len(rows)

    return _page(name, place, list(rest[: first + 1]), first, count)


def _page(
    name: str,
    place: Callable[[T], Place],
    found: list[T],
    first: int,
    count: Callable[[], Awaitable[int]],
) -> Page[T]:
    nodes = tuple(found[:first])
    cursors = tuple(cursor_of(name, place(node)) for node in nodes)
    return Page(nodes, cursors, PageInfo(len(found) > first, cursors[-1] if cursors else None), count)


def _later(place: Place, start: Place) -> bool:
    try:
        return place > start
    except TypeError:
        raise Refused(
            "The cursor is none that this list gave out.", code="cursor.bad", field="after"
        ) from None


async def _read(listing: Listing[T], start: Place | None, wanted: int) -> list[T]:
    """Rows behind a place, scanning on until enough are kept."""
    if listing.keep is None:
        return await listing.fetch(start, wanted)
    kept: list[T] = []
    scanned = 0
    while len(kept) < wanted:
        chunk = await listing.fetch(start, _CHUNK)
        kept += [row for row in chunk if listing.keep(row)]
        scanned += len(chunk)
        if len(chunk) < _CHUNK:
            break
        if scanned >= _SCANNED_AT_MOST:
            raise Refused(
                "The filter keeps too little of too long a list; narrow it.", code="filter.too_broad"
            )
        start = listing.place(chunk[-1])
    return kept[:wanted]


def _counter(listing: Listing[T]) -> Callable[[], Awaitable[int]]:
    async def count() -> int:
        return len(await _read(listing, None, _SCANNED_AT_MOST))

    return count
