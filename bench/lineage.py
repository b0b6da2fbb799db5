"""Recalls and genealogies of a large plant: the lineage index, the graph alone, and two peers."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from functools import partial
from itertools import count, cycle
from pathlib import Path
from typing import Final

from bench.api import Api
from bench.bulk import amounts, load
from bench.lineage_asking import asked, long_before, next_asked
from bench.lineage_figures import LineageFigures
from bench.lineage_peers import Tables
from bench.lineage_ratios import ratios_of, tables
from bench.plant_events import FLUX, Plant
from bench.postgres import postgres_here
from bench.spread import FEW, timed
from cli.collector import search_rarely
from graph_migrations.runner import migrate
from twin.events.event import Event
from twin.graph.embedded import EmbeddedGraph
from twin.graph.session import Graph
from twin.queries.clocks import LIVE
from twin.queries.genealogy import genealogy
from twin.queries.index.index import LineageIndex
from twin.queries.index.units import AffectedUnits
from twin.queries.recall_impact import recall_impact
from twin.records.genealogy import Lineage
from twin.records.recall import Exposure, MaterialLotScope
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
_NUMBERS: Final = count(1)
_BEGIN: Final = Instant(0)


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
        await amounts(graph, peer.amounts())
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
        await tables(figures, graph, index, peer, stack.enter_context(postgres_here()))
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
        assert _same(by_graph, await asked(index, scope)), f"{suspect}: index and graph differ"
        assert by_graph.totals.lots == size
        figures.totals[suspect] = by_graph.totals
        alike = cycle(await _alike(index, figures.plant, size))
        asking_each = partial(next_asked, index, alike)
        figures.rows.append(await timed(f"totals by the index, {size} lots", targets[size], asking_each))
        if size == _ALONE:
            asking = partial(recall_impact, graph, scope, LIVE)
            name = f"totals by the graph alone, {size} lots"
            figures.rows += [
                await timed(f"{name}, first asked", "", asking, FEW),
                await timed(name, "p50 300", asking, FEW, _WARM),
            ]
        await ratios_of(figures, graph, index, peer, (size, suspect), alike)
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


async def _alike(index: LineageIndex, plant: Plant, size: int) -> list[str]:
    """Suspects that reached as many lots: each time another one is asked about."""
    for suspect in plant.alike(size):
        assert (await asked(index, MaterialLotScope(suspect))).totals.lots == size
    return plant.alike(size)


async def _next_page(api: Api, suspects: Iterator[str]) -> None:
    await api.page(next(suspects), long_before())


def _same(one: Exposure, other: Exposure) -> bool:
    names = ("lots", "totals", "orders", "customers", "shipments", "material_lots", "findings", "complete")
    return all(getattr(one, name) == getattr(other, name) for name in names) and tuple(one.units) == tuple(
        other.units
    )


async def _export(index: LineageIndex) -> None:
    found = await asked(index, MaterialLotScope(FLUX, long_before()))
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
