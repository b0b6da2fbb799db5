"""What was told of material lots but who used them: that may be tens of thousands of facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, LiteralString

from twin.events.event import Event
from twin.folds.clock import TOLERANCE_MS
from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.queries.history import event_told

_KEYS_AT_ONCE: Final = 250
_EVENTS_AT_ONCE: Final = 2_000
HOWEVER_EARLY: Final = -(2**61)
"""In place of a tolerance: every use counts as dated ahead."""

PASTS: Final[LiteralString] = """
    UNWIND $keys AS key
    MATCH (:MaterialLot {material_lot_id: key})<-[:ABOUT]-(used:Event)
    WHERE used.occurred_at <= $as_of AND used.recorded_at <= $known_at
      AND (used.voided_at IS NULL OR used.voided_at > $known_at)
    WITH key, min(CASE WHEN used.type = 'MaterialConsumed' THEN used.occurred_at END) AS first_at
    MATCH (:MaterialLot {material_lot_id: key})<-[:ABOUT]-(event:Event)
    WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
      AND (event.voided_at IS NULL OR event.voided_at > $known_at)
      AND (event.type <> 'MaterialConsumed' OR event.occurred_at = first_at
           OR event.occurred_at > event.recorded_at + $tolerance)
    RETURN key, collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                         event.occurred_at, event.recorded_at]) AS told
"""
"""Of the uses the first, which a finding names where nobody received the lot, and those dated ahead."""


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


async def pasts(graph: Graph, keys: Sequence[str], clocks: Clocks) -> dict[str, list[Event]]:
    """What was told of material lots; of their uses the first, and those dated after their record."""
    found: dict[str, list[Event]] = {key: [] for key in keys}
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        rows = await graph.read(
            PASTS,
            keys=list(keys[start : start + _KEYS_AT_ONCE]),
            tolerance=TOLERANCE_MS,
            as_of=clocks.latest,
            known_at=clocks.learned,
        )
        found.update((row["key"], [event_told(told) for told in row["told"]]) for row in rows)
    return found


async def pasts_by_id(
    graph: Graph, event_ids: Sequence[str], clocks: Clocks, *, tolerance: int = TOLERANCE_MS
) -> list[Event]:
    """The counted ones of these events, of uses only those dated ahead of their record."""
    found: list[Event] = []
    for start in range(0, len(event_ids), _EVENTS_AT_ONCE):
        rows = await graph.read(
            PAST,
            event_ids=list(event_ids[start : start + _EVENTS_AT_ONCE]),
            tolerance=tolerance,
            as_of=clocks.latest,
            known_at=clocks.learned,
        )
        found += (event_told(told) for row in rows for told in row["told"])
    return found
