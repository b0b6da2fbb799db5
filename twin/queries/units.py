"""Units, as lists show them."""

from __future__ import annotations

from typing import Final, LiteralString

from twin.graph.session import Graph
from twin.queries.cursors import Place
from twin.queries.paging import Listing
from twin.queries.things import Row
from twin.records.unit import Unit

OF_LOT: Final[LiteralString] = """
    MATCH (unit:Unit) WHERE unit.lot_id = $lot_id AND unit.unit_id > $after_id
    RETURN unit ORDER BY unit.unit_id LIMIT $limit
"""

COUNT_OF_LOT: Final[LiteralString] = """
    MATCH (unit:Unit) WHERE unit.lot_id = $lot_id RETURN count(unit) AS total
"""

ON_SITE: Final[LiteralString] = """
    MATCH (unit:Unit) WHERE unit.substrate_id = $substrate_id AND unit.x = $x AND unit.y = $y
    RETURN unit ORDER BY unit.unit_id LIMIT 1
"""


def units_of_lot(graph: Graph, lot_id: str) -> Listing[Unit]:
    """The units whose latest fact put them into a lot, by code."""

    async def fetch(after: Place | None, limit: int) -> list[Unit]:
        after_id = "" if after is None else after[0]
        rows = await graph.read(OF_LOT, lot_id=lot_id, after_id=after_id, limit=limit)
        return [unit_of(row["unit"]) for row in rows]

    async def count() -> int:
        return int((await graph.read(COUNT_OF_LOT, lot_id=lot_id))[0]["total"])

    return Listing(f"units {lot_id}", fetch, lambda unit: (unit.unit_id,), count)


async def unit_on_site(graph: Graph, substrate_id: str, x: int, y: int) -> Unit | None:
    """The unit that stands on a site of a substrate."""
    rows = await graph.read(ON_SITE, substrate_id=substrate_id, x=x, y=y)
    return unit_of(rows[0]["unit"]) if rows else None


def unit_of(row: Row) -> Unit:
    """The unit that a node tells."""
    return Unit(
        unit_id=row["unit_id"],
        lot_id=row.get("lot_id"),
        substrate_id=row.get("substrate_id"),
        x=row.get("x"),
        y=row.get("y"),
        scrapped_at=row.get("scrapped_at"),
        container_id=row.get("container_id"),
        shipment_id=row.get("shipment_id"),
        mark=row.get("mark"),
    )
