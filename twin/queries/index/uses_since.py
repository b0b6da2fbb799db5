"""What a thing went into, told by its line and the uses heard since, without reading all of them anew."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter

from twin.events.event import Event
from twin.graph.session import Graph
from twin.queries.clocks import LIVE
from twin.queries.index.book import Book, Name
from twin.queries.index.line import MaterialLine
from twin.queries.index.lot_lines import used_by
from twin.queries.material_pasts import HOWEVER_EARLY, pasts_by_id
from twin.records.material import Use
from twin.vocabulary.things import Thing, ThingKind

_at = attrgetter("at")


async def used_now(graph: Graph, book: Book, name: Name) -> tuple[Use, ...] | None:
    """All uses, the earliest first; None of a stranger, or when the line has to be read anew."""
    if not book.is_stale(name):
        return book.used(name)
    line, since = book.others.get(name), _since(book, name)
    if not isinstance(line, MaterialLine) or since is None:
        return None
    told = await pasts_by_id(graph, since, LIVE, tolerance=HOWEVER_EARLY)
    if book.others.get(name) is not line or _since(book, name) != since:
        return None
    return _merged(line.used, Thing(ThingKind.MATERIAL_LOT, name[1]), told)


def _since(book: Book, name: Name) -> tuple[str, ...] | None:
    """The uses of a material lot that its line does not tell, where that is all that it does not tell."""
    if name[0] != "MaterialLot" or name in book.being_read:
        return None
    return book.pasts.since(name[1])


def _merged(before: tuple[Use, ...], thing: Thing, told: Sequence[Event]) -> tuple[Use, ...] | None:
    """Both in their order; None where it cannot be told, since two happened at one moment."""
    found = list(before)
    for event in sorted(told, key=lambda event: event.order):
        place = bisect_left(before, event.occurred_at, key=_at)
        if place < len(before) and before[place].at == event.occurred_at:
            return None
        found += used_by(thing, [event])
    return tuple(sorted(found, key=_at))
