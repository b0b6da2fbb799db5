"""The book as the graph holds it: read in pages of bounded size, folded beside the loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import aclosing
from typing import Final, LiteralString, TypeAlias

from twin.errors import TwinError
from twin.events.codec import fact_of
from twin.events.correction import EventVoided
from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.naming import named
from twin.graph.session import Graph
from twin.queries.clocks import LIVE
from twin.queries.history import event_told, histories
from twin.queries.index.book import LABELS, Book, Name
from twin.stream.change_feed import ChangedEvent

_PAGE: Final = 1_000
_AT_ONCE: Final = 250
_CUT_THINGS: Final = 256
"""A change that names so many things may name more."""

_Piece: TypeAlias = tuple[str, dict[str, list[Event]]]
"""A label, and the events of some of its things."""

DEFINITIONS: Final[LiteralString] = """
    MATCH (event:Event {type: 'MaterialDefined'})
    WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
      AND (event.voided_at IS NULL OR event.voided_at > $known_at)
    RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                    event.occurred_at, event.recorded_at]) AS told
    UNION ALL
    MATCH (event:Event {type: 'EquipmentRegistered'})
    WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
      AND (event.voided_at IS NULL OR event.voided_at > $known_at)
    RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                    event.occurred_at, event.recorded_at]) AS told
"""

KEYS: Final[dict[str, LiteralString]] = {
    "Lot": """
        MATCH (thing:Lot) WHERE thing.lot_id > $after
        RETURN thing.lot_id AS key ORDER BY key LIMIT $page
    """,
    "MaterialLot": """
        MATCH (thing:MaterialLot) WHERE thing.material_lot_id > $after
        RETURN thing.material_lot_id AS key ORDER BY key LIMIT $page
    """,
    "Container": """
        MATCH (thing:Container) WHERE thing.container_id > $after
        RETURN thing.container_id AS key ORDER BY key LIMIT $page
    """,
    "Shipment": """
        MATCH (thing:Shipment) WHERE thing.shipment_id > $after
        RETURN thing.shipment_id AS key ORDER BY key LIMIT $page
    """,
    "Order": """
        MATCH (thing:Order) WHERE thing.order_id > $after
        RETURN thing.order_id AS key ORDER BY key LIMIT $page
    """,
    "Tool": """
        MATCH (thing:Tool) WHERE thing.tool_id > $after
        RETURN thing.tool_id AS key ORDER BY key LIMIT $page
    """,
}
"""Label to the statement that lists its things, a page at a time."""


EVENT: Final[LiteralString] = """
    MATCH (event:Event {event_id: $event_id}) RETURN event.type AS type, event.data AS data
"""


class TooLarge(TwinError):
    """The index would take more memory than it is given."""

    code = "index.too_large"


async def definitions(graph: Graph) -> list[Event]:
    """Every counted event that defines a material or registers a machine."""
    rows = await graph.read(DEFINITIONS, as_of=LIVE.latest, known_at=LIVE.learned)
    return [event_told(told) for row in rows for told in row["told"]]


async def book_of(graph: Graph, most_bytes: int) -> Book:
    """Everything that the graph holds now.

    Raises:
        TooLarge: it is more than may be kept.
    """
    book = Book()
    book.take_definitions(await definitions(graph))
    async with aclosing(_ahead(_everything(graph))) as pieces:
        async for label, told in pieces:
            await asyncio.to_thread(enter, book, label, told)
            if book.size_bytes > most_bytes:
                raise TooLarge(f"the lineage index takes more than {most_bytes >> 20} MB")
    return book


async def all_things(graph: Graph, event: ChangedEvent) -> Iterable[Name]:
    """All things that an event names; a change tells only the first ones."""
    if len(event.things) < _CUT_THINGS:
        return event.things
    fact = await _fact(graph, event.event_id)
    if isinstance(fact, EventVoided):
        fact = await _fact(graph, fact.voided_event_id)
    return event.things if fact is None else named(fact)


async def _fact(graph: Graph, event_id: str) -> Fact | None:
    rows = await graph.read(EVENT, event_id=event_id)
    return fact_of(rows[0]["type"], rows[0]["data"]) if rows else None


def enter(book: Book, label: str, told: Mapping[str, list[Event]]) -> None:
    """Replace the lines of things by what their events tell."""
    for key, events in told.items():
        book.put(label, key, events)


async def _everything(graph: Graph) -> AsyncGenerator[_Piece, None]:
    for label in LABELS:
        async for keys in _pages(graph, label):
            for start in range(0, len(keys), _AT_ONCE):
                yield label, await histories(graph, label, keys[start : start + _AT_ONCE], LIVE)


async def _ahead(pieces: AsyncGenerator[_Piece, None]) -> AsyncGenerator[_Piece, None]:
    """The same pieces; while one is worked on, the graph is asked for the next one."""

    async def following() -> _Piece | None:
        return await anext(pieces, None)

    coming = asyncio.create_task(following())
    try:
        while (piece := await coming) is not None:
            coming = asyncio.create_task(following())
            yield piece
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await pieces.aclose()


async def _pages(graph: Graph, label: str) -> AsyncIterator[list[str]]:
    after = ""
    while True:
        rows = await graph.read(KEYS[label], after=after, page=_PAGE)
        keys = [row["key"] for row in rows]
        if keys:
            yield keys
        if len(keys) < _PAGE:
            return
        after = keys[-1]
