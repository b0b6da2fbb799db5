"""A TCP proxy that delays, cuts, swallows and tears what passes through it."""

from __future__ import annotations

import asyncio
import contextlib
import random
from dataclasses import dataclass, field
from enum import StrEnum

CHUNK = 65_536


class Weather(StrEnum):
    """What happens to bytes on their way."""

    FAIR = "fair"
    SLOW = "slow"
    TORN = "torn"
    SWALLOWED = "swallowed"


@dataclass(eq=False)
class Link:
    """One connection through the proxy, by its two ends."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter

    def cut(self) -> None:
        """Reset both ends, without a goodbye."""
        for end in (self.near, self.far):
            end.transport.abort()


@dataclass
class Proxy:
    """Listens on a loopback port of its own and hands everything on to ``target``, as the weather allows."""

    target: int
    dice: random.Random
    weather: Weather = Weather.FAIR
    port: int = 0
    torn: int = 0
    _links: set[Link] = field(default_factory=set)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> Proxy:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self.reset()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def reset(self) -> int:
        """Cut every connection; how many there were."""
        links = list(self._links)
        for link in links:
            link.cut()
        return len(links)

    async def _accept(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, near)
        except asyncio.CancelledError:
            near.transport.abort()
        finally:
            self._tasks.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        try:
            answers, far = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            near.transport.abort()
            return
        link = Link(near, far)
        self._links.add(link)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, far, link))
                both.create_task(self._pump(answers, near, link))
        finally:
            self._links.discard(link)
            link.cut()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, link: Link) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(CHUNK):
                if self.weather is Weather.SLOW:
                    await asyncio.sleep(self.dice.uniform(0.02, 0.25))
                while self.weather is Weather.SWALLOWED:
                    await asyncio.sleep(0.05)
                if self.weather is Weather.TORN and len(chunk) > 1:
                    writer.write(chunk[: self.dice.randrange(1, len(chunk))])
                    await writer.drain()
                    self.torn += 1
                    break
                writer.write(chunk)
                await writer.drain()
        link.cut()
