"""Material lots, and what is left of each material."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

ON_HAND: Final[LiteralString] = """
    MATCH (lot:MaterialLot) WHERE lot.material_id IN $keys AND lot.remaining_quantity > 0
    RETURN lot.material_id AS key, sum(lot.remaining_quantity) AS left
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


async def on_hand(graph: Graph, material_ids: Sequence[str]) -> dict[str, float]:
    """What is left of each material, over all its lots."""
    rows = await graph.read(ON_HAND, keys=list(material_ids))
    return {row["key"]: float(row["left"]) for row in rows}


def material_of(row: Row) -> Material:
    """The material that a node tells."""
    return Material(
        material_id=row["material_id"],
        name=row.get("name"),
        kind=row.get("kind") or "OTHER",
        unit=row.get("unit") or "PCS",
        minimum_quantity=row.get("minimum_quantity"),
    )


def material_lot_of(row: Row) -> MaterialLot:
    """The material lot that a node tells."""
    unit = row.get("unit") or "PCS"
    received, remaining = row.get("received_quantity"), row.get("remaining_quantity")
    return MaterialLot(
        material_lot_id=row["material_lot_id"],
        material_id=row.get("material_id"),
        supplier_id=row.get("supplier_id"),
        supplier_lot=row.get("supplier_lot"),
        received=None if received is None else Quantity(received, unit),
        remaining=None if remaining is None else Quantity(remaining, unit),
        expires_at=row.get("expires_at"),
        location=row.get("location_id"),
        inferred=bool(row.get("inferred")),
    )
