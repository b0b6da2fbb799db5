"""What bad things are held against when nobody names good ones: others of their product, of that time."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest
from typing import Final, LiteralString

from twin.graph.session import Graph
from twin.vocabulary.things import Thing, ThingKind

LOTS_OF_UNITS: Final[LiteralString] = """
    MATCH (unit:Unit) WHERE unit.unit_id IN $unit_ids AND unit.lot_id IS NOT NULL
    RETURN DISTINCT unit.lot_id AS lot_id
"""
MADE: Final[LiteralString] = """
    MATCH (lot:Lot) WHERE lot.lot_id IN $lot_ids
    RETURN DISTINCT lot.product_id AS product_id, lot.created_at AS created_at
"""
LOTS_BEFORE: Final[LiteralString] = """
    MATCH (lot:Lot)
    WHERE lot.product_id IN $product_ids AND lot.created_at < $at AND NOT lot.lot_id IN $lot_ids
    RETURN lot.lot_id AS lot_id ORDER BY lot.created_at DESC, lot.lot_id DESC LIMIT $limit
"""
LOTS_AFTER: Final[LiteralString] = """
    MATCH (lot:Lot)
    WHERE lot.product_id IN $product_ids AND lot.created_at >= $at AND NOT lot.lot_id IN $lot_ids
    RETURN lot.lot_id AS lot_id ORDER BY lot.created_at, lot.lot_id LIMIT $limit
"""
UNITS_OF_LOT: Final[LiteralString] = """
    MATCH (:Lot {lot_id: $lot_id})<-[:ABOUT]-(event:Event)
    WHERE event.type IN $types AND event.voided_at IS NULL
    MATCH (event)-[:ABOUT]->(unit:Unit) WHERE unit.lot_id = $lot_id AND NOT unit.unit_id IN $unit_ids
    RETURN DISTINCT unit.unit_id AS unit_id ORDER BY unit_id LIMIT $limit
"""

_NAMING: Final = ["UnitsIdentified", "UnitsAssembled"]
_NEIGHBOURS: Final = 8
"""So many other lots give their units."""


async def population(graph: Graph, bad: Sequence[Thing], most: int) -> list[Thing]:
    """Lots of the products of bad lots; units of the lots of bad units and of their neighbours.

    The nearest in time first, at most so many; of other kinds of things none.
    """
    kinds = {thing.kind for thing in bad}
    keys = [thing.key for thing in bad]
    if kinds == {ThingKind.LOT}:
        return _things(ThingKind.LOT, await _neighbours(graph, keys, most))
    if kinds == {ThingKind.UNIT}:
        rows = await graph.read(LOTS_OF_UNITS, unit_ids=keys)
        lots = sorted(row["lot_id"] for row in rows)
        lots += await _neighbours(graph, lots, _NEIGHBOURS)
        return _things(ThingKind.UNIT, await _units(graph, lots, keys, most))
    return []


async def _neighbours(graph: Graph, lot_ids: Sequence[str], most: int) -> list[str]:
    """Lots of the same products, in turns one made after and one made before them."""
    made = await graph.read(MADE, lot_ids=list(lot_ids))
    products = sorted({row["product_id"] for row in made if row["product_id"] is not None})
    times = sorted(row["created_at"] for row in made if row["created_at"] is not None)
    at = times[len(times) // 2] if times else time.time_ns() // 1_000_000
    asked = {"product_ids": products, "lot_ids": list(lot_ids), "at": at, "limit": most}
    after = [row["lot_id"] for row in await graph.read(LOTS_AFTER, **asked)]
    before = [row["lot_id"] for row in await graph.read(LOTS_BEFORE, **asked)]
    return _in_turns([after, before])[:most]


async def _units(graph: Graph, lot_ids: Sequence[str], bad: Sequence[str], most: int) -> list[str]:
    """Other units of some lots, one of each in turns."""
    found: list[list[str]] = []
    for lot_id in lot_ids:
        asked = {"lot_id": lot_id, "unit_ids": list(bad), "types": _NAMING, "limit": most}
        rows = await graph.read(UNITS_OF_LOT, **asked)
        found.append([row["unit_id"] for row in rows])
    return _in_turns(found)[:most]


def _in_turns(rows: Iterable[Sequence[str]]) -> list[str]:
    return [key for key in chain.from_iterable(zip_longest(*rows)) if key is not None]


def _things(kind: ThingKind, keys: Iterable[str]) -> list[Thing]:
    return [Thing(kind, key) for key in keys]
