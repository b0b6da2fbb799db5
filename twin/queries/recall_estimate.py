"""How much a recall would have to read, asked without reading it: names and counts only."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, LiteralString

from twin.graph.session import Graph
from twin.lineage.scope import thing_of
from twin.queries.clocks import LIVE
from twin.queries.closure import Closure
from twin.queries.index.index import LineageIndex
from twin.queries.named import must_be_known
from twin.queries.recall_impact import seeds_of_scope
from twin.records.job import Estimate
from twin.records.recall import RecallScope

EVENTS_A_SECOND: Final = 25_000
"""What one core fetches and folds, roughly."""

JOB_FROM_EVENTS: Final = 200_000
_MOST_LOTS: Final = 20_000
_SECONDS: Final = 2.0
_AT_ONCE: Final = 500
_COUNTED: Final = 200

LOTS_OF_MATERIAL: Final[LiteralString] = """
    UNWIND $keys AS key
    MATCH (:MaterialLot {material_lot_id: key})<-[used:CONSUMED]-(lot:Lot) WHERE used.voided_at IS NULL
    RETURN DISTINCT lot.lot_id AS key
"""
MIXES_OF_MATERIAL: Final[LiteralString] = """
    UNWIND $keys AS key
    MATCH (:MaterialLot {material_lot_id: key})-[mixed:MIXED_INTO]->(mix:MaterialLot)
    WHERE mixed.voided_at IS NULL
    RETURN DISTINCT mix.material_lot_id AS key
"""
LOTS_OF_LOTS: Final[LiteralString] = """
    UNWIND $keys AS key
    MATCH (:Lot {lot_id: key})-[derived:DERIVED_INTO]->(lot:Lot) WHERE derived.voided_at IS NULL
    RETURN DISTINCT lot.lot_id AS key
"""
LOTS_OF_SUBSTRATES: Final[LiteralString] = """
    UNWIND $keys AS key
    MATCH (:Substrate {substrate_id: key})<-[:ABOUT]-(event:Event) WHERE event.voided_at IS NULL
    MATCH (event)-[:ABOUT]->(lot:Lot)
    RETURN DISTINCT lot.lot_id AS key
"""
EVENTS_OF_LOTS: Final[LiteralString] = """
    UNWIND $keys AS key
    MATCH (:Lot {lot_id: key})<-[:ABOUT]-(event:Event) WHERE event.voided_at IS NULL
    RETURN count(event) AS events
"""


@dataclass(slots=True)
class _Way:
    """What was reached by name so far."""

    lots: set[str]
    materials: set[str]
    is_whole: bool = True


async def recall_estimate(
    graph: Graph,
    scope: RecallScope,
    index: LineageIndex | None = None,
    covering: Mapping[str, int] | None = None,
) -> Estimate:
    """How many lots a recall reaches at lot level, at any time, and how long its answer takes.

    Units that went on by themselves, without their lot, are not counted. A warm index that has read up to
    ``covering`` answers for material lots and lots; else the graph does.

    Raises:
        NotFound: the scope names something that no counted event names.
    """
    reach = None if index is None else await index.reach(scope, covering)
    if reach is not None:
        return _estimate(reach.lots, reach.material_lots, reach.events, is_whole=True)
    await must_be_known(graph, thing_of(scope))
    closure = Closure(graph, LIVE)
    seeds = await seeds_of_scope(closure, scope)
    way = _Way(
        lots={key for label, key in seeds if label == "Lot"},
        materials={key for label, key in seeds if label == "MaterialLot"},
    )
    wafers = [key for label, key in seeds if label == "Substrate"]
    way.lots |= await _keys(graph, LOTS_OF_SUBSTRATES, wafers)
    await _spread(graph, way)
    events = await _events(graph, sorted(way.lots))
    return _estimate(len(way.lots), len(way.materials), events, is_whole=way.is_whole)


def _estimate(lots: int, material_lots: int, events: int, *, is_whole: bool) -> Estimate:
    return Estimate(
        lots=lots,
        material_lots=material_lots,
        events=events,
        seconds=round(events / EVENTS_A_SECOND, 3),
        is_whole=is_whole,
        needs_job=events > JOB_FROM_EVENTS or not is_whole,
    )


async def _spread(graph: Graph, way: _Way) -> None:
    until = time.monotonic() + _SECONDS
    materials, lots = set(way.materials), set(way.lots)
    while materials or lots:
        if len(way.lots) > _MOST_LOTS or time.monotonic() > until:
            way.is_whole = False
            return
        mixes = await _keys(graph, MIXES_OF_MATERIAL, materials)
        into = await _keys(graph, LOTS_OF_MATERIAL, materials) | await _keys(graph, LOTS_OF_LOTS, lots)
        materials, lots = mixes - way.materials, into - way.lots
        way.materials |= materials
        way.lots |= lots


async def _keys(graph: Graph, statement: LiteralString, keys: set[str] | list[str]) -> set[str]:
    asked, found = sorted(keys), set[str]()
    for start in range(0, len(asked), _AT_ONCE):
        rows = await graph.read(statement, keys=asked[start : start + _AT_ONCE])
        found.update(row["key"] for row in rows)
    return found


async def _events(graph: Graph, lots: list[str]) -> int:
    """The events of some of the lots, counted, and of the others in the same measure."""
    some = lots[:: max(1, len(lots) // _COUNTED)]
    if not some:
        return 0
    rows = await graph.read(EVENTS_OF_LOTS, keys=some)
    return round(int(rows[0]["events"]) * len(lots) / len(some))
