from __future__ import annotations

import asyncio
import time
from random import Random
from urllib.parse import urlsplit

import pytest

from tests.chaos.proxy import Proxy, Weather
from twin.stream.client import Stream, open_stream
from twin.stream.lease import Lease


async def test_only_one_holds_a_lease(stream: Stream) -> None:
    first, second, other = Lease(stream, "projector"), Lease(stream, "projector"), Lease(stream, "jobs")

    assert await first.acquire()
    assert not await second.acquire()
    assert await other.acquire()

    await first.release()
    assert first.lost.is_set()
    assert await second.acquire()
    await second.release()
    await other.release()


async def test_every_holder_has_a_higher_number(stream: Stream) -> None:
    numbers = []
    for _ in range(3):
        lease = Lease(stream, "projector")
        assert await lease.acquire()
        numbers.append(lease.number)
        await lease.release()

    assert numbers == [1, 2, 3]


async def test_numbers_go_on_rising_when_the_stream_lost_its_memory(stream: Stream) -> None:
    lease = Lease(stream, "projector")
    assert await lease.acquire(above=41)
    assert lease.number == 42
    await lease.release()
    await stream.commands.flushdb()

    again = Lease(stream, "projector")
    assert await again.acquire(above=42)
    assert again.number == 43
    await again.release()


async def test_a_lease_is_renewed_while_its_holder_lives(stream: Stream) -> None:
    lease = Lease(stream, "projector", ttl_seconds=6.0)
    assert await lease.acquire()
    (holder,) = await stream.commands.keys("*lease-projector*:holder")
    await stream.commands.pexpire(holder, 5_500)

    try:
        async with asyncio.timeout(60):
            while await stream.commands.pttl(holder) < 5_500:
                await asyncio.sleep(0.02)
        assert not lease.lost.is_set()
        assert not await Lease(stream, "projector").acquire()
    finally:
        await lease.release()


async def test_a_holder_that_was_overtaken_learns_it(stream: Stream) -> None:
    sleeper = Lease(stream, "projector", ttl_seconds=0.3)
    assert await sleeper.acquire()
    await stream.commands.flushdb()
    heir = Lease(stream, "projector")

    assert await heir.acquire(above=sleeper.number)
    assert await _lost_within(sleeper, 60.0)
    assert heir.number > sleeper.number
    await heir.release()
    await sleeper.release()


async def test_a_holder_that_slept_past_its_time_begins_nothing_before_it_knows(stream: Stream) -> None:
    sleeper = Lease(stream, "projector", ttl_seconds=0.9)
    assert await sleeper.acquire()
    sleeper._until = time.monotonic()  # as a process finds it that was stopped and goes on
    assert not sleeper.is_sure
    assert not sleeper.lost.is_set()

    await stream.commands.flushdb()
    heir = Lease(stream, "projector")
    assert await heir.acquire(above=sleeper.number)

    assert not await sleeper.sure()
    assert await heir.sure()
    await heir.release()
    await sleeper.release()


@pytest.mark.usefixtures("stream")
async def test_a_holder_that_cannot_reach_the_stream_stops_counting_on_its_lease(stream_url: str) -> None:
    port = urlsplit(stream_url).port or 0
    way = await Proxy(port, Random(1)).start()
    own = open_stream(stream_url.replace(f":{port}/", f":{way.port}/"))
    lease = Lease(own, "projector", ttl_seconds=0.6)
    assert await lease.acquire()
    way.weather = Weather.SWALLOWED

    try:
        assert await _lost_within(lease, 60.0)
    finally:
        way.weather = Weather.FAIR
        await lease.release()
        await own.close()
        await way.stop()


async def test_a_waiting_heir_takes_over_when_the_holder_lets_go(stream: Stream) -> None:
    holder, heir = Lease(stream, "projector", ttl_seconds=0.5), Lease(stream, "projector", ttl_seconds=0.5)
    assert await holder.acquire()
    waiting = asyncio.create_task(heir.wait())
    await holder.release()

    async with asyncio.timeout(60):
        await waiting
    assert heir.number == 2
    await heir.release()


async def _lost_within(lease: Lease, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await lease.lost.wait()
    except TimeoutError:
        return False
    return True
