from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Final

from msgspec.structs import replace

from tests.factory import START
from tests.graph_fixtures import wipe
from twin.events.event import Event
from twin.graph.session import Graph
from twin.projection.arrival import Applied, Arrival
from twin.projection.canonical import canonical
from twin.projection.projector import Projector
from twin.vocabulary.instants import Instant

MARK: Final = "~"
"""Ends the part of a name that tells sets of events apart which share a graph."""

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


async def arrived(graph: Graph, events: list[Event], dice: Random) -> list[str]:
    """The dump after events came as they are, in pieces, now and then to a projector with no memory."""
    await wipe(graph)
    writer, place = projector(graph), 0
    while place < len(events):
        size = dice.choice((dice.randint(1, 100), dice.randint(200, 400)))
        await writer.apply(arrivals(events[place : place + size], place + 1))
        place += size
        if dice.random() < 0.2:
            writer = projector(graph)
    return (await canonical(graph)).splitlines()


def odd_ones(dump: list[str], expected: list[str]) -> str:
    """The first lines of the first set in which two dumps differ."""
    missing, strange = set(expected) - set(dump), set(dump) - set(expected)
    first = min(missing | strange, key=lambda line: line.partition(":")[2])
    prefix = first.partition(":")[2].partition(MARK)[0] + MARK
    rows = [f"- {line}" for line in sorted(missing) if prefix in line]
    rows += [f"+ {line}" for line in sorted(strange) if prefix in line]
    return "\n".join(row[:600] for row in rows[:12])
