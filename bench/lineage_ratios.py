"""The same questions to Cypher and to tables, in turns with the index: only ratios count."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import cycle
from typing import Any, Final, LiteralString

from bench.lineage_asking import next_asked
from bench.lineage_figures import LineageFigures
from bench.lineage_peers import REACHED, TOTALS, Tables, told_by, told_of
from bench.postgres import Postgres
from bench.spread import TIMES, spread, timed_in_turn, times
from twin.graph.session import Graph
from twin.queries.index.index import LineageIndex
from twin.queries.recall_estimate import recall_estimate
from twin.records.recall import MaterialLotScope

_TURNS: Final = 5

WALK: Final[LiteralString] = """
    MATCH (:MaterialLot {material_lot_id: $suspect})<-[:CONSUMED]-(used:Lot)-[:DERIVED_INTO*0..6]->(lot:Lot)
    RETURN count(DISTINCT lot) AS lots
"""
BOUNDS: Final[LiteralString] = """
    MATCH (:MaterialLot {material_lot_id: $suspect})<-[one:CONSUMED]-(used:Lot)
    OPTIONAL MATCH (used)-[other:CONSUMED]->(beside:MaterialLot)
    WHERE other.operation = one.operation AND other.equipment_id = one.equipment_id
      AND other.material_id = one.material_id AND beside.material_lot_id <> $suspect
    WITH used, one.occurred_at AS met, count(beside) AS others
    MATCH path = (used)-[:DERIVED_INTO*0..6]->(lot:Lot)
    WHERE all(step IN relationships(path) WHERE step.occurred_at >= met)
    WITH lot, min(met) AS since, min(others) AS others
    RETURN count(lot) AS lots, min(since) AS since,
           sum(CASE WHEN others = 0 THEN lot.quantity ELSE 1 END) AS low, sum(lot.quantity) AS high
"""
"""Lots and bounds alone, right only for plants like this one, as what the tables tell (lineage_peers)."""


async def ratios_of(
    figures: LineageFigures,
    graph: Graph,
    index: LineageIndex,
    peer: Tables,
    suspect: tuple[int, str],
    alike: Iterator[str],
) -> None:
    """Totals against what Cypher tells of them; and the lots reached at all, which every peer can tell."""
    size, name = suspect
    await _same_answers(figures, graph, index, peer, suspect)

    async def recursive() -> Any:
        return peer.reached(name)

    whole, bounds, mine, walk, table = [
        row
        for asks in (
            {
                f"totals by the index, {size}, beside Cypher": partial(next_asked, index, alike),
                f"lots and bounds by variable-length Cypher, {size}": partial(
                    graph.read, BOUNDS, suspect=name
                ),
            },
            {
                f"reached lots by the index, {size}": partial(_estimated, graph, index, name),
                f"reached lots by variable-length Cypher, {size}": partial(graph.read, WALK, suspect=name),
                f"reached lots by SQLite's recursive CTE, {size}": recursive,
            },
        )
        for row in await timed_in_turn(asks, _TURNS, TIMES // _TURNS)
    ]
    figures.rows += [whole, bounds, mine, walk, table]
    figures.ratios += [
        (f"Cypher's lots and bounds against the index's totals, {size} lots", bounds.p50 / whole.p50, "20"),
        (f"Cypher against the index, reached lots, {size}", walk.p50 / mine.p50, "20"),
        (f"SQLite against the index, reached lots, {size}", table.p50 / mine.p50, "-"),
    ]


async def _same_answers(
    figures: LineageFigures, graph: Graph, index: LineageIndex, peer: Tables, suspect: tuple[int, str]
) -> None:
    size, name = suspect
    totals = figures.totals[name]
    told = (await graph.read(BOUNDS, suspect=name))[0]
    assert (told["lots"], told["low"], told["high"]) == (size, totals.low, totals.high)
    assert (await graph.read(WALK, suspect=name))[0]["lots"] == size
    assert await _estimated(graph, index, name) == peer.reached(name) == size


async def _estimated(graph: Graph, index: LineageIndex, suspect: str) -> int:
    """The lots of an estimate, which must show what this process knows to be projected."""
    return (await recall_estimate(graph, MaterialLotScope(suspect), index, index.positions)).lots


async def tables(
    figures: LineageFigures, graph: Graph, index: LineageIndex, peer: Tables, server: Postgres | None
) -> None:
    """PostgreSQL's recursive CTEs: which lots are reached, and as much of the totals as tables tell."""
    if server is None:
        print("  not run: no PostgreSQL on this machine", flush=True)
        return
    figures.has_postgres = True
    peer.copy_to(server)
    for size, suspect in figures.plant.suspects.items():
        assert server.answer(REACHED, suspect) == [str(size)]
        assert told_by(server, suspect) == told_of(figures.totals[suspect]), f"{suspect}: PostgreSQL differs"
        reaching = partial(_estimated, graph, index, suspect)
        totalling = partial(next_asked, index, cycle(figures.plant.alike(size)))
        for what, question, asking in (("reached lots", REACHED, reaching), ("totals", TOTALS, totalling)):
            theirs, ours = [], []
            for _ in range(_TURNS):  # the machine's speed wanders: their ratio does not
                theirs += server.times(question, suspect, TIMES // _TURNS)
                ours += await times(asking, TIMES // _TURNS)
            row = spread(f"{what} by PostgreSQL's recursive CTE, {size}", "", theirs, 0.0)
            mine = spread(f"{what} by the index beside it, {size}", "", ours, 0.0)
            figures.rows += [row, mine]
            figures.ratios.append((f"PostgreSQL against the index, {what}, {size}", row.p50 / mine.p50, "10"))
