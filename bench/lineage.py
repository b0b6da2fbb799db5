"""Recalls and genealogies of a large plant: the lineage index, the graph alone, and two peers."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count, cycle
from pathlib import Path
from typing import Any, Final, LiteralString

from bench.api import Api
from bench.bulk import load
from bench.lineage_peers import REACHED, TOTALS, Tables, told_by, told_of
from bench.plant_events import FLUX, Plant
from bench.postgres import Postgres, postgres_here
from bench.spread import FEW, TIMES, Spread, spread, timed, timed_in_turn, times
from cli.collector import search_rarely
from graph_migrations.runner import migrate
from twin.events.event import Event
from twin.graph.embedded import EmbeddedGraph
from twin.graph.session import Graph
from twin.queries.clocks import LIVE
from twin.queries.genealogy import genealogy
from twin.queries.index.index import LineageIndex
from twin.queries.index.units import AffectedUnits
from twin.queries.recall_estimate import recall_estimate
from twin.queries.recall_impact import recall_impact
from twin.records.genealogy import Lineage
from twin.records.recall import Exposure, MaterialLotScope, RecallTotals
from twin.stream.change_feed import ChangeFeed
from twin.stream.client import open_stream
from twin.stream.embedded import EmbeddedStream
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import TraceDirection
from twin.vocabulary.things import Thing, ThingKind

_ALONE: Final = 200
_WARM: Final = 40
"""A graph answers for months: its compiler has met the question before."""
_UNITS: Final = 100
_TURNS: Final = 5
_NUMBERS: Final = count(1)
_BEGIN: Final = Instant(0)

WALK: Final[LiteralString] = """
    MATCH (:MaterialLot {material_lot_id: $suspect})<-[:CONSUMED]-(used:Lot)-[:DERIVED_INTO*0..6]->(lot:Lot)
    RETURN count(DISTINCT lot) AS lots
"""


@dataclass
class LineageFigures:
    """What was measured on a plant of a stated size."""

    plant: Plant
    events: int = 0
    load_s: float = 0.0
    build_s: float = 0.0
    index_mb: float = 0.0
    told_mb: float = 0.0
    rows: list[Spread] = field(default_factory=list)
    ratios: list[tuple[str, float, str]] = field(default_factory=list)
    totals: dict[str, RecallTotals] = field(default_factory=dict)
    has_postgres: bool = False


async def measure(lots: int) -> LineageFigures:
    """Build the plant, load it, and time every question after its answers were compared."""
    figures = LineageFigures(Plant(lots))
    search_rarely()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dieloom-lineage-")))
        graph, feed = await _stores(folder, stack)
        peer = Tables()
        stack.callback(peer.database.close)
        started = time.monotonic()
        figures.events = await load(graph, _told(figures.plant, peer))
        figures.load_s = time.monotonic() - started
        print(f"  loaded in {figures.load_s:.0f} s", flush=True)
        index = LineageIndex(graph, feed, 4_000 << 20)
        before = _resident_mb()
        running = asyncio.create_task(index.run())
        stack.push_async_callback(_stopped, running)
        while not index.is_warm:
            assert not running.done(), "the index stopped"
            await asyncio.sleep(0.05)
        gc.collect()
        figures.build_s, figures.told_mb = index.build_seconds, index.size_bytes / 2**20
        figures.index_mb = _resident_mb() - before
        await _questions(figures, graph, index, peer)
        await _tables(figures, graph, index, peer, stack.enter_context(postgres_here()))
    return figures


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _stores(folder: Path, stack: AsyncExitStack) -> tuple[Graph, ChangeFeed]:
    embedded, streaming = EmbeddedGraph(folder / "graph"), EmbeddedStream(folder / "stream")
    stack.push_async_callback(embedded.stop)
    address = await embedded.start()
    stack.push_async_callback(streaming.stop)
    stream = open_stream(await streaming.start())
    stack.push_async_callback(stream.close)
    graph = await address.open()
    stack.push_async_callback(graph.close)
    await migrate(graph)
    return graph, ChangeFeed(stream)


def _told(plant: Plant, peer: Tables) -> Iterator[Event]:
    """The plant's events; the peer gets the same facts on the way."""
    for event in plant.events():
        peer.tell(event)
        yield event
    peer.database.commit()


async def _questions(figures: LineageFigures, graph: Graph, index: LineageIndex, peer: Tables) -> None:
    targets = {200: "p99 10", 2_000: "p99 80"}
    api = Api(graph, index)
    for size, suspect in figures.plant.suspects.items():
        scope = MaterialLotScope(suspect)
        by_graph = await recall_impact(graph, scope, LIVE)
        assert _same(by_graph, await _asked(index, scope)), f"{suspect}: index and graph differ"
        assert by_graph.totals.lots == size
        figures.totals[suspect] = by_graph.totals
        alike = cycle(await _alike(index, figures.plant, size))
        asking_each = partial(_next_asked, index, alike)
        figures.rows.append(await timed(f"totals by the index, {size} lots", targets[size], asking_each))
        if size == _ALONE:
            asking = partial(recall_impact, graph, scope, LIVE)
            name = f"totals by the graph alone, {size} lots"
            figures.rows += [
                await timed(f"{name}, first asked", "", asking, FEW),
                await timed(name, "p50 300", asking, FEW, _WARM),
            ]
        await _ratios(figures, graph, index, peer, (size, suspect))
        page = f"GraphQL totals and first 100 of {size} lots"
        figures.rows += [
            await timed(f"totals asked again, {size} lots", "", partial(index.exposure, scope, LIVE)),
            await timed(page, "p99 20 for the page", partial(_next_page, api, alike)),
            await timed(f"{page} again", "", partial(api.page, suspect, _BEGIN)),
        ]
    figures.rows.append(await timed("all affected unit ids into a file", "2,000", lambda: _export(index), 3))
    unit = _any_unit(figures.plant)
    assert await _walked(graph, unit, index) == await _walked(graph, unit, None), f"{unit}: walks differ"
    for name, hints in (("by the graph alone", None), ("with the index", index)):
        walking = partial(_unit, graph, figures.plant, hints)
        figures.rows.append(await timed(f"genealogy of one unit {name}", "p50 5", walking))


async def _ratios(
    figures: LineageFigures,
    graph: Graph,
    index: LineageIndex,
    peer: Tables,
    suspect: tuple[int, str],
) -> None:
    """How many lots are reached at all, asked as a user asks for an estimate: what all peers can tell."""
    size, name = suspect
    estimating = partial(_estimated, graph, index, name)
    assert await estimating() == size
    assert (await graph.read(WALK, suspect=name))[0]["lots"] == size
    assert peer.reached(name) == size

    async def recursive() -> Any:
        return peer.reached(name)

    mine, walk, table = await timed_in_turn(
        {
            f"reached lots by the index, {size}": estimating,
            f"reached lots by variable-length Cypher, {size}": lambda: graph.read(WALK, suspect=name),
            f"reached lots by SQLite's recursive CTE, {size}": recursive,
        },
        _TURNS,
        TIMES // _TURNS,
    )
    figures.rows += [mine, walk, table]
    figures.ratios.append((f"Cypher against the index, {size} lots", walk.p50 / mine.p50, "20"))
    figures.ratios.append((f"SQLite against the index, {size} lots", table.p50 / mine.p50, "-"))


async def _estimated(graph: Graph, index: LineageIndex, suspect: str) -> int:
    """The lots of an estimate, which must show what this process knows to be projected."""
    return (await recall_estimate(graph, MaterialLotScope(suspect), index, index.positions)).lots


async def _tables(
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
        totalling = partial(_next_asked, index, cycle(figures.plant.alike(size)))
        for what, question, asking in (("reached lots", REACHED, reaching), ("totals", TOTALS, totalling)):
            theirs, ours = [], []
            for _ in range(_TURNS):  # the machine's speed wanders: their ratio does not
                theirs += server.times(question, suspect, TIMES // _TURNS)
                ours += await times(asking, TIMES // _TURNS)
            row = spread(f"{what} by PostgreSQL's recursive CTE, {size}", "", theirs, 0.0)
            mine = spread(f"{what} by the index beside it, {size}", "", ours, 0.0)
            figures.rows += [row, mine]
            figures.ratios.append((f"PostgreSQL against the index, {what}, {size}", row.p50 / mine.p50, "10"))


async def _alike(index: LineageIndex, plant: Plant, size: int) -> list[str]:
    """Suspects that reached as many lots: each time another one is asked about."""
    for suspect in plant.alike(size):
        assert (await _asked(index, MaterialLotScope(suspect))).totals.lots == size
    return plant.alike(size)


async def _next_asked(index: LineageIndex, suspects: Iterator[str]) -> Exposure:
    """A question that nobody asked before: suspect since another moment, long before the plant began."""
    return await _asked(index, MaterialLotScope(next(suspects), Instant(next(_NUMBERS))))


async def _next_page(api: Api, suspects: Iterator[str]) -> None:
    await api.page(next(suspects), Instant(next(_NUMBERS)))


async def _asked(index: LineageIndex, scope: MaterialLotScope) -> Exposure:
    """The index's answer; passed over by a busy machine, it is asked again, and the time counts."""
    async with asyncio.timeout(30):
        while (found := await index.exposure(scope, LIVE)) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return found


def _same(one: Exposure, other: Exposure) -> bool:
    names = ("lots", "totals", "orders", "customers", "shipments", "material_lots", "findings", "complete")
    return all(getattr(one, name) == getattr(other, name) for name in names) and tuple(one.units) == tuple(
        other.units
    )


async def _export(index: LineageIndex) -> None:
    found = await _asked(index, MaterialLotScope(FLUX, Instant(next(_NUMBERS))))
    assert isinstance(found.units, AffectedUnits)
    ids = found.units.ids()
    assert len(ids) == len(found.units) > 0
    with tempfile.TemporaryFile("w") as file:
        file.write("\n".join(ids))


async def _unit(graph: Graph, plant: Plant, index: LineageIndex | None) -> None:
    assert len((await _walked(graph, _any_unit(plant), index)).nodes) > 10


async def _walked(graph: Graph, unit: Thing, index: LineageIndex | None) -> Lineage:
    return await genealogy(graph, unit, TraceDirection.ANCESTORS, LIVE, index)


def _any_unit(plant: Plant) -> Thing:
    number = next(_NUMBERS)
    lot = number * 7_919 % (plant.base // 3) * 3
    return Thing(ThingKind.UNIT, f"L{lot:06d}-{number % _UNITS + 1:03d}")


def _resident_mb() -> float:
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
