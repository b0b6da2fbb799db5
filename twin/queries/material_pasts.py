"""What was told of material lots but who used them: that may be tens of thousands of facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, LiteralString

from twin.events.event import Event
from twin.folds.clock import TOLERANCE_MS
from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.queries.history import event_told

_EVENTS_AT_ONCE: Final = 2_000

AHEAD: Final[LiteralString] = """
    UNWIND $keys AS key
    MATCH (:MaterialLot {material_lot_id: key})<-[:ABOUT]-(event:Event {type: 'MaterialConsumed'})
    WHERE event.occurred_at > event.recorded_at + $tolerance
      AND event.occurred_at <= $as_of AND event.recorded_at <= $known_at
      AND (event.voided_at IS NULL OR event.voided_at > $known_at)
    RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                    event.occurred_at, event.recorded_at]) AS told
"""
"""Uses dated after their record: a finding about the material lot, whoever used it."""


PAST: Final[LiteralString] = """
    UNWIND $event_ids AS event_id
    MATCH (event:Event {event_id: event_id})
    WHERE (event.type <> 'MaterialConsumed' OR event.occurred_at > event.recorded_at + $tolerance)
      AND event.occurred_at <= $as_of AND event.recorded_at <= $known_at
      AND (event.voided_at IS NULL OR event.voided_at > $known_at)
    RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                    event.occurred_at, event.recorded_at]) AS told
"""
"""What is known by id to be about a material lot, of its uses only those dated after their record."""


ALIASES: Final[LiteralString] = """
    MATCH (event:Event {type: 'MaterialDefined'})
    WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
      AND (event.voided_at IS NULL OR event.voided_at > $known_at)
    RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                    event.occurred_at, event.recorded_at]) AS told
"""


async def aliases(graph: Graph, clocks: Clocks) -> tuple[Event, ...]:
    """Every counted event that defines a material, and under which further names."""
    rows = await graph.read(ALIASES, as_of=clocks.latest, known_at=clocks.learned)
    return tuple(event_told(told) for row in rows for told in row["told"])


async def uses_ahead(graph: Graph, keys: Sequence[str], clocks: Clocks) -> list[Event]:
    """The uses of material lots that cannot have happened yet when they were recorded."""
    if not keys:
        return []
    rows = await graph.read(
        AHEAD, keys=keys, tolerance=TOLERANCE_MS, as_of=clocks.latest, known_at=clocks.learned
    )
    return [event_told(told) for row in rows for told in row["told"]]


async def pasts_by_id(graph: Graph, event_ids: Sequence[str], clocks: Clocks) -> list[Event]:
    """The counted ones of these events, of uses only those dated ahead of their record."""
    found: list[Event] = []
    for start in range(0, len(event_ids), _EVENTS_AT_ONCE):
        rows = await graph.read(
            PAST,
            event_ids=list(event_ids[start : start + _EVENTS_AT_ONCE]),
            tolerance=TOLERANCE_MS,
            as_of=clocks.latest,
            known_at=clocks.learned,
        )
        found += (event_told(told) for row in rows for told in row["told"])
    return found
