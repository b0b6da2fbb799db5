"""Lots as lists and boards show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, LiteralString

from twin.graph.session import Graph
from twin.queries.cursors import Place
from twin.queries.paging import Listing
from twin.queries.things import Row
from twin.records.lot import LotState
from twin.records.lots import Lot
from twin.vocabulary.states import LotStatus, QualityStatus, WipStatus

BY_LOT_ID: Final[LiteralString] = """
    MATCH (lot:Lot)
    WHERE lot.lot_id > $after_id
      AND (lot.revision > 0 OR $ever)
      AND ($lot_ids IS NULL OR lot.lot_id IN $lot_ids)
      AND ($lot_prefix IS NULL OR lot.lot_id STARTS WITH $lot_prefix)
      AND ($statuses IS NULL OR lot.status IN $statuses)
      AND ($product_ids IS NULL OR lot.product_id IN $product_ids)
      AND ($updated_from IS NULL OR lot.updated_at >= $updated_from)
      AND ($updated_to IS NULL OR lot.updated_at < $updated_to)
    RETURN lot ORDER BY lot.lot_id LIMIT $limit
"""

BY_UPDATED_AT: Final[LiteralString] = """
    MATCH (lot:Lot)
    WHERE (coalesce(lot.updated_at, 0) < $after_at
           OR (coalesce(lot.updated_at, 0) = $after_at AND lot.lot_id > $after_id))
      AND (lot.revision > 0 OR $ever)
      AND ($lot_ids IS NULL OR lot.lot_id IN $lot_ids)
      AND ($lot_prefix IS NULL OR lot.lot_id STARTS WITH $lot_prefix)
      AND ($statuses IS NULL OR lot.status IN $statuses)
      AND ($product_ids IS NULL OR lot.product_id IN $product_ids)
      AND ($updated_from IS NULL OR lot.updated_at >= $updated_from)
      AND ($updated_to IS NULL OR lot.updated_at < $updated_to)
    RETURN lot ORDER BY coalesce(lot.updated_at, 0) DESC, lot.lot_id LIMIT $limit
"""

BY_CREATED_AT: Final[LiteralString] = """
    MATCH (lot:Lot)
    WHERE (coalesce(lot.created_at, 0) < $after_at
           OR (coalesce(lot.created_at, 0) = $after_at AND lot.lot_id > $after_id))
      AND (lot.revision > 0 OR $ever)
      AND ($lot_ids IS NULL OR lot.lot_id IN $lot_ids)
      AND ($lot_prefix IS NULL OR lot.lot_id STARTS WITH $lot_prefix)
      AND ($statuses IS NULL OR lot.status IN $statuses)
      AND ($product_ids IS NULL OR lot.product_id IN $product_ids)
      AND ($updated_from IS NULL OR lot.updated_at >= $updated_from)
      AND ($updated_to IS NULL OR lot.updated_at < $updated_to)
    RETURN lot ORDER BY coalesce(lot.created_at, 0) DESC, lot.lot_id LIMIT $limit
"""

COUNT: Final[LiteralString] = """
    MATCH (lot:Lot)
    WHERE (lot.revision > 0 OR $ever)
      AND ($lot_ids IS NULL OR lot.lot_id IN $lot_ids)
      AND ($lot_prefix IS NULL OR lot.lot_id STARTS WITH $lot_prefix)
      AND ($statuses IS NULL OR lot.status IN $statuses)
      AND ($product_ids IS NULL OR lot.product_id IN $product_ids)
      AND ($updated_from IS NULL OR lot.updated_at >= $updated_from)
      AND ($updated_to IS NULL OR lot.updated_at < $updated_to)
    RETURN count(lot) AS total
"""


class LotsBy(Enum):
    """How lots are sorted; ties by lot id."""

    LOT_ID_ASC = "LOT_ID_ASC"
    UPDATED_AT_DESC = "UPDATED_AT_DESC"
    CREATED_AT_DESC = "CREATED_AT_DESC"


@dataclass(frozen=True, slots=True)
class LotsAsked:
    """What the statement itself narrows lots by; None narrows nothing.

    ``ever`` keeps lots whose events were all voided since: at an earlier moment they may have counted.
    """

    ever: bool = False
    lot_ids: list[str] | None = None
    lot_prefix: str | None = None
    statuses: list[str] | None = None
    product_ids: list[str] | None = None
    updated_from: int | None = None
    updated_to: int | None = None

    def parameters(self) -> dict[str, Any]:
        """By the names that the statements use."""
        return {name: getattr(self, name) for name in self.__slots__}


def lots(
    graph: Graph, asked: LotsAsked, by: LotsBy = LotsBy.LOT_ID_ASC, keep: Callable[[Lot], bool] | None = None
) -> Listing[Lot]:
    """The lots that were asked for; ``keep`` decides what the statement cannot."""

    async def fetch(after: Place | None, limit: int) -> list[Lot]:
        statement, bounds = _reading(by, after)
        rows = await graph.read(statement, limit=limit, **bounds, **asked.parameters())
        return [lot_of(row["lot"]) for row in rows]

    async def count() -> int:
        rows = await graph.read(COUNT, **asked.parameters())
        return int(rows[0]["total"])

    def place(lot: Lot) -> Place:
        match by:
            case LotsBy.LOT_ID_ASC:
                return (lot.lot_id,)
            case LotsBy.UPDATED_AT_DESC:
                return (lot.updated_at or 0, lot.lot_id)
            case LotsBy.CREATED_AT_DESC:
                return (lot.created_at or 0, lot.lot_id)

    return Listing(f"lots {by.value}", fetch, place, count, keep)


def _reading(by: LotsBy, after: Place | None) -> tuple[LiteralString, dict[str, Any]]:
    if by is LotsBy.LOT_ID_ASC:
        return BY_LOT_ID, {"after_id": "" if after is None else after[0]}
    statement = BY_UPDATED_AT if by is LotsBy.UPDATED_AT_DESC else BY_CREATED_AT
    moment, lot_id = (2**62, "") if after is None else after
    return statement, {"after_at": moment, "after_id": lot_id}


def lot_of(row: Row) -> Lot:
    """The lot that a node tells."""
    return Lot(
        lot_id=row["lot_id"],
        product_id=row.get("product_id"),
        order_ids=tuple(row.get("order_ids") or ()),
        quantity=row.get("quantity") or 0,
        loose_quantity=row.get("loose_quantity") or 0,
        status=LotStatus(row.get("status") or LotStatus.PLANNED),
        wip_status=WipStatus(row.get("wip_status") or WipStatus.WAITING),
        quality=QualityStatus(row.get("quality") or QualityStatus.PENDING),
        current_operation=row.get("current_operation"),
        current_equipment_id=row.get("current_equipment_id"),
        location=row.get("location_id"),
        created_at=row.get("created_at"),
        updated_at=row.get("updated_at"),
        inferred=bool(row.get("inferred")),
        revision=row.get("revision") or 0,
        has_units=bool(row.get("has_units")),
        priority=row.get("priority"),
    )


def lot_at(state: LotState) -> Lot:
    """The lot that a fold of its history tells."""
    return Lot(
        lot_id=state.lot_id,
        product_id=state.product_id,
        order_ids=state.order_ids,
        quantity=state.quantity,
        loose_quantity=state.loose_quantity,
        status=state.status,
        wip_status=state.wip_status,
        quality=state.quality,
        current_operation=state.current_operation,
        current_equipment_id=state.current_equipment_id,
        location=state.location_id,
        created_at=state.created_at,
        updated_at=state.updated_at,
        inferred=state.inferred,
        revision=state.revision,
        priority=state.priority,
    )
