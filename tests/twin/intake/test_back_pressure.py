from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests import factory
from tests.twin.intake.test_relay import SHARDS, Projection, relaying
from twin.events.event import Event
from twin.intake.dead_letters import DeadLetters
from twin.intake.intake import Intake
from twin.intake.ledger import OutboxRefused
from twin.intake.outbox import Outbox
from twin.stream.change_feed import Change, ChangeFeed
from twin.stream.client import Stream
from twin.stream.log import EventLog

MB = 1024 * 1024
ROOM = 8 * MB
MEMORY = 10 * MB
BATCH = 50


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncIterator[Outbox]:
    async with Outbox(tmp_path / "outbox.db", SHARDS, capacity_bytes=ROOM) as opened:
        yield opened


@pytest.fixture
async def tight_stream(stream: Stream) -> AsyncIterator[Stream]:
    used = int((await stream.commands.info("memory"))["used_memory"])
    before = (await stream.commands.config_get("maxmemory"))["maxmemory"]
    await stream.commands.config_set("maxmemory", max(used * 2, MEMORY))
    yield stream
    await stream.commands.config_set("maxmemory", before or 0)


def batch(first: int) -> list[Event]:
    return [
        factory.units_scrapped(event_id=f"e-{number}", lot_id=f"LOT-{number}", reason="x" * 4_000)
        for number in range(first, first + BATCH)
    ]


async def refusal(intake: Intake, first: int) -> str | None:
    try:
        await intake.door("db-01").emit(batch(first))
    except OutboxRefused as refused:
        return refused.code
    return None


async def until_refused(intake: Intake) -> tuple[int, list[str]]:
    """Emit as a device does until it is not acknowledged; how many were, and the alarms on the way."""
    alarms: list[str] = []
    for first in range(0, 10_000, BATCH):
        if (code := await refusal(intake, first)) is not None:
            assert code == "outbox.full"
            return first, alarms
        if (alarm := await intake.outbox.alarm()) is not None:
            alarms.append(alarm)
        await asyncio.sleep(0)
    raise AssertionError("nothing was ever refused")


async def drained(outbox: Outbox, log: EventLog, projection: Projection, count: int) -> list[str]:
    ids: list[str] = []
    async with asyncio.timeout(60):
        while len(ids) < count:
            deliveries = await log.read(50, block_ms=50)
            ids += [one.entry.event().event_id for one in deliveries]
            projection.project(deliveries)
            await log.ack(deliveries)
            await outbox.projected(projection.positions)
    return ids


async def test_a_full_stream_ends_in_a_refused_device_and_an_alarm_and_heals_by_itself(
    tight_stream: Stream, outbox: Outbox, tmp_path: Path
) -> None:
    log, projection, feed = EventLog(tight_stream, SHARDS), Projection(), ChangeFeed(tight_stream)
    intake = Intake(outbox, DeadLetters(tmp_path / "letters.db"))
    await log.open()
    async with relaying(outbox, log, projection):
        taken, alarms = await until_refused(intake)
        assert alarms[0].startswith("8")
        assert "of the room for events that wait is taken" in alarms[0]
        await feed.publish(Change(at=1))

        # More waits than the stream has room for, so draining needs the relay to go on.
        ids = await drained(outbox, log, projection, taken)
        assert sorted(ids) == sorted(f"e-{number}" for number in range(taken))
        assert await outbox.alarm() is None
        assert await refusal(intake, taken) is None
        assert len(await drained(outbox, log, projection, BATCH)) == BATCH
    intake.dead_letters.close()


async def test_a_graph_that_is_down_ends_in_a_refused_device_and_an_alarm_and_heals_by_itself(
    stream: Stream, outbox: Outbox, tmp_path: Path
) -> None:
    log, projection = EventLog(stream, SHARDS), Projection()
    projection.reachable = False
    intake = Intake(outbox, DeadLetters(tmp_path / "letters.db"))
    await log.open()
    async with relaying(outbox, log, projection):
        taken, alarms = await until_refused(intake)
        assert len(alarms) > 1
        projection.reachable = True
        ids = await drained(outbox, log, projection, taken)
        assert sorted(ids) == sorted(f"e-{number}" for number in range(taken))
        assert await outbox.alarm() is None
        assert await refusal(intake, taken) is None
        assert len(await drained(outbox, log, projection, BATCH)) == BATCH
    intake.dead_letters.close()
