"""Things whose names begin like a text, as somebody types what is on a label."""

from __future__ import annotations

from typing import Final, LiteralString

from twin.graph.session import Graph

STATEMENT: Final[LiteralString] = """
    MATCH (thing:Lot) WHERE thing.lot_id STARTS WITH $text
    RETURN 'LOT' AS kind, thing.lot_id AS key LIMIT $limit
    UNION ALL
    MATCH (thing:MaterialLot) WHERE thing.material_lot_id STARTS WITH $text
    RETURN 'MATERIAL_LOT' AS kind, thing.material_lot_id AS key LIMIT $limit
    UNION ALL
    MATCH (thing:Order) WHERE thing.order_id STARTS WITH $text
    RETURN 'ORDER' AS kind, thing.order_id AS key LIMIT $limit
    UNION ALL
    MATCH (thing:Equipment) WHERE thing.equipment_id STARTS WITH $text
    RETURN 'EQUIPMENT' AS kind, thing.equipment_id AS key LIMIT $limit
    UNION ALL
    MATCH (thing:Substrate) WHERE thing.substrate_id STARTS WITH $text
    RETURN 'SUBSTRATE' AS kind, thing.substrate_id AS key LIMIT $limit
    UNION ALL
    MATCH (thing:Unit) WHERE thing.unit_id STARTS WITH $text
    RETURN 'UNIT' AS kind, thing.unit_id AS key LIMIT $limit
    UNION ALL
    MATCH (thing:Container) WHERE thing.container_id STARTS WITH $text
    RETURN 'CONTAINER' AS kind, thing.container_id AS key LIMIT $limit
    UNION ALL
    MATCH (thing:Shipment) WHERE thing.shipment_id STARTS WITH $text
    RETURN 'SHIPMENT' AS kind, thing.shipment_id AS key LIMIT $limit
    UNION ALL
    MATCH (thing:Product) WHERE thing.product_id STARTS WITH $text
    RETURN 'PRODUCT' AS kind, thing.product_id AS key LIMIT $limit
    UNION ALL
    MATCH (thing:Customer) WHERE thing.customer_id STARTS WITH $text
    RETURN 'CUSTOMER' AS kind, thing.customer_id AS key LIMIT $limit
"""


async def search(graph: Graph, text: str, limit: int) -> list[tuple[str, str]]:
    """Kind and key of things whose key begins with the text, exact ones first, then the shortest."""
    wanted = text.strip()
    if not wanted or limit == 0:
        return []
    rows = await graph.read(STATEMENT, text=wanted, limit=limit)
    found = sorted(((row["kind"], row["key"]) for row in rows), key=lambda row: (len(row[1]), row[1], row[0]))
    return found[:limit]
