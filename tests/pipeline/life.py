"""One run of the service's pipeline, from outbox to change feed, that ends as tests want it to end."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.pipeline.steps import Gate, GatedFeed, GatedGraph, GatedLease, GatedLog
from twin.events.rejection import ID_REUSED
from twin.graph.session import Graph
from twin.intake.archiving import Archiving, Bounds
from twin.intake.ledger import now
from twin.intake.outbox import Outbox
from twin.intake.relay import Relay
from twin.intake.watermark import position_id
from twin.projection.progress import Progress
from twin.projection.worker import Doors, Worker
from twin.queries.positions import shard_positions
from twin.stream.client import Stream
from twin.stream.log import Entry
from twin.stream.shard_keys import key_of
from twin.vocabulary.instants import Instant

SHARDS = 2
PATIENCE_S = 60.0


@dataclass
class Stores:
    graph: Graph
    stream: Stream


class Life:
    """A process: its own gate, its own caches and connections to nothing but the two stores."""

    ahead_from = 2
    """Small batches are read ahead of, so that every fault also meets a reading that nobody took yet."""

    def __init__(self, stores: Stores, folder: Path) -> None:
        self.stores, self.folder = stores, folder
        self.gate = Gate()
        self.log = GatedLog(stores.stream, SHARDS, self.gate)
        self.graph = GatedGraph(stores.graph, self.gate)
        self.lease = GatedLease(stores.stream, self.gate)
        self.archives = folder / "archive"
        self.outbox = Outbox(folder / "outbox.sqlite", SHARDS, archives=self.archives)
        self.aside: list[tuple[Entry, str, str]] = []
        self.worker = self.new_worker()
        self._tasks: list[asyncio.Task[None]] = []

    def new_worker(self, kind: type[Worker] = Worker) -> Worker:
        feed = GatedFeed(self.stores.stream, self.gate)
        doors = Doors(self.graph, self.log, self.lease, feed, self._keep, lambda: Instant(now()))
        return kind(doors, Progress(), self.ahead_from)

    async def _keep(self, entry: Entry, error: str, message: str) -> None:
        if error != ID_REUSED or not await self.outbox.refused(entry):
            self.aside.append((entry, error, message))

    async def start(self) -> Life:
        """Start as the service does: whoever held the lease before is known to be dead."""
        await self.start_relay()
        return await self.take_over()

    async def start_relay(self) -> Life:
        """Start only what takes events in and hands them on."""
        await self.outbox.open()
        relay = Relay(self.outbox, self.log, self._positions)
        self._tasks.append(asyncio.create_task(relay.run()))
        return self

    async def take_over(self) -> Life:
        """Start the projector, as another process would when the one before seems gone."""
        await self.lease.clear()
        self._tasks.append(asyncio.create_task(self.worker.run()))
        return self

    async def _positions(self) -> dict[str, int]:
        self.gate.live()
        return await shard_positions(self.stores.graph)

    async def archive_and_trim(self) -> None:
        """Move all that is projected out of the outbox into sealed segments, and off the stream."""
        bounds = Bounds(segment_bytes=1_000, wait_ms=0)
        archiving = Archiving(self.folder / "outbox.sqlite", SHARDS, self.archives, hours=0, bounds=bounds)
        try:
            await archiving.once(self._positions)
        finally:
            archiving.close()
        await self.log.trim()

    async def relay(self) -> None:
        """Let the relay go on until everything accepted is on the stream."""
        self.gate.relaying.set()
        await self._until(self._relayed)
        self.gate.relaying.clear()

    async def project(self) -> None:
        """Let the projector go on until everything on the stream is in the graph."""
        self.gate.projecting.set()
        await self._until(self.projected)
        self.gate.projecting.clear()

    async def until_shown(self) -> None:
        """Wait until all that was accepted is in the graph, acknowledged or not."""
        await self._until(self._shown)

    async def drain(self) -> None:
        """Let both go on until all that was accepted is in the graph."""
        self.gate.relaying.set()
        self.gate.projecting.set()

        async def done() -> bool:
            return await self._shown() and await self.projected()

        await self._until(done)
        self.gate.relaying.clear()
        self.gate.projecting.clear()

    async def _relayed(self) -> bool:
        sent = await self.log.sent(self.outbox.outbox_id)
        reached = await self._reached()
        return all(max(sent.get(shard, 0), reached[shard]) >= seq for shard, seq in self.outbox.last.items())

    async def _shown(self) -> bool:
        reached = await self._reached()
        return all(reached[shard] >= seq for shard, seq in self.outbox.last.items())

    async def _reached(self) -> list[int]:
        positions = await shard_positions(self.stores.graph)
        return [positions.get(position_id(self.outbox.outbox_id, shard)) or 0 for shard in range(SHARDS)]

    async def projected(self) -> bool:
        """Whether nothing on the stream is left to do, handed over or not."""
        if not self.gate.waits or self.gate.acking:
            return False
        server = self.stores.stream.commands
        for shard in range(SHARDS):
            newest = await server.xrevrange(key_of(shard), count=1)
            if not newest:
                continue
            (group,) = await server.xinfo_groups(key_of(shard)) or ({},)
            if not group or group["pending"] or _place(group["last-delivered-id"]) < _place(newest[0][0]):
                return False
        return self.gate.waits and not self.gate.acking

    async def _until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Wait for a condition, or for the end of this process."""
        end = asyncio.get_running_loop().time() + PATIENCE_S
        while not self.gate.dead and not await condition():
            for task in self._tasks:
                if task.done() and not self.gate.dead:
                    task.result()
            if asyncio.get_running_loop().time() > end:
                raise AssertionError(f"{condition.__name__} never came: {await self._where()}")
            await asyncio.sleep(0.004)

    async def _where(self) -> str:
        sent, shown = await self.log.sent(self.outbox.outbox_id), await self._reached()
        stands = "\n".join(str(task.get_stack()) for task in self._tasks)
        return f"outbox {self.outbox.last}, sent {sent}, shown {shown}, waits {self.gate.waits}\n{stands}"

    async def kill(self) -> None:
        """End at once: no task comes to its end, no right is let go, no answer is awaited."""
        self.gate.dead = True
        await self.stop()

    async def stop(self) -> None:
        """End in good order, unless dead already."""
        self.gate.resumed.set()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            _, running = await asyncio.wait(self._tasks, timeout=PATIENCE_S)
            assert not running, f"does not stop: {running}"
        self._tasks = []

    def disk(self, into: Path) -> Path:
        """What a dead process leaves on its disk, as files of their own: the database and its log."""
        into.mkdir()
        for file in ("outbox.sqlite-wal", "outbox.sqlite"):
            if (self.folder / file).exists():
                shutil.copyfile(self.folder / file, into / file)
        if self.archives.exists():
            shutil.copytree(self.archives, into / "archive")
        return into


def _place(of_entry: Any) -> tuple[int, int]:
    milliseconds, _, number = of_entry.partition(b"-")
    return int(milliseconds), int(number)
