"""Lines read anew from the graph."""

from __future__ import annotations

from collections.abc import Iterable

from twin.graph.session import Graph
from twin.queries.clocks import LIVE
from twin.queries.history import histories
from twin.queries.index.book import Book, Name
from twin.queries.index.snapshot import enter


async def refresh(graph: Graph, book: Book, names: Iterable[Name]) -> set[Name]:
    """Read things anew; those that no counted event names."""
    by_label: dict[str, list[str]] = {}
    names = list(names)
    for label, key in names:
        by_label.setdefault(label, []).append(key)
        book.is_read_anew((label, key))
    absent: set[Name] = set()
    try:
        for label, keys in by_label.items():
            told = await histories(graph, label, sorted(keys), LIVE)
            enter(book, label, told)
            absent |= {(label, key) for key, events in told.items() if not events}
    except BaseException:
        book.stays_unread(names)
        raise
    book.has_read(names)
    return absent
