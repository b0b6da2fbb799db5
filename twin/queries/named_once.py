"""Whether anything was told of a thing: one counted event that names it."""

from __future__ import annotations

from typing import Final, LiteralString

from twin.events.event import Event
from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.queries.history import event_told

NAMING: Final[dict[str, LiteralString]] = {
    "Equipment": """
        MATCH (:Equipment {equipment_id: $key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
        RETURN [event.event_id, event.type, event.data, event.source, event.source_sequence,
                event.occurred_at, event.recorded_at] AS told LIMIT 1
    """,
    "Operator": """
        MATCH (:Operator {operator_id: $key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
        RETURN [event.event_id, event.type, event.data, event.source, event.source_sequence,
                event.occurred_at, event.recorded_at] AS told LIMIT 1
    """,
    "Tool": """
        MATCH (:Tool {tool_id: $key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
        RETURN [event.event_id, event.type, event.data, event.source, event.source_sequence,
                event.occurred_at, event.recorded_at] AS told LIMIT 1
    """,
    "RecipeVersion": """
        MATCH (:RecipeVersion {recipe_version_id: $key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
        RETURN [event.event_id, event.type, event.data, event.source, event.source_sequence,
                event.occurred_at, event.recorded_at] AS told LIMIT 1
    """,
}
"""Label to the statement that finds one of the events about a thing: a machine has thousands."""


async def named_once(graph: Graph, label: str, key: str, clocks: Clocks) -> list[Event]:
    """One counted event that names a thing; none of a stranger."""
    rows = await graph.read(NAMING[label], key=key, as_of=clocks.latest, known_at=clocks.learned)
    return [event_told(row["told"]) for row in rows]
