"""What plain facts say of a material lot, beside the recall's own way: the measure of a drill."""

from __future__ import annotations

from typing import Final, LiteralString

from twin.graph.session import Graph
from twin.vocabulary.things import Thing, ThingKind

_CHOSEN_FROM: Final = 1_000

CANDIDATES: Final[LiteralString] = """
    MATCH (material:MaterialLot)<-[used:CONSUMED]-(:Lot) WHERE used.voided_at IS NULL
    RETURN DISTINCT material.material_lot_id AS key LIMIT $most
"""
USERS: Final[LiteralString] = """
    MATCH (:MaterialLot {material_lot_id: $key})<-[used:CONSUMED]-(lot:Lot)
    WHERE used.voided_at IS NULL AND lot.quantity > 0
    RETURN DISTINCT lot.lot_id AS key
"""
CHILDREN: Final[LiteralString] = """
    MATCH (:MaterialLot {material_lot_id: $key})<-[used:CONSUMED]-(lot:Lot) WHERE used.voided_at IS NULL
    MATCH (lot)-[derived:DERIVED_INTO]->(child:Lot)
    WHERE derived.voided_at IS NULL AND derived.occurred_at > used.occurred_at AND child.quantity > 0
    RETURN DISTINCT child.lot_id AS key
"""
SHIPMENTS: Final[LiteralString] = """
    MATCH (:MaterialLot {material_lot_id: $key})<-[used:CONSUMED]-(lot:Lot) WHERE used.voided_at IS NULL
    MATCH (lot)-[shipped:SHIPPED_IN]->(shipment:Shipment)
    WHERE shipped.voided_at IS NULL AND shipped.occurred_at > used.occurred_at
    RETURN DISTINCT shipment.shipment_id AS key
"""


async def used_material_lots(graph: Graph) -> list[str]:
    """Material lots that lots have used, in the order of their names, at most a thousand."""
    rows = await graph.read(CANDIDATES, most=_CHOSEN_FROM)
    return sorted(row["key"] for row in rows)


async def plainly_reached(graph: Graph, material_lot_id: str) -> set[Thing]:
    """Lots with units that used it, the lots split or merged from them later, and what shipped of them.

    Read from single relationships, without any arithmetic: a lot that strip or unit evidence clears is
    among them, so what is missing from an answer has to be looked at, and is not always a gap.
    """
    return {
        *await _named(graph, USERS, ThingKind.LOT, material_lot_id),
        *await _named(graph, CHILDREN, ThingKind.LOT, material_lot_id),
        *await _named(graph, SHIPMENTS, ThingKind.SHIPMENT, material_lot_id),
    }


async def _named(graph: Graph, statement: LiteralString, kind: ThingKind, key: str) -> set[Thing]:
    return {Thing(kind, row["key"]) for row in await graph.read(statement, key=key)}
