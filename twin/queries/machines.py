"""What was told of machines themselves, and of what sat in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, LiteralString

from twin.events.event import Event
from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.queries.history import event_told

MACHINES: Final[LiteralString] = """
    UNWIND $types AS type
    MATCH (event:Event {type: type})
    WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
      AND (event.voided_at IS NULL OR event.voided_at > $known_at)
    WITH DISTINCT event
    MATCH (event)-[:ABOUT]->(machine:Equipment)
    WHERE machine.equipment_id IN $keys
    RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                    event.occurred_at, event.recorded_at]) AS told
"""
"""By type: a machine names all that it ever did, and little of that is about itself or its tools.

In two steps, or Neo4j begins with the machines after all.
"""


async def machine_events(
    graph: Graph, machines: Collection[str], types: Sequence[str], clocks: Clocks
) -> list[Event]:
    """The counted events of some types about machines."""
    if not machines:
        return []
    rows = await graph.read(
        MACHINES,
        keys=sorted(machines),
        types=list(types),
        as_of=clocks.latest,
        known_at=clocks.learned,
    )
    return [event_told(told) for row in rows for told in row["told"]]
