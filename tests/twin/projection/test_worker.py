from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests import factory
from tests.factory import START
from tests.twin.projection.arrivals import one, projector
from twin.errors import Behind
from twin.events.codec import encode
from twin.events.event import Event
from twin.graph.session import Graph
from twin.projection.arrival import Arrival
from twin.projection.canonical import canonical
from twin.projection.progress import Progress
from twin.projection.worker import Doors, Worker
from twin.stream.change_feed import Change, ChangeFeed
from twin.stream.client import Stream
from twin.stream.lease import Lease
from twin.stream.log import Entry, EventLog
from twin.vocabulary.instants import Instant

OUTBOX = "box"
SHARDS = 2


class Bench:
    def __init__(self, graph: Graph, stream: Stream) -> None:
        self.graph = graph
        self.stream = stream
        self.log = EventLog(stream, SHARDS)
        self.feed = ChangeFeed(stream)
        self.progress = Progress()
        self.aside: list[tuple[Entry, str, str]] = []
        self.worker = Worker(
            Doors(
                graph,
                self.log,
                Lease(stream, "projector", 2.0),
                self.feed,
                self._keep,
                lambda: Instant(START),
            ),
            self.progress,
        )

    async def _keep(self, entry: Entry, error: str, message: str) -> None:
        self.aside.append((entry, error, message))

    async def send(self, *events: Event | bytes) -> list[Entry]:
        entries = [
            Entry(number % SHARDS, OUTBOX, number, START + number, payload(event))
            for number, event in enumerate(events, 1)
        ]
        await self.log.append(OUTBOX, entries, {})
        return entries

    async def finished(self) -> bool:
        return await self.log.lag() == 0

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.worker.run())
        try:
            yield
        finally:
            task.cancel()
            done, _ = await asyncio.wait([task], timeout=60)
            assert done, "the worker does not stop"


def payload(event: Event | bytes) -> bytes:
    return event if isinstance(event, bytes) else encode(event)


@pytest.fixture
async def bench(empty_graph: Graph, stream: Stream) -> Bench:
    bench = Bench(empty_graph, stream)
    await bench.log.open()
    return bench


async def changes(feed: ChangeFeed, until: Callable[[list[Change]], bool]) -> list[Change]:
    found: list[Change] = []
    async with asyncio.timeout(60):
        async for change in feed.follow("0-0"):
            found.append(change)
            if until(found):
                break
    return found


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await holds():
            await asyncio.sleep(0.02)


def places(*pairs: tuple[int, int]) -> dict[str, int]:
    return {f"{OUTBOX}/{shard}": seq for shard, seq in pairs}


async def test_events_on_the_shards_become_the_graph_and_are_told(bench: Bench) -> None:
    created = factory.lot_created(event_id="c")
    came = factory.lot_tracked_in(event_id="i")
    await bench.send(created, came)

    async with bench.working():
        await bench.progress.reached(places((0, 2), (1, 1)), seconds=60)
        told = await changes(bench.feed, lambda found: sum(len(change.events) for change in found) == 2)
        await eventually(bench.finished)

    events = {event.event_id: event.things for change in told for event in change.events}
    assert events == {
        "c": (("Lot", "LOT-1"), ("Product", "LED-5050")),
        "i": (("Lot", "LOT-1"), ("Equipment", "DB-01")),
    }
    lot = await one(bench.graph, "MATCH (lot:Lot) RETURN lot.lot_id AS id, lot.wip_status AS status")
    assert lot == {"id": "LOT-1", "status": "PROCESSING"}


async def test_a_crash_between_commit_and_acknowledgement_applies_nothing_twice(bench: Bench) -> None:
    events = [factory.lot_created(event_id="c"), factory.units_scrapped(event_id="s", quantity=3)]
    entries = await bench.send(*events)
    taken = await bench.log.read(10, block_ms=100)
    assert len(taken) == 2
    await projector(bench.graph).apply(
        [Arrival(entry.event(), entry.outbox, entry.shard, entry.seq) for entry in entries]
    )
    before = await canonical(bench.graph)

    async with bench.working():
        told = await changes(bench.feed, lambda found: sum(len(change.events) for change in found) == 2)
        await eventually(bench.finished)

    assert {event.event_id for change in told for event in change.events} == {"c", "s"}
    assert await canonical(bench.graph) == before
    assert (await one(bench.graph, "MATCH (lot:Lot) RETURN lot.quantity AS n"))["n"] == 97


async def test_what_cannot_be_applied_or_read_is_set_aside_and_the_rest_goes_on(bench: Bench) -> None:
    await bench.send(
        factory.lot_created(lot_id="A"),
        factory.lot_created(lot_id="B", event_id="poison", source_sequence=2**64),
        b"not an event",
        factory.lot_created(lot_id="C"),
    )

    async with bench.working():
        await bench.progress.reached(places((0, 4), (1, 3)), seconds=60)

    assert sorted((entry.seq, error) for entry, error, _ in bench.aside) == [
        (2, "ValidationError"),
        (3, "DecodeError"),
    ]
    lots = await bench.graph.read("MATCH (lot:Lot) RETURN lot.lot_id AS id ORDER BY id")
    assert [row["id"] for row in lots] == ["A", "C"]


async def test_a_void_is_told_with_what_its_target_is_about(bench: Bench) -> None:
    await bench.send(
        factory.lot_created(event_id="c"), factory.event_voided(event_id="v", voided_event_id="c")
    )

    async with bench.working():
        told = await changes(bench.feed, lambda found: sum(len(change.events) for change in found) == 2)

    assert {event.event_id: event.things for change in told for event in change.events}["v"] == (
        ("Lot", "LOT-1"),
        ("Product", "LED-5050"),
    )


async def test_waiting_for_what_never_comes_ends_in_time() -> None:
    progress = Progress()
    progress.note(places((0, 4)))

    await progress.reached(places((0, 4)), seconds=0.01)
    with pytest.raises(Behind):
        await progress.reached(places((0, 5)), seconds=0.01)


async def test_a_position_never_goes_back() -> None:
    progress = Progress()
    progress.note(places((0, 4)))
    progress.note(places((0, 2), (1, 1)))

    assert progress.positions == places((0, 4), (1, 1))
