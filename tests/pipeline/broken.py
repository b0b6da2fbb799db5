"""Deliberately broken parts: what the harness must catch, or it proves nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString

from msgspec.structs import replace
from neo4j import WRITE_ACCESS

from tests.pipeline.steps import Gate, GatedGraph, GatedLog, Step
from twin.events.codec import encode
from twin.graph.session import Graph, Transaction
from twin.projection.projector import Projector
from twin.projection.supply import Supplied
from twin.projection.telling import Telling
from twin.projection.worker import Worker
from twin.stream.log import Delivery


class HastyWorker(Worker):
    """Acknowledges a batch before it applies it."""

    async def _project(self, projector: Projector, telling: Telling, batch: Sequence[Supplied]) -> None:
        await self._doors.log.ack([supplied.delivery for supplied in batch])
        await self._doors.log.trim()
        await super()._project(projector, telling, batch)


class _Statement(Transaction):
    """Each write stands alone, whatever becomes of the next."""

    def __init__(self, graph: Graph, gate: Gate) -> None:
        self._graph, self._gate = graph, gate

    async def write(self, statement: LiteralString, /, **parameters: object) -> list[dict[str, Any]]:
        await self._gate.reach(Step.WRITING)
        return await self._graph._alone(statement, parameters, WRITE_ACCESS)

    async def send(self, statement: LiteralString, /, **parameters: object) -> None:
        await self.write(statement, **parameters)

    async def read(self, statement: LiteralString, /, **parameters: object) -> list[dict[str, Any]]:
        return await self._graph._alone(statement, parameters, WRITE_ACCESS)


class AutoCommitGraph(GatedGraph):
    """Commits every statement by itself."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        self._gate.live()
        yield _Statement(self, self._gate)
        await self._gate.reach(Step.COMMITTED)


class ForgetfulLog(GatedLog):
    """Hands an event over again under another name, so that its marker in the graph is of no use."""

    async def read(self, count: int, block_ms: int = 200) -> list[Delivery]:
        return [_renamed(delivery) for delivery in await super().read(count, block_ms)]


def _renamed(delivery: Delivery) -> Delivery:
    if delivery.attempts == 1:
        return delivery
    event = delivery.entry.event()
    again = replace(event, event_id=f"again-{delivery.attempts}-{event.event_id}")
    return delivery._replace(entry=delivery.entry._replace(payload=encode(again)))
