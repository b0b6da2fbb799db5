"""Facts about what is packed in what, and what left in which shipment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, LiteralString

from twin.events.event import Event
from twin.events.packing import Packed, Shipped
from twin.projection.projection import Projection, Row, fact_row

PACK_LOT: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (part:Lot {lot_id: row.source})
    MATCH (box:Container {container_id: row.target})
    CREATE (part)-[packed:PACKED_IN]->(box)
    SET packed = row.fact
"""

PACK_UNIT: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (part:Unit {unit_id: row.source})
    MATCH (box:Container {container_id: row.target})
    CREATE (part)-[packed:PACKED_IN]->(box)
    SET packed = row.fact
"""

PACK_CONTAINER: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (part:Container {container_id: row.source})
    MATCH (box:Container {container_id: row.target})
    CREATE (part)-[packed:PACKED_IN]->(box)
    SET packed = row.fact
"""

VOID_PACKED: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (:Event {event_id: row.event_id})-[:ABOUT]->(box:Container)
    MATCH (box)<-[packed:PACKED_IN]-()
    WHERE packed.event_id = row.event_id
    SET packed.voided_at = row.voided_at
"""

SHIP_LOT: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (part:Lot {lot_id: row.source})
    MATCH (shipment:Shipment {shipment_id: row.target})
    CREATE (part)-[shipped:SHIPPED_IN]->(shipment)
    SET shipped = row.fact
"""

SHIP_UNIT: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (part:Unit {unit_id: row.source})
    MATCH (shipment:Shipment {shipment_id: row.target})
    CREATE (part)-[shipped:SHIPPED_IN]->(shipment)
    SET shipped = row.fact
"""

SHIP_CONTAINER: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (part:Container {container_id: row.source})
    MATCH (shipment:Shipment {shipment_id: row.target})
    CREATE (part)-[shipped:SHIPPED_IN]->(shipment)
    SET shipped = row.fact
"""

VOID_SHIPPED: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (:Event {event_id: row.event_id})-[:ABOUT]->(shipment:Shipment)
    MATCH (shipment)<-[shipped:SHIPPED_IN]-()
    WHERE shipped.event_id = row.event_id
    SET shipped.voided_at = row.voided_at
"""


def _contents(field: str) -> Callable[[Event], Iterator[Row]]:
    def rows(event: Event) -> Iterator[Row]:
        fact = event.fact
        assert isinstance(fact, Packed | Shipped)  # noqa: S101 - narrows the type
        target = fact.container_id if isinstance(fact, Packed) else fact.shipment_id
        for line, part in enumerate(fact.contents):
            if (source := getattr(part, field)) is not None:
                told = {"quantity": 1 if field == "unit_id" else part.quantity, "line": line}
                yield fact_row(event, {"source": source, "target": target}, told)

    return rows


PROJECTIONS: Final = (
    Projection(Packed, "PACKED_IN", PACK_LOT, VOID_PACKED, _contents("lot_id")),
    Projection(Packed, "PACKED_IN", PACK_UNIT, VOID_PACKED, _contents("unit_id")),
    Projection(Packed, "PACKED_IN", PACK_CONTAINER, VOID_PACKED, _contents("container_id")),
    Projection(Shipped, "SHIPPED_IN", SHIP_LOT, VOID_SHIPPED, _contents("lot_id")),
    Projection(Shipped, "SHIPPED_IN", SHIP_UNIT, VOID_SHIPPED, _contents("unit_id")),
    Projection(Shipped, "SHIPPED_IN", SHIP_CONTAINER, VOID_SHIPPED, _contents("container_id")),
)
"""The facts of packing and shipping."""
