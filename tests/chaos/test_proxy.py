from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.chaos.proxy import Proxy, Weather

WORDS = b"all or nothing"


@asynccontextmanager
async def echoing() -> AsyncIterator[Proxy]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(1_000):
            writer.write(chunk)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    proxy = await Proxy(server.sockets[0].getsockname()[1], random.Random(1)).start()
    try:
        yield proxy
    finally:
        await proxy.stop()
        server.close()


async def answer(proxy: Proxy, seconds: float = 5.0) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        writer.write(WORDS)
        async with asyncio.timeout(seconds):
            return await reader.readexactly(len(WORDS))
    finally:
        writer.transport.abort()


@pytest.mark.parametrize("weather", [Weather.FAIR, Weather.SLOW])
async def test_what_is_only_late_arrives_whole(weather: Weather) -> None:
    async with echoing() as proxy:
        proxy.weather = weather
        assert await answer(proxy) == WORDS


async def test_a_torn_frame_ends_the_connection_and_the_next_one_is_whole() -> None:
    async with echoing() as proxy:
        proxy.weather = Weather.TORN
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            await answer(proxy)
        assert proxy.torn >= 1
        proxy.weather = Weather.FAIR
        assert await answer(proxy) == WORDS


async def test_what_is_swallowed_is_not_answered_until_the_weather_is_fair() -> None:
    async with echoing() as proxy:
        proxy.weather = Weather.SWALLOWED
        with pytest.raises(TimeoutError):
            await answer(proxy, 0.2)
        proxy.weather = Weather.FAIR
        assert await answer(proxy) == WORDS
