"""Lines read anew from the graph."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final

from twin.events.event import Event
from twin.graph.session import Graph
from twin.queries.clocks import LIVE
from twin.queries.history import histories
from twin.queries.index.book import Book, Name
from twin.queries.index.snapshot import enter

_AT_ONCE: Final = 2
"""Lots take some 0.7 ms each."""


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
            await entered(book, label, told)
            absent |= {(label, key) for key, events in told.items() if not events}
    except BaseException:
        book.stays_unread(names)
        raise
    book.has_read(names)
    return absent


async def entered(book: Book, label: str, told: Mapping[str, list[Event]]) -> None:
    """Replace lines a few at a time, so that others are not held up by hundreds of them."""
    rest = iter(told.items())
    while piece := dict(islice(rest, _AT_ONCE)):
        enter(book, label, piece)
        await asyncio.sleep(0)
