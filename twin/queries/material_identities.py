"""What material lots are: asked for without looking at the thousands of facts that used them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, LiteralString

from twin.events.event import Event
from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.queries.history import event_told

_KEYS_AT_ONCE: Final = 250

IDENTITIES: Final[LiteralString] = """
    UNWIND $keys AS key
    MATCH (:MaterialLot {material_lot_id: key})<-[:IDENTIFIES]-(event:Event)
    WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
      AND (event.voided_at IS NULL OR event.voided_at > $known_at)
    WITH event, collect(key) AS keys
    RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                    event.occurred_at, event.recorded_at, keys]) AS told
"""


async def identities(graph: Graph, keys: Iterable[str], clocks: Clocks) -> dict[str, list[Event]]:
    """Who received, mixed or thawed each of these material lots, in their order; of a stranger nobody."""
    found: dict[str, list[Event]] = {key: [] for key in keys}
    distinct = list(found)
    for start in range(0, len(distinct), _KEYS_AT_ONCE):
        asked = distinct[start : start + _KEYS_AT_ONCE]
        rows = await graph.read(IDENTITIES, keys=asked, as_of=clocks.latest, known_at=clocks.learned)
        for told in rows[0]["told"]:
            event = event_told(told)
            for key in told[-1]:
                found[key].append(event)
    for events in found.values():
        events.sort(key=lambda event: event.order)
    return found
