"""What was told of units and substrates, reading no event again that is known already.

Units that one event names together are asked of that event, not unit by unit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, LiteralString

from twin.events.event import Event
from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.queries.history import event_told

_FEWEST: Final = 2
"""Fewer units than this are looked up by their own names."""

_UNITS_AT_ONCE: Final = 5_000
"""So that the one row that answers stays small."""

_SUBSTRATES_AT_ONCE: Final = 1_000
_EVENTS_AT_ONCE: Final = 2_000
_STATEMENTS_AT_ONCE: Final = 4

OTHERS: Final[LiteralString] = """
    UNWIND $keys AS together
    MATCH (:Event {event_id: together})-[:ABOUT]->(unit:Unit)<-[:ABOUT]-(event:Event)
    WHERE event.event_id <> together
      AND event.occurred_at <= $as_of AND event.recorded_at <= $known_at
      AND (event.voided_at IS NULL OR event.voided_at > $known_at)
    WITH event, collect(DISTINCT unit.unit_id) AS keys
    RETURN collect([event.event_id, keys]) AS told
"""
"""Which further events name the units of these events: ids alone, since most are known already."""

NAMING: Final[LiteralString] = """
    UNWIND $keys AS key
    MATCH (:Substrate {substrate_id: key})<-[:ABOUT]-(event:Event)
    WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
      AND (event.voided_at IS NULL OR event.voided_at > $known_at)
    WITH event, collect(key) AS keys
    RETURN collect([event.event_id, keys]) AS told
"""
"""Which events name these substrates: the lot of a strip was told most of them, too."""

TOLD: Final[LiteralString] = """
    UNWIND $keys AS key
    MATCH (event:Event {event_id: key})
    WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
      AND (event.voided_at IS NULL OR event.voided_at > $known_at)
    RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                    event.occurred_at, event.recorded_at]) AS told
"""


def cohorts_of(
    units: Iterable[str], named_by: Mapping[str, str], known: Collection[str]
) -> dict[str, list[str]]:
    """Units by the event that led to them, where it is known and led to several."""
    cohorts: dict[str, list[str]] = {}
    for key in units:
        event_id = named_by.get(key)
        if event_id is not None:
            cohorts.setdefault(event_id, []).append(key)
    return {each: keys for each, keys in cohorts.items() if len(keys) >= _FEWEST and each in known}


async def unit_histories(
    graph: Graph, cohorts: Mapping[str, Sequence[str]], clocks: Clocks, known: Mapping[str, Event]
) -> dict[str, list[Event]]:
    """The counted events about each of these units in their order, asked by an event that names them.

    ``cohorts``: the units by such an event, which is among the ``known`` ones.
    """
    alone = {key: [known[event_id]] for event_id, keys in cohorts.items() for key in keys}
    return alone | await more_of_units(graph, cohorts, clocks, known)


async def more_of_units(
    graph: Graph, cohorts: Mapping[str, Sequence[str]], clocks: Clocks, known: Mapping[str, Event]
) -> dict[str, list[Event]]:
    """The same, only of the units that further events name."""
    others = await _naming(graph, OTHERS, _pieces(cohorts), clocks)
    if not others:
        return {}
    first = {key: event_id for event_id, keys in cohorts.items() for key in keys}
    found: dict[str, list[Event]] = {}
    for event_id, event in (await _told(graph, others, clocks, known)).items():
        for key in others[event_id]:
            if first.get(key, event_id) != event_id:
                found.setdefault(key, [known[first[key]]]).append(event)
    for events in found.values():
        events.sort(key=lambda event: event.order)
    return found


async def substrate_histories(
    graph: Graph, keys: Sequence[str], clocks: Clocks, known: Mapping[str, Event]
) -> dict[str, list[Event]]:
    """The counted events about each of these substrates in their order."""
    naming = await _naming(graph, NAMING, _cut(keys, _SUBSTRATES_AT_ONCE), clocks)
    found: dict[str, list[Event]] = {key: [] for key in keys}
    for event_id, event in (await _told(graph, naming, clocks, known)).items():
        for key in naming[event_id]:
            found[key].append(event)
    for events in found.values():
        events.sort(key=lambda event: event.order)
    return found


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


async def _naming(
    graph: Graph, statement: LiteralString, pieces: Iterable[list[str]], clocks: Clocks
) -> dict[str, set[str]]:
    """Which events name which of the things, by the event's id."""
    found: dict[str, set[str]] = {}
    for event_id, keys in await _answers(graph, statement, pieces, clocks):
        found.setdefault(event_id, set()).update(keys)
    return found


async def _told(
    graph: Graph, event_ids: Collection[str], clocks: Clocks, known: Mapping[str, Event]
) -> dict[str, Event]:
    """These events by id; only those are read that are not known."""
    told = {event_id: known[event_id] for event_id in event_ids if event_id in known}
    missing = [event_id for event_id in event_ids if event_id not in told]
    for each in await _answers(graph, TOLD, _cut(missing, _EVENTS_AT_ONCE), clocks):
        event = event_told(each)
        told[event.event_id] = event
    return told


async def _answers(
    graph: Graph, statement: LiteralString, pieces: Iterable[list[str]], clocks: Clocks
) -> list[Any]:
    """What is told of the keys of all pieces, in their order; the graph is asked about a few at a time."""
    door = asyncio.Semaphore(_STATEMENTS_AT_ONCE)

    async def read(piece: list[str]) -> list[dict[str, Any]]:
        async with door:
            return await graph.read(statement, keys=piece, as_of=clocks.latest, known_at=clocks.learned)

    answers = await asyncio.gather(*(read(piece) for piece in pieces))
    return [told for rows in answers for row in rows for told in row["told"]]


def _cut(keys: Sequence[str], most: int) -> Iterable[list[str]]:
    return (list(keys[start : start + most]) for start in range(0, len(keys), most))
