"""How complete the records of a lot, a unit or all lots of a product are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, LiteralString

from twin.errors import NotFound
from twin.events.event import Event
from twin.events.order import ProductDefined
from twin.folds.whereabouts import Listing
from twin.graph.session import Graph
from twin.lineage.completeness import lot_completeness, unit_completeness
from twin.lineage.plant import Plant
from twin.queries.clocks import Clocks
from twin.queries.closure import Closure
from twin.queries.rings import Reached, Way
from twin.records.completeness import ROUTE_UNKNOWN, AspectScore, Completeness, Gap

LOTS_AT_MOST: Final = 200
"""Of a product: more are said to be left out."""

LOTS_OF_PRODUCT: Final[LiteralString] = """
    MATCH (lot:Lot {product_id: $product_id})
    RETURN lot.lot_id AS lot_id ORDER BY lot.lot_id DESC LIMIT $limit
"""

_DEFINITION: Final = ("ProductDefined",)


async def completeness_of_lot(graph: Graph, lot_id: str, clocks: Clocks) -> Completeness:
    """How complete the records of a lot are by now.

    Raises:
        NotFound: no counted event names it.
    """
    plant = await _plant(graph, "Lot", [lot_id], clocks)
    if lot_id not in plant.ledger.accounts.lots:
        raise NotFound(f"no counted event names LOT:{lot_id}")
    product = await _definition(graph, plant.ledger.accounts.product_of(lot_id), clocks)
    return await asyncio.to_thread(lot_completeness, plant, lot_id, product)


async def completeness_of_unit(graph: Graph, unit_id: str, clocks: Clocks) -> Completeness:
    """How complete the records of a unit are by now: those of its lot, and its own.

    Raises:
        NotFound: no counted event names it.
    """
    plant = await _plant(graph, "Unit", [unit_id], clocks)
    unit = plant.ledger.units.units.get(unit_id)
    if unit is None:
        raise NotFound(f"no counted event names UNIT:{unit_id}")
    lot_id = unit.lot or (unit.listings[-1].lot if unit.listings else None)
    product_id = None if lot_id is None else plant.ledger.accounts.product_of(lot_id)
    product = await _definition(graph, product_id, clocks)
    return await asyncio.to_thread(unit_completeness, plant, unit_id, product)


async def completeness_of_product(graph: Graph, product_id: str, clocks: Clocks) -> tuple[Completeness, bool]:
    """The records of the lots of a product added up, and whether these are all its lots.

    Raises:
        NotFound: it was never defined, and no lot is of it.
    """
    product = await _definition(graph, product_id, clocks)
    rows = await graph.read(LOTS_OF_PRODUCT, product_id=product_id, limit=LOTS_AT_MOST + 1)
    lots = [row["lot_id"] for row in rows][:LOTS_AT_MOST]
    if product is None and not lots:
        raise NotFound(f"no counted event names product {product_id}")
    plant = await _plant(graph, "Lot", lots, clocks)
    known = [lot for lot in lots if plant.ledger.accounts.product_of(lot) == product_id]
    found = await asyncio.to_thread(_added_up, plant, product_id, known, product)
    return found, len(rows) <= LOTS_AT_MOST


def _added_up(
    plant: Plant, product_id: str, lots: Sequence[str], product: ProductDefined | None
) -> Completeness:
    each = [lot_completeness(plant, lot_id, product) for lot_id in lots]
    sums: dict[str, AspectScore] = {}
    for row in (row for one in each for row in one.aspects):
        before = sums.get(row.aspect, AspectScore(row.aspect, 0, 0))
        added = (before.required + row.required, before.recorded + row.recorded)
        sums[row.aspect] = AspectScore(row.aspect, *added)
    missing: dict[Gap, None] = dict.fromkeys(gap for one in each for gap in one.missing)
    levels = [one.levels for one in each if one.levels is not None]
    unscored = tuple(dict.fromkeys(reason for one in each for reason in one.unscored))
    if product is None or not product.route:
        unscored = (ROUTE_UNKNOWN,)
    return Completeness(
        f"PRODUCT:{product_id}",
        tuple(sums.values()),
        tuple(missing),
        unscored,
        min(levels, key=lambda found: found.level) if levels else None,
    )


async def _plant(graph: Graph, label: str, keys: Sequence[str], clocks: Clocks) -> Plant:
    """All that is told of these things and of what they came from."""
    closure = Closure(graph, clocks)
    await closure.grow(Reached(Way.SOURCE, label, key) for key in keys)
    events = await closure.complete()
    plant = await asyncio.to_thread(Plant.of, events)
    if label == "Unit":
        lots = {stay.lot for key in keys for stay in _listings(plant, key)}
        await closure.grow(Reached(Way.SOURCE, "Lot", lot_id) for lot_id in lots)
    await closure.about("Lot", plant.ledger.accounts.lots)
    await closure.about("Substrate", plant.ledger.units.lot_of_substrate)
    return await asyncio.to_thread(Plant.of, await closure.complete())


def _listings(plant: Plant, unit_id: str) -> list[Listing]:
    unit = plant.ledger.units.units.get(unit_id)
    return unit.listings if unit is not None else []


async def _definition(graph: Graph, product_id: str | None, clocks: Clocks) -> ProductDefined | None:
    """The latest counted definition of a product."""
    if product_id is None:
        return None
    told: list[Event] = await Closure(graph, clocks).about("Product", [product_id], _DEFINITION)
    latest = max(told, key=lambda event: event.order, default=None)
    return latest.fact if latest is not None and isinstance(latest.fact, ProductDefined) else None
