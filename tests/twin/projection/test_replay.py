from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from graph_migrations.runner import migrate
from tests import factory
from tests.factory import START
from tests.graph_fixtures import patient, wipe
from tests.service.running import QUICK_JAVA
from tests.twin.projection.arrivals import projector
from tests.twin.projection.hard_day import a_hard_day
from twin.errors import Refused
from twin.graph.embedded import EmbeddedGraph
from twin.graph.session import Graph
from twin.intake.archiving import Archiving, Bounds
from twin.intake.kept import KeptOutbox
from twin.intake.outbox import Outbox
from twin.projection.arrival import Arrival
from twin.projection.canonical import canonical
from twin.projection.comparison import Comparison, compare
from twin.projection.replay import Replay, refuse_unless_empty
from twin.queries.positions import shard_positions
from twin.stream.log import Entry
from twin.vocabulary.instants import Instant

SHARDS = 4
SEED = 20261122
PATIENCE_S = 60.0


@pytest.fixture(scope="session")
async def second_graph(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Graph]:
    embedded = EmbeddedGraph(tmp_path_factory.mktemp("second-graph"), QUICK_JAVA)
    try:
        graph = await patient(await embedded.start())
        await migrate(graph)
        yield graph
        await graph.close()
    finally:
        await embedded.stop()


@pytest.fixture
async def scratch(second_graph: Graph) -> Graph:
    await wipe(second_graph)
    return second_graph


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncIterator[Outbox]:
    async with Outbox(tmp_path / "outbox.sqlite", SHARDS) as outbox:
        yield outbox


def arrival(entry: Entry) -> Arrival:
    return Arrival(entry.event(), entry.outbox, entry.shard, entry.seq)


async def project_shuffled(graph: Graph, entries: Sequence[Entry]) -> None:
    dice = Random(SEED)
    doubled = [*entries, *dice.sample(entries, len(entries) // 3)]
    dice.shuffle(doubled)
    writer = projector(graph)
    while doubled:
        size = dice.randint(1, 12)
        await writer.apply([arrival(entry) for entry in doubled[:size]])
        del doubled[:size]


def replay_of(tmp_path: Path, graph: Graph) -> Replay:
    kept = KeptOutbox(tmp_path / "outbox.sqlite", tmp_path / "archive")
    return Replay([kept], graph, lambda: Instant(START + 99), lambda _rows: None)


async def replayed(tmp_path: Path, graph: Graph) -> Replay:
    replay = replay_of(tmp_path, graph)
    await replay.all()
    return replay


async def test_a_replay_equals_the_live_graph_of_a_shuffled_doubled_voided_day(
    empty_graph: Graph, scratch: Graph, outbox: Outbox, tmp_path: Path
) -> None:
    day = a_hard_day()
    await outbox.accept([*day, *day[::3]])
    await project_shuffled(empty_graph, await outbox.after(0, 1_000))

    replay = await replayed(tmp_path, scratch)
    found = await compare(empty_graph, replay, PATIENCE_S)

    assert (found.same, found.only_live, found.only_replayed) == (True, (), ())
    assert (replay.events, replay.damages, replay.set_aside) == (len(day), 0, [])


async def test_a_second_replay_gives_the_same_dump(scratch: Graph, outbox: Outbox, tmp_path: Path) -> None:
    await outbox.accept(a_hard_day())
    await replayed(tmp_path, scratch)
    first = await canonical(scratch)
    await wipe(scratch)
    await replayed(tmp_path, scratch)
    assert (await canonical(scratch)).splitlines() == first.splitlines()
    assert len(first.splitlines()) > len(a_hard_day())


async def test_a_replay_reads_archive_and_outbox_as_one_and_goes_on_where_it_was(
    empty_graph: Graph, scratch: Graph, outbox: Outbox, tmp_path: Path
) -> None:
    day = a_hard_day()
    third = len(day) // 3
    await outbox.accept(day[: 2 * third])
    await project_shuffled(empty_graph, await outbox.after(0, 1_000))
    bounds = Bounds(segment_bytes=2_000, wait_ms=0)
    work = Archiving(tmp_path / "outbox.sqlite", SHARDS, tmp_path / "archive", 0, bounds=bounds)
    await work.once(lambda: shard_positions(empty_graph))
    work.close()
    await outbox.accept(day[2 * third :])
    replay = await replayed(tmp_path, scratch)
    assert (replay.events, replay.damages) == (len(day), 0)
    assert len(list((tmp_path / "archive").glob("*/*.zst"))) > 3
    with closing(sqlite3.connect(tmp_path / "outbox.sqlite")) as db, db:
        assert db.execute("SELECT count(*) FROM events").fetchone() == (len(day) - 2 * third,)
    db.close()

    late = factory.lot_created(event_id="late", lot_id="LATE")
    await outbox.accept([late])
    await replay.all()
    assert replay.events == len(day) + 1
    await project_shuffled(empty_graph, await outbox.after(2 * third, 1_000))
    found = await compare(empty_graph, replay, PATIENCE_S)
    assert (found.same, found.only_live, found.only_replayed) == (True, (), ())


async def test_a_replay_follows_a_live_graph_into_which_events_still_come(
    empty_graph: Graph, scratch: Graph, outbox: Outbox, tmp_path: Path
) -> None:
    day = a_hard_day()
    writer = projector(empty_graph)
    place = 0

    async def come(count: int) -> None:
        nonlocal place
        await outbox.accept(day[place : place + count])
        entries = await outbox.after(place, count)
        place += len(entries)
        await writer.apply([arrival(entry) for entry in entries])

    async def keep_coming() -> None:
        while place < len(day):
            await come(3)

    await come(10)
    replay = await replayed(tmp_path, scratch)
    coming = asyncio.create_task(keep_coming())
    found = await compare(empty_graph, replay, PATIENCE_S)
    await coming
    assert found.same is True

    afterwards = await compare(empty_graph, replay, PATIENCE_S)
    assert afterwards.same is True
    assert replay.events == len(day)


async def test_a_replay_ahead_of_the_live_graph_is_not_compared(
    empty_graph: Graph, scratch: Graph, outbox: Outbox, tmp_path: Path
) -> None:
    await outbox.accept([factory.lot_created(event_id="c")])
    found = await compare(empty_graph, await replayed(tmp_path, scratch), 0.0)
    assert found.same is None
    assert found.why_not == "the live graph has not reached the events that are in the outbox"


async def test_a_live_graph_with_events_of_another_outbox_is_not_compared(
    empty_graph: Graph, scratch: Graph, outbox: Outbox, tmp_path: Path
) -> None:
    await outbox.accept([factory.lot_created(event_id="c")])
    (entry,) = await outbox.after(0, 10)
    foreign = entry._replace(outbox="foreign")
    await projector(empty_graph).apply([arrival(foreign)])
    found = await compare(empty_graph, await replayed(tmp_path, scratch), PATIENCE_S)
    assert (
        found.why_not == "the live graph holds events of another outbox, which is not in this data directory"
    )


async def test_a_corrupted_row_is_reported_and_its_effect_is_missing(
    empty_graph: Graph, scratch: Graph, outbox: Outbox, tmp_path: Path
) -> None:
    await outbox.accept(
        [
            factory.lot_created(event_id="c"),
            factory.lot_created(event_id="d", lot_id="LOT-2", product_id="P-2", source="erp"),
        ]
    )
    await project_shuffled(empty_graph, await outbox.after(0, 10))
    with closing(sqlite3.connect(tmp_path / "outbox.sqlite")) as db, db:
        db.execute("UPDATE events SET payload = replace(payload, 'LOT-2', 'LOT-3') WHERE event_id = 'd'")

    replay = await replayed(tmp_path, scratch)
    found: Comparison = await compare(empty_graph, replay, PATIENCE_S)

    assert [(row.seq, row.event_id, row.reason) for row in replay.damaged] == [
        (2, "d", "its bytes are not those that were accepted")
    ]
    assert replay.events == 1
    assert found.same is False
    assert found.only_replayed == ()
    assert any(line.startswith("Lot:LOT-2 ") for line in found.only_live)


async def test_a_live_graph_that_was_tampered_with_differs(
    empty_graph: Graph, scratch: Graph, outbox: Outbox, tmp_path: Path
) -> None:
    await outbox.accept([factory.lot_created(event_id="c")])
    await project_shuffled(empty_graph, await outbox.after(0, 10))
    replay = await replayed(tmp_path, scratch)
    async with empty_graph.transaction() as tx:
        await tx.write("MATCH (lot:Lot {lot_id: 'LOT-1'}) SET lot.quantity = 7")
    found = await compare(empty_graph, replay, PATIENCE_S)
    assert found.same is False
    assert [line.split(" ")[0] for line in (*found.only_live, *found.only_replayed)] == ["Lot:LOT-1"] * 2


async def test_a_graph_that_holds_something_is_refused(scratch: Graph) -> None:
    await refuse_unless_empty(scratch)
    async with scratch.transaction() as tx:
        await tx.write("CREATE (:Lot {lot_id: 'here before'})")
    with pytest.raises(Refused, match="not empty"):
        await refuse_unless_empty(scratch)
