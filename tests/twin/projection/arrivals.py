from __future__ import annotations

from collections.abc import Iterable
from random import Random

from msgspec.structs import replace

from tests.factory import START
from twin.events.event import Event
from twin.graph.session import Graph
from twin.projection.arrival import Applied, Arrival
from twin.projection.projector import Projector
from twin.vocabulary.instants import Instant

TAKEN_IN = START + 86_400_000
"""Recorded the day after, so that no event of the tests is dated ahead of its record."""


def arrivals(events: Iterable[Event], first: int = 1) -> list[Arrival]:
    return [
        Arrival(replace(event, recorded_at=Instant(event.recorded_at or TAKEN_IN + seq)), "box", 0, seq)
        for seq, event in enumerate(events, first)
    ]


def projector(graph: Graph, fencing: int = 1) -> Projector:
    return Projector(graph, fencing, lambda: Instant(START))


async def project(graph: Graph, *events: Event) -> Applied:
    return await projector(graph).apply(arrivals(events))


async def project_in_pieces(graph: Graph, events: list[Event], dice: Random) -> None:
    writer = projector(graph)
    place = 0
    while place < len(events):
        size = dice.randint(1, 40)
        await writer.apply(arrivals(events[place : place + size], place + 1))
        place += size


async def one(graph: Graph, statement: str, **parameters: object) -> dict[str, object]:
    rows = await graph.read(statement, **parameters)  # type: ignore[arg-type]
    assert len(rows) == 1
    return rows[0]
