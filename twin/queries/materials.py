"""Materials and their lots."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, LiteralString

from twin.graph.session import Graph
from twin.queries.cursors import Place
from twin.queries.paging import Listing
from twin.queries.things import Row
from twin.records.material import Material, MaterialLot, Quantity

PAGE: Final[LiteralString] = """
    MATCH (lot:MaterialLot)
    WHERE lot.material_lot_id > $after_id AND lot.revision > 0
      AND ($lot_ids IS NULL OR lot.material_lot_id IN $lot_ids)
      AND ($lot_prefix IS NULL OR lot.material_lot_id STARTS WITH $lot_prefix)
      AND ($material_ids IS NULL OR lot.material_id IN $material_ids)
      AND ($material_prefix IS NULL OR lot.material_id STARTS WITH $material_prefix)
      AND ($expires_before IS NULL OR lot.expires_at < $expires_before)
    RETURN lot ORDER BY lot.material_lot_id LIMIT $limit
"""

COUNT: Final[LiteralString] = """
    MATCH (lot:MaterialLot)
    WHERE lot.revision > 0
      AND ($lot_ids IS NULL OR lot.material_lot_id IN $lot_ids)
      AND ($lot_prefix IS NULL OR lot.material_lot_id STARTS WITH $lot_prefix)
      AND ($material_ids IS NULL OR lot.material_id IN $material_ids)
      AND ($material_prefix IS NULL OR lot.material_id STARTS WITH $material_prefix)
      AND ($expires_before IS NULL OR lot.expires_at < $expires_before)
    RETURN count(lot) AS total
"""


@dataclass(frozen=True, slots=True)
class MaterialLotsAsked:
    """What the statement narrows material lots by; None narrows nothing."""

    lot_ids: list[str] | None = None
    lot_prefix: str | None = None
    material_ids: list[str] | None = None
    material_prefix: str | None = None
    expires_before: int | None = None

    def parameters(self) -> dict[str, Any]:
        """By the names that the statements use."""
        return {name: getattr(self, name) for name in self.__slots__}


def material_lots(
    graph: Graph, asked: MaterialLotsAsked, keep: Callable[[MaterialLot], bool] | None = None
) -> Listing[MaterialLot]:
    """The material lots that were asked for, by name."""

    async def fetch(after: Place | None, limit: int) -> list[MaterialLot]:
        after_id = "" if after is None else after[0]
        rows = await graph.read(PAGE, after_id=after_id, limit=limit, **asked.parameters())
        return [material_lot_of(row["lot"]) for row in rows]

    async def count() -> int:
        return int((await graph.read(COUNT, **asked.parameters()))[0]["total"])

    return Listing("materialLots", fetch, lambda lot: (lot.material_lot_id,), count, keep)


def material_of(row: Row) -> Material:
    """The material that a node tells."""
    return Material(
        material_id=row["material_id"],
        name=row.get("name"),
        kind=row.get("kind") or "OTHER",
        unit=row.get("unit") or "PCS",
        minimum_quantity=row.get("minimum_quantity"),
        aliases=tuple(row.get("aliases") or ()),
        alias_of=row.get("alias_of"),
    )


def material_lot_of(row: Row) -> MaterialLot:
    """The material lot that a node tells."""
    unit = row.get("unit") or "PCS"

    def amount(name: str) -> Quantity | None:
        value = row.get(name)
        return None if value is None else Quantity(value, unit)

    return MaterialLot(
        material_lot_id=row["material_lot_id"],
        material_id=row.get("material_id"),
        supplier_id=row.get("supplier_id"),
        supplier_lot=row.get("supplier_lot"),
        received=amount("received_quantity"),
        consumed=amount("used_quantity"),
        returned=amount("returned_quantity"),
        remaining=amount("remaining_quantity"),
        expires_at=row.get("expires_at"),
        usable_from=row.get("usable_from_at"),
        usable_until=row.get("usable_until_at"),
        location=row.get("location_id"),
        inferred=bool(row.get("inferred")),
    )
