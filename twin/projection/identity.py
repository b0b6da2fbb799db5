"""Which events say what a material lot is: a few among the thousands that used it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, LiteralString

from twin.events.event import Event
from twin.events.material import MaterialLotReceived, MaterialMixed, MaterialThawed
from twin.events.naming import named
from twin.projection.projection import Projection, Row, fact_row

IDENTIFY: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (event:Event {event_id: row.source})
    MATCH (thing:MaterialLot {material_lot_id: row.target})
    CREATE (event)-[identifies:IDENTIFIES]->(thing)
    SET identifies = row.fact
"""

VOID_IDENTIFIED: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (:Event {event_id: row.event_id})-[identifies:IDENTIFIES]->(:MaterialLot)
    SET identifies.voided_at = row.voided_at
"""


def identified(event: Event) -> Iterator[Row]:
    """A row for each material lot that the event names."""
    for label, key in named(event.fact):
        if label == "MaterialLot":
            yield fact_row(event, {"source": event.event_id, "target": key}, {})


IDENTIFYING: Final = (MaterialLotReceived, MaterialMixed, MaterialThawed)
"""Who made a material lot, of what, and how long it keeps."""

PROJECTIONS: Final = tuple(
    Projection(fact, "IDENTIFIES", IDENTIFY, VOID_IDENTIFIED, identified) for fact in IDENTIFYING
)
"""The facts that say what a material lot is."""
