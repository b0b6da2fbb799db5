"""What else was told of units that one event names together: asked of that event, not unit by unit."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, LiteralString

from twin.events.event import Event
from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.queries.history import event_told

FEWEST: Final = 2
"""Fewer units than this are looked up by their own names."""

_UNITS_AT_ONCE: Final = 5_000
"""So that the one row that answers stays small."""

_EVENTS_AT_ONCE: Final = 2_000

OTHERS: Final[LiteralString] = """
    UNWIND $event_ids AS together
    MATCH (:Event {event_id: together})-[:ABOUT]->(unit:Unit)<-[:ABOUT]-(event:Event)
    WHERE event.event_id <> together
      AND event.occurred_at <= $as_of AND event.recorded_at <= $known_at
      AND (event.voided_at IS NULL OR event.voided_at > $known_at)
    WITH event, collect(DISTINCT unit.unit_id) AS keys
    RETURN collect([event.event_id, keys]) AS told
"""
"""Which further events name the units of these events: ids alone, since most are known already."""

TOLD: Final[LiteralString] = """
    UNWIND $event_ids AS event_id
    MATCH (event:Event {event_id: event_id})
    WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
      AND (event.voided_at IS NULL OR event.voided_at > $known_at)
    RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                    event.occurred_at, event.recorded_at]) AS told
"""


async def cohort_histories(
    graph: Graph, cohorts: Mapping[str, Sequence[str]], clocks: Clocks, known: Mapping[str, Event]
) -> dict[str, list[Event]]:
    """The counted events about each of these units in their order, asked by an event that names them.

    ``cohorts``: the units by such an event, which is among the ``known`` ones; these are not read again.
    """
    others: dict[str, set[str]] = {}
    for answer in await asyncio.gather(*(_others(graph, piece, clocks) for piece in _pieces(cohorts))):
        for event_id, keys in answer:
            others.setdefault(event_id, set()).update(keys)
    missing = [event_id for event_id in others if event_id not in known]
    pieces = (missing[start : start + _EVENTS_AT_ONCE] for start in range(0, len(missing), _EVENTS_AT_ONCE))
    told = {event_id: known[event_id] for event_id in others if event_id in known}
    for events in await asyncio.gather(*(_told(graph, piece, clocks) for piece in pieces)):
        told.update((event.event_id, event) for event in events)
    found = {key: [known[event_id]] for event_id, keys in cohorts.items() for key in keys}
    _add(found, others, told)
    return found


def _add(
    found: dict[str, list[Event]], others: Mapping[str, Collection[str]], told: Mapping[str, Event]
) -> None:
    """Put further events into the histories of the units that they name."""
    grown: set[str] = set()
    for event_id, event in told.items():
        for key in others[event_id]:
            events = found.get(key)
            if events is not None and events[0].event_id != event_id:
                events.append(event)
                grown.add(key)
    for key in grown:
        found[key].sort(key=lambda event: event.order)


def _pieces(cohorts: Mapping[str, Sequence[str]]) -> Iterable[list[str]]:
    """The events, so many at a time that they name a bounded number of units."""
    piece: list[str] = []
    size = 0
    for event_id, keys in cohorts.items():
        if piece and size + len(keys) > _UNITS_AT_ONCE:
            yield piece
            piece, size = [], 0
        piece.append(event_id)
        size += len(keys)
    if piece:
        yield piece


async def _others(graph: Graph, event_ids: list[str], clocks: Clocks) -> list[tuple[str, list[str]]]:
    rows = await graph.read(OTHERS, event_ids=event_ids, as_of=clocks.latest, known_at=clocks.learned)
    return [(told[0], told[1]) for row in rows for told in row["told"]]


async def _told(graph: Graph, event_ids: list[str], clocks: Clocks) -> list[Event]:
    rows = await graph.read(TOLD, event_ids=event_ids, as_of=clocks.latest, known_at=clocks.learned)
    return [event_told(told) for row in rows for told in row["told"]]
