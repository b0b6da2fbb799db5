"""Facts about where lots went, who supplied a material lot, and who ordered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, LiteralString

from twin.events.event import Event
from twin.events.lot import LotMoved
from twin.events.material import MaterialLotReceived, MaterialMoved
from twin.events.order import OrderReceived
from twin.projection.projection import Projection, Row, fact_row

MOVE_LOT: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (thing:Lot {lot_id: row.source})
    MERGE (place:Location {location_id: row.target})
    CREATE (thing)-[moved:MOVED_TO]->(place)
    SET moved = row.fact
"""

VOID_LOT_MOVED: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (:Event {event_id: row.event_id})-[:ABOUT]->(thing:Lot)
    MATCH (thing)-[moved:MOVED_TO]->(:Location)
    WHERE moved.event_id = row.event_id
    SET moved.voided_at = row.voided_at
"""

MOVE_MATERIAL: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (thing:MaterialLot {material_lot_id: row.source})
    MERGE (place:Location {location_id: row.target})
    CREATE (thing)-[moved:MOVED_TO]->(place)
    SET moved = row.fact
"""

VOID_MATERIAL_MOVED: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (:Event {event_id: row.event_id})-[:ABOUT]->(thing:MaterialLot)
    MATCH (thing)-[moved:MOVED_TO]->(:Location)
    WHERE moved.event_id = row.event_id
    SET moved.voided_at = row.voided_at
"""

SUPPLY: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (thing:MaterialLot {material_lot_id: row.source})
    MERGE (supplier:Supplier {supplier_id: row.target})
    CREATE (thing)-[supplied:SUPPLIED_BY]->(supplier)
    SET supplied = row.fact
"""

VOID_SUPPLIED: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (:Event {event_id: row.event_id})-[:ABOUT]->(thing:MaterialLot)
    MATCH (thing)-[supplied:SUPPLIED_BY]->(:Supplier)
    WHERE supplied.event_id = row.event_id
    SET supplied.voided_at = row.voided_at
"""

ORDER: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (asked:Order {order_id: row.source})
    MATCH (customer:Customer {customer_id: row.target})
    CREATE (asked)-[ordered:ORDERED_BY]->(customer)
    SET ordered = row.fact
"""

VOID_ORDERED: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (:Event {event_id: row.event_id})-[:ABOUT]->(asked:Order)
    MATCH (asked)-[ordered:ORDERED_BY]->(:Customer)
    WHERE ordered.event_id = row.event_id
    SET ordered.voided_at = row.voided_at
"""


def _lot_moved(event: Event) -> Iterator[Row]:
    fact = event.fact
    assert isinstance(fact, LotMoved)  # noqa: S101 - narrows the type
    yield fact_row(event, {"source": fact.lot_id, "target": fact.location_id}, {"quantity": fact.quantity})


def _material_moved(event: Event) -> Iterator[Row]:
    fact = event.fact
    assert isinstance(fact, MaterialMoved)  # noqa: S101 - narrows the type
    told = {"zone_event": None if fact.zone_event is None else fact.zone_event.value}
    yield fact_row(event, {"source": fact.material_lot_id, "target": fact.location_id}, told)


def _stored(event: Event) -> Iterator[Row]:
    fact = event.fact
    assert isinstance(fact, MaterialLotReceived)  # noqa: S101 - narrows the type
    if fact.location_id is not None:
        yield fact_row(event, {"source": fact.material_lot_id, "target": fact.location_id}, {})


def _supplied(event: Event) -> Iterator[Row]:
    fact = event.fact
    assert isinstance(fact, MaterialLotReceived)  # noqa: S101 - narrows the type
    if fact.supplier_id is not None:
        told = {"supplier_lot": fact.supplier_lot, "quantity": float(fact.quantity), "unit": fact.unit}
        yield fact_row(event, {"source": fact.material_lot_id, "target": fact.supplier_id}, told)


def _ordered(event: Event) -> Iterator[Row]:
    fact = event.fact
    assert isinstance(fact, OrderReceived)  # noqa: S101 - narrows the type
    yield fact_row(event, {"source": fact.order_id, "target": fact.customer_id}, {"quantity": fact.quantity})


PROJECTIONS: Final = (
    Projection(LotMoved, "MOVED_TO", MOVE_LOT, VOID_LOT_MOVED, _lot_moved),
    Projection(MaterialMoved, "MOVED_TO", MOVE_MATERIAL, VOID_MATERIAL_MOVED, _material_moved),
    Projection(MaterialLotReceived, "MOVED_TO", MOVE_MATERIAL, VOID_MATERIAL_MOVED, _stored),
    Projection(MaterialLotReceived, "SUPPLIED_BY", SUPPLY, VOID_SUPPLIED, _supplied),
    Projection(OrderReceived, "ORDERED_BY", ORDER, VOID_ORDERED, _ordered),
)
"""The facts of places, suppliers and customers."""
