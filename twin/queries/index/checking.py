"""The index looked at against the graph: some lots are folded anew and must be the same."""

from __future__ import annotations

import random
from collections.abc import Mapping

from twin.events.event import Event
from twin.graph.session import Graph
from twin.queries.clocks import LIVE
from twin.queries.history import histories
from twin.queries.index.book import Book
from twin.queries.index.lot_lines import lot_line


class Mistaken(Exception):
    """The index holds something else than the graph; it is built anew."""


async def told_again(graph: Graph, book: Book, samples: int) -> dict[str, list[Event]]:
    """What the graph tells now of some lots of the book."""
    keys = random.sample(list(book.lots), min(samples, len(book.lots)))
    return await histories(graph, "Lot", keys, LIVE)


def compared(book: Book, told: Mapping[str, list[Event]]) -> int:
    """How many lots were compared: those that nothing is on its way of.

    Raises:
        Mistaken: one of them is kept otherwise than the graph tells.
    """
    sound = [key for key in told if ("Lot", key) not in book.dirty]
    for key in sound:
        if not told[key] or lot_line(key, told[key]) != book.lots[key]:
            raise Mistaken(f"lot {key} is not as the graph tells")
    return len(sound)
