from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from tests import factory
from twin.errors import GraphUnavailable
from twin.events.event import Event
from twin.intake.outbox import Outbox
from twin.intake.relay import Relay
from twin.intake.watermark import position_id
from twin.stream.client import Stream
from twin.stream.log import Delivery, EventLog

SHARDS = 2


class Projection:
    """Stands for the graph's positions: what was acknowledged counts as projected."""

    def __init__(self) -> None:
        self.positions: dict[str, int] = {}
        self.reachable = True

    async def asked(self) -> dict[str, int]:
        if not self.reachable:
            raise GraphUnavailable("the graph is down")
        return dict(self.positions)

    def project(self, deliveries: list[Delivery]) -> None:
        for _, entry, _ in deliveries:
            place = position_id(entry.outbox, entry.shard)
            self.positions[place] = max(self.positions.get(place, 0), entry.seq)


def lots(first: int, last: int) -> list[Event]:
    return [factory.lot_created(event_id=f"e-{n}", lot_id=f"LOT-{n}") for n in range(first, last + 1)]


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncIterator[Outbox]:
    async with Outbox(tmp_path / "outbox.db", SHARDS) as opened:
        yield opened


@asynccontextmanager
async def relaying(
    outbox: Outbox, log: EventLog, projection: Projection, **bounds: int
) -> AsyncIterator[Relay]:
    relay = Relay(outbox, log, projection.asked, **bounds)
    running = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def received(log: EventLog, wanted: set[str], projection: Projection | None = None) -> list[str]:
    ids: list[str] = []
    async with asyncio.timeout(60):
        while not wanted <= set(ids):
            deliveries = await log.read(500, block_ms=50)
            ids += [one.entry.event().event_id for one in deliveries]
            if projection is not None:
                projection.project(deliveries)
                await log.ack(deliveries)
    return ids


def names(first: int, last: int) -> set[str]:
    return {f"e-{number}" for number in range(first, last + 1)}


async def test_every_accepted_event_reaches_its_shard_once_and_in_order(
    stream: Stream, outbox: Outbox
) -> None:
    log = EventLog(stream, SHARDS)
    await log.open()
    await outbox.accept(lots(1, 50))
    async with relaying(outbox, log, Projection()):
        await outbox.accept(lots(51, 100))
        deliveries: list[Delivery] = []
        async with asyncio.timeout(60):
            while len(deliveries) < 100:
                deliveries += await log.read(500, block_ms=50)

    for shard in range(SHARDS):
        seqs = [one.entry.seq for one in deliveries if one.entry.shard == shard]
        assert seqs == sorted(seqs)
    assert sorted(one.entry.seq for one in deliveries) == list(range(1, 101))


async def test_a_restarted_relay_sends_nothing_twice(stream: Stream, outbox: Outbox) -> None:
    log, projection = EventLog(stream, SHARDS), Projection()
    await log.open()
    for first in (1, 11):
        await outbox.accept(lots(first, first + 9))
        async with relaying(outbox, log, projection):
            assert sorted(await received(log, names(first, first + 9))) == sorted(names(first, first + 9))


async def test_a_wiped_stream_gets_again_what_is_not_projected(stream: Stream, outbox: Outbox) -> None:
    log, projection = EventLog(stream, SHARDS), Projection()
    await log.open()
    await outbox.accept(lots(1, 20))
    async with relaying(outbox, log, projection):
        await received(log, names(1, 20), projection)
        await outbox.accept(lots(21, 30))
        async with asyncio.timeout(60):
            while max((await log.sent(outbox.outbox_id)).values()) < 30:
                await asyncio.sleep(0.005)
        await stream.commands.flushdb()
        await outbox.accept(lots(31, 40))

        again = await received(log, names(21, 40), projection)

    assert names(1, 20) & set(again) == set()


async def test_a_stream_wiped_while_nothing_happens_is_noticed(stream: Stream, outbox: Outbox) -> None:
    log, projection = EventLog(stream, SHARDS), Projection()
    await log.open()
    await outbox.accept(lots(1, 5))
    async with relaying(outbox, log, projection):
        await received(log, names(1, 5))
        await stream.commands.flushdb()
        assert sorted(await received(log, names(1, 5), projection)) == sorted(names(1, 5))


async def test_a_graph_that_lost_its_projection_gets_everything_again(stream: Stream, outbox: Outbox) -> None:
    log, projection = EventLog(stream, SHARDS), Projection()
    await log.open()
    await outbox.accept(lots(1, 20))
    async with relaying(outbox, log, projection):
        await received(log, names(1, 20), projection)
    await log.trim()

    async with relaying(outbox, log, Projection()):
        assert sorted(await received(log, names(1, 20))) == sorted(names(1, 20))


async def test_waits_for_a_graph_that_is_down_and_then_goes_on(stream: Stream, outbox: Outbox) -> None:
    log, projection = EventLog(stream, SHARDS), Projection()
    await log.open()
    projection.reachable = False
    await outbox.accept(lots(1, 3))
    async with relaying(outbox, log, projection) as relay:
        assert await log.read(10, block_ms=100) == []
        assert not relay.connected.is_set()
        projection.reachable = True
        assert await received(log, names(1, 3)) != []
        assert relay.connected.is_set()


async def test_a_full_shard_holds_the_relay_back_and_loses_nothing(stream: Stream, outbox: Outbox) -> None:
    log, projection = EventLog(stream, SHARDS), Projection()
    await log.open()
    await outbox.accept(lots(1, 1_000))
    async with relaying(outbox, log, projection, full_shard=10):
        async with asyncio.timeout(60):
            while await log.longest() == 0:
                await asyncio.sleep(0.005)
        await outbox.accept(lots(1_001, 1_100))
        seen = await received(log, names(1, 1_000), projection)
        await log.trim()
        seen += await received(log, names(1_001, 1_100), projection)

    assert sorted(seen) == sorted(names(1, 1_100))


async def test_an_event_set_aside_goes_again_on_request(stream: Stream, outbox: Outbox) -> None:
    log, projection = EventLog(stream, SHARDS), Projection()
    await log.open()
    await outbox.accept(lots(1, 3))
    async with relaying(outbox, log, projection) as relay:
        await received(log, names(1, 3), projection)
        assert await relay.repeat("e-2")
        assert not await relay.repeat("nobody")
        assert await received(log, {"e-2"}, projection) == ["e-2"]


async def test_two_outboxes_share_the_shards(stream: Stream, outbox: Outbox, tmp_path: Path) -> None:
    log, projection = EventLog(stream, SHARDS), Projection()
    await log.open()
    async with (
        Outbox(tmp_path / "second.db", SHARDS) as second,
        relaying(outbox, log, projection),
        relaying(second, EventLog(stream, SHARDS), projection),
    ):
        await outbox.accept(lots(1, 10))
        await second.accept(lots(11, 20))
        assert sorted(await received(log, names(1, 20), projection)) == sorted(names(1, 20))


async def test_what_another_process_writes_into_the_same_outbox_is_sent_in_order(
    stream: Stream, outbox: Outbox, tmp_path: Path
) -> None:
    log, projection = EventLog(stream, SHARDS), Projection()
    await log.open()
    async with (
        Outbox(tmp_path / "outbox.db", SHARDS) as visitor,
        relaying(outbox, log, projection) as relay,
    ):
        await relay.connected.wait()
        await outbox.accept(lots(1, 5))
        await visitor.accept(lots(6, 10))
        await outbox.accept(lots(11, 15))
        await visitor.accept(lots(16, 20))
        assert sorted(await received(log, names(1, 20), projection)) == sorted(names(1, 20))


async def test_an_outbox_that_could_not_be_read_is_relayed_when_it_can_be(
    stream: Stream, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log, file = EventLog(stream, SHARDS), tmp_path / "unreadable.db"
    await log.open()
    async with Outbox(file, SHARDS) as before:
        await before.accept(lots(1, 5))
    async with Outbox(file, SHARDS) as outbox:
        renamed(file, "events", "elsewhere")
        async with relaying(outbox, log, Projection()):
            async with asyncio.timeout(60):
                while "the relay waits: no such table: events" not in caplog.text:
                    await asyncio.sleep(0.005)
            renamed(file, "elsewhere", "events")
            assert sorted(await received(log, names(1, 5))) == sorted(names(1, 5))


def renamed(file: Path, old: str, new: str) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute(f"ALTER TABLE {old} RENAME TO {new}")
        database.commit()
