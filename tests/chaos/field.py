"""The field of a chaos run: a service, another that stands by, both stores behind proxies, a clock."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.chaos.launcher import clock_file
from tests.chaos.proxy import Proxy, Weather
from tests.service.running import ROOT, RunningService
from twin.graph.embedded import EmbeddedGraph, GraphAddress
from twin.stream.embedded import EmbeddedStream

LAUNCHER = (sys.executable, str(Path(__file__).with_name("launcher.py")))
LOOKS_EVERY_S = 0.3


@dataclass
class Field:
    """Everything that can be struck, and what keeps it standing up again."""

    folder: Path
    dice: random.Random
    graph: EmbeddedGraph
    stream: EmbeddedStream
    address: GraphAddress
    stream_url: str
    to_graph: Proxy
    to_stream: Proxy
    clock: Path
    service: RunningService
    standby: RunningService
    restarts: Counter[str] = field(default_factory=Counter)
    stays_down: bool = False
    lost_bytes: int = 0
    _coming_back: asyncio.Task[None] | None = None

    @property
    def proxies(self) -> tuple[Proxy, Proxy]:
        return self.to_graph, self.to_stream

    @property
    def graph_url(self) -> str:
        """Where the graph answers itself, past the proxy."""
        return f"bolt://127.0.0.1:{self.to_graph.target}"

    @property
    def outbox(self) -> Path:
        return self.service.data_dir / "outbox" / "outbox.sqlite"

    def weather(self, weather: Weather) -> None:
        for proxy in self.proxies:
            proxy.weather = weather

    def pid(self, of: RunningService) -> int:
        assert of.process is not None
        return of.process.pid

    def signal(self, victim: str, number: signal.Signals) -> None:
        pid = {"graph": self.graph.pid, "stream": self.stream.pid, "service": self.pid(self.service)}[victim]
        if pid is not None:
            os.kill(pid, number)

    async def kill_graph(self) -> None:
        await self.stores_back()
        self.signal("graph", signal.SIGKILL)
        self._coming_back = asyncio.create_task(self._restart_graph())

    async def kill_stream(self) -> None:
        await self.stores_back()
        self.signal("stream", signal.SIGKILL)
        self._coming_back = asyncio.create_task(self._restart_stream())

    async def cut_power_of_stream(self, undone: Callable[[], None]) -> None:
        """Kill the stream, then change what it left on its disk, then start it again."""
        self.signal("stream", signal.SIGKILL)
        await self.stream.stop()
        undone()
        self._coming_back = asyncio.create_task(self._restart_stream())

    async def stores_back(self) -> None:
        """Return when the store that was killed last answers again."""
        if self._coming_back is not None:
            await self._coming_back

    async def _restart_graph(self) -> None:
        await self.graph.stop()
        self.to_graph.target = urlsplit((await self.graph.start()).url).port or 0

    async def _restart_stream(self) -> None:
        await self.stream.stop()
        self.to_stream.target = urlsplit(await self.stream.start()).port or 0

    async def kill_service(self) -> None:
        await asyncio.to_thread(self.service.kill)

    async def keep_up(self) -> None:
        """Start a process again that ended, by a fault or by itself, as a process manager does."""
        while True:
            for name, running in (("service", self.service), ("standby", self.standby)):
                if self.stays_down or running.process is None:
                    continue
                if running.process.poll() is not None:
                    self.restarts[name] += 1
                    await asyncio.to_thread(running.start, until_ready=False)
            await asyncio.sleep(LOOKS_EVERY_S)


@asynccontextmanager
async def opened(folder: Path, dice: random.Random) -> AsyncIterator[Field]:
    """Both stores, their proxies and the processes, all started; nothing is left running."""
    graph, stream = EmbeddedGraph(folder / "graph"), EmbeddedStream(folder / "stream")
    address, stream_url = await asyncio.gather(graph.start(), stream.start())
    to_graph = await Proxy(urlsplit(address.url).port or 0, dice).start()
    to_stream = await Proxy(urlsplit(stream_url).port or 0, dice).start()
    clock = clock_file(folder)
    environment = {
        "DIELOOM_GRAPH_URL": _through(address.url, to_graph),
        "DIELOOM_GRAPH_USER": address.user or "",
        "DIELOOM_GRAPH_PASSWORD": address.password or "",
        "DIELOOM_GRAPH_DATABASE": address.database or "",
        "DIELOOM_STREAM_URL": _through(stream_url, to_stream),
        "CHAOS_CLOCK": str(clock),
        "PYTHONPATH": str(ROOT),
    }
    service = RunningService(folder / "service", environment, program=LAUNCHER)
    standby = RunningService(
        folder / "standby", {**environment, "DIELOOM_ROLES": "projector"}, program=LAUNCHER
    )
    field = Field(
        folder, dice, graph, stream, address, stream_url, to_graph, to_stream, clock, service, standby
    )
    try:
        await asyncio.to_thread(service.start)
        await asyncio.to_thread(standby.start, until_ready=False)
        yield field
    finally:
        field.weather(Weather.FAIR)
        for running in (service, standby):
            if running.process is not None:
                running.process.send_signal(signal.SIGCONT)
                await asyncio.to_thread(running.stop)
        await field.stores_back()
        for proxy in field.proxies:
            await proxy.stop()
        await graph.stop()
        await stream.stop()


def _through(url: str, proxy: Proxy) -> str:
    parts = urlsplit(url)
    credentials, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{credentials}{at}127.0.0.1:{proxy.port}"))
