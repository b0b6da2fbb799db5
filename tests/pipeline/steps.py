"""The named steps between a sender and a subscriber, and what may go wrong at each, at the real ports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, LiteralString

from twin.errors import GraphUnavailable, StreamUnavailable
from twin.graph.session import Graph, Transaction
from twin.stream.change_feed import Change, ChangeFeed
from twin.stream.client import Stream
from twin.stream.lease import Lease
from twin.stream.log import Appended, Delivery, Entry, EventLog


class Step(StrEnum):
    """A moment at which a process can end, or stand still, or miss an answer."""

    NOT_RELAYED = "outbox committed, nothing relayed"
    RELAYED = "relayed, answer not heard"
    DELIVERED = "handed over, nothing applied"
    WRITING = "in the middle of the graph transaction"
    WRITTEN = "all written, not committed"
    COMMITTED = "committed, not told"
    TOLD = "told, not acknowledged"
    ACKNOWLEDGED = "acknowledged"


OF_STREAM = frozenset({Step.NOT_RELAYED, Step.RELAYED, Step.TOLD, Step.ACKNOWLEDGED})


class Crash(BaseException):
    """The process is gone: nothing that comes after this happens."""


class Gate:
    """Every step of one process passes here; it may hold, kill, stop or deceive the process."""

    def __init__(self) -> None:
        self.dead = False
        self.relaying = asyncio.Event()
        self.projecting = asyncio.Event()
        self.delivered = asyncio.Event()
        self.resumed = asyncio.Event()
        self.stopped = asyncio.Event()
        self.waits = False
        self.acking = 0
        self._armed: tuple[str, Step, int] | None = None
        self._then: tuple[str, Step] | None = None

    def arm(self, what: str, step: Step, after: int = 0, then: tuple[str, Step] | None = None) -> None:
        """At the step, when it comes the n-th time: "die", "miss" the answer, or "stop" until resumed."""
        self._armed, self._then = (what, step, after), then
        self.stopped.clear()
        self.resumed.clear()

    def disarm(self) -> None:
        self._armed = self._then = None

    @property
    def armed(self) -> bool:
        return self._armed is not None

    async def reach(self, step: Step) -> None:
        self.live()
        if self._armed is None or self._armed[1] is not step:
            return
        what, _, left = self._armed
        if left:
            self._armed = (what, step, left - 1)
            return
        self._armed, self._then = self._then and (*self._then, 0), None
        if what == "die":
            self.dead = True
            raise Crash(step)
        if what == "miss":
            raise (StreamUnavailable if step in OF_STREAM else GraphUnavailable)(f"no answer: {step}")
        self.stopped.set()
        await self.resumed.wait()
        self.live()

    def live(self) -> None:
        if self.dead:
            raise Crash


class GatedLog(EventLog):
    def __init__(self, stream: Stream, shards: int, gate: Gate) -> None:
        super().__init__(stream, shards)
        self._gate = gate

    async def append(self, outbox: str, entries: Sequence[Entry], told: Mapping[int, int]) -> Appended:
        await self._gate.relaying.wait()
        await self._gate.reach(Step.NOT_RELAYED)
        appended = await super().append(outbox, entries, told)
        await self._gate.reach(Step.RELAYED)
        return appended

    async def read(self, count: int, block_ms: int = 200) -> list[Delivery]:
        self._gate.live()
        self._gate.waits = True
        try:
            deliveries = await super().read(count, block_ms)
        finally:
            self._gate.waits = False
        if deliveries:
            self._gate.delivered.set()
            await self._gate.projecting.wait()
            await self._gate.reach(Step.DELIVERED)
        return deliveries

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        self._gate.live()
        self._gate.acking += 1
        try:
            await super().ack(deliveries)
            await self._gate.reach(Step.ACKNOWLEDGED)
        finally:
            self._gate.acking -= 1


class GatedFeed(ChangeFeed):
    def __init__(self, stream: Stream, gate: Gate) -> None:
        super().__init__(stream)
        self._gate = gate

    async def publish(self, change: Change) -> str:
        self._gate.live()
        cursor = await super().publish(change)
        await self._gate.reach(Step.TOLD)
        return cursor


class GatedLease(Lease):
    """A dead holder lets nothing go: its right only runs out."""

    def __init__(self, stream: Stream, gate: Gate) -> None:
        super().__init__(stream, "projector")
        self._gate = gate

    async def release(self) -> None:
        if not self._gate.dead:
            await super().release()
        elif self._renewing is not None:
            self._renewing.cancel()
            await asyncio.gather(self._renewing, return_exceptions=True)


class GatedTransaction(Transaction):
    def __init__(self, real: Transaction, gate: Gate) -> None:
        self._real, self._gate = real, gate

    async def write(self, statement: LiteralString, /, **parameters: object) -> list[dict[str, Any]]:
        await self._gate.reach(Step.WRITING)
        return await self._real.write(statement, **parameters)

    async def send(self, statement: LiteralString, /, **parameters: object) -> None:
        await self._gate.reach(Step.WRITING)
        await self._real.send(statement, **parameters)

    async def read(self, statement: LiteralString, /, **parameters: object) -> list[dict[str, Any]]:
        return await self._real.read(statement, **parameters)


class GatedGraph(Graph):
    def __init__(self, real: Graph, gate: Gate) -> None:
        super().__init__(real._driver, database=real._database, dialect=real.dialect)
        self._gate = gate

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        self._gate.live()
        async with super().transaction() as real:
            yield GatedTransaction(real, self._gate)
            await real.read("RETURN 1 AS one")  # answered behind all that was sent
            await self._gate.reach(Step.WRITTEN)
        await self._gate.reach(Step.COMMITTED)
