from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from itertools import product
from typing import Final

import pytest
from msgspec.structs import replace

from tests.graph_fixtures import IS_GIVEN, wipe
from tests.oracle.answer import recall
from tests.oracle.comparing import first_difference, plain, told
from tests.oracle.lot_plants import lot_plant
from tests.oracle.neighbours import moved_aside
from tests.oracle.questions import Asked, Asking
from tests.oracle.timeline import counted
from tests.oracle.unit_plants import in_order, unit_plant
from tests.oracle.warm_index import warm
from tests.twin.projection.arrivals import projector
from twin.errors import NotFound
from twin.events.event import Event
from twin.graph.session import Graph
from twin.projection.arrival import Arrival
from twin.queries.clocks import Clocks
from twin.queries.recall_impact import recall_impact
from twin.records.recall import Exposure, RecallScope
from twin.stream.client import Stream
from twin.vocabulary.instants import Instant

PLANTS = int(os.environ.get("DIELOOM_FETCH_PLANTS", "20" if IS_GIVEN else "100"))
FIRST = int(os.environ.get("DIELOOM_FETCH_FIRST", "6000"))
"""More plants, or others, than the suite has time for."""

TOGETHER: Final = 50
PIECE: Final = 500
QUESTIONS: Final = 3
LEARNED: Final = 1_800_000_000_000


def neighbour(seed: int) -> list[Event]:
    """A plant whose things are its own, so that many stand side by side in one graph."""
    events = in_order(unit_plant(seed)) if seed % 2 else lot_plant(seed)
    told = [replace(event, recorded_at=Instant(LEARNED + event.recorded_at)) for event in events]
    return moved_aside(told, f"{seed}-")


Answering = Callable[[RecallScope, Clocks], Awaitable[Exposure | None]]
"""A way in which a running twin comes to an answer; None when it leaves that to another."""


@pytest.fixture
async def no_graph_left(graph: Graph) -> AsyncIterator[Graph]:
    yield graph
    await wipe(graph)


async def plants_in(graph: Graph, seeds: range) -> dict[int, list[Event]]:
    """Plants side by side, their events in the order of arrival."""
    built = {seed: neighbour(seed) for seed in seeds}
    arrived = sorted((e for events in built.values() for e in events), key=lambda e: e.recorded_at)
    await wipe(graph)
    writer = projector(graph)
    for start in range(0, len(arrived), PIECE):
        piece = enumerate(arrived[start : start + PIECE], start + 1)
        await writer.apply([Arrival(event, "box", 0, place) for place, event in piece])
    return built


async def difference(way: Answering, events: list[Event], asked: Asked) -> str | None:
    scope, as_of, known_at = asked
    clocks = Clocks(
        None if as_of is None else Instant(as_of), None if known_at is None else Instant(LEARNED + known_at)
    )
    try:
        answer = await way(scope, clocks)
        have = None if answer is None else plain(answer)
    except NotFound:
        have = {"error": "thing.not_found"}
    if have is None:
        return None
    want = recall(events, scope, as_of, clocks.known_at)
    optional = want.pop("optionalUnits", set())
    for each in (want, have):
        each["units"] = {u: c for u, c in each.get("units", {}).items() if u not in optional}
    return first_difference(want, have)


def questions(seed: int, events: list[Event]) -> Iterator[Asked]:
    """Those of plants with units only where the cut leaves what the oracle needs to place them."""
    for asked in Asking(events, seed).asked(QUESTIONS):
        until = counted(events, asked[1], None if asked[2] is None else LEARNED + asked[2])
        if not seed % 2 or in_order(until) == until:
            yield asked


async def test_recalls_of_a_graph_are_those_of_the_oracle_with_the_index_and_without(
    no_graph_left: Graph, stream: Stream
) -> None:
    answered = 0
    for start in range(FIRST, FIRST + PLANTS, TOGETHER):
        plants = await plants_in(no_graph_left, range(start, min(start + TOGETHER, FIRST + PLANTS)))
        async with warm(no_graph_left, stream) as index:
            ways: dict[str, Answering] = {
                "graph": partial(recall_impact, no_graph_left),
                "index": index.exposure,
            }
            for seed, events in plants.items():
                for asked, (name, way) in product(questions(seed, events), ways.items()):
                    found = await difference(way, events, asked)
                    if found:
                        story = told(counted(events, asked[1], None))
                        pytest.fail(f"seed {seed}, {asked}, by {name}: {found}\n{story}", pytrace=False)
            answered += index.answered
    assert answered > PLANTS // 2
