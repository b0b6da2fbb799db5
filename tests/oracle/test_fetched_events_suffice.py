from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import pytest
from msgspec.structs import replace

from tests.graph_fixtures import wipe
from tests.oracle.answer import recall
from tests.oracle.comparing import first_difference, plain, told
from tests.oracle.lot_plants import lot_plant
from tests.oracle.neighbours import moved_aside
from tests.oracle.questions import Asked, Asking
from tests.oracle.timeline import counted
from tests.oracle.unit_plants import in_order, unit_plant
from tests.twin.projection.arrivals import projector
from twin.errors import NotFound
from twin.events.event import Event
from twin.graph.session import Graph
from twin.projection.arrival import Arrival
from twin.queries.clocks import Clocks
from twin.queries.recall_impact import recall_impact
from twin.vocabulary.instants import Instant

PLANTS: Final = range(6000, 6016)
LEARNED: Final = 1_800_000_000_000


def neighbour(seed: int) -> list[Event]:
    """A plant whose things are its own, so that many stand side by side in one graph."""
    events = in_order(unit_plant(seed)) if seed % 2 else lot_plant(seed)
    told = [replace(event, recorded_at=Instant(LEARNED + event.recorded_at)) for event in events]
    return moved_aside(told, f"{seed}-")


@pytest.fixture(scope="module")
async def plants(graph: Graph) -> AsyncIterator[dict[int, list[Event]]]:
    built = {seed: neighbour(seed) for seed in PLANTS}
    arrived = sorted((e for events in built.values() for e in events), key=lambda e: e.recorded_at)
    await wipe(graph)
    await projector(graph).apply([Arrival(e, "box", 0, place) for place, e in enumerate(arrived, 1)])
    yield built
    await wipe(graph)


async def difference(graph: Graph, events: list[Event], asked: Asked) -> str | None:
    scope, as_of, known_at = asked
    clocks = Clocks(
        None if as_of is None else Instant(as_of), None if known_at is None else Instant(LEARNED + known_at)
    )
    want = recall(events, scope, as_of, clocks.known_at)
    try:
        have = plain(await recall_impact(graph, scope, clocks))
    except NotFound:
        have = {"error": "thing.not_found"}
    optional = want.pop("optionalUnits", set())
    for answer in (want, have):
        answer["units"] = {u: c for u, c in answer.get("units", {}).items() if u not in optional}
    return first_difference(want, have)


async def test_recalls_over_events_fetched_from_the_graph_are_those_of_the_oracle(
    graph: Graph, plants: dict[int, list[Event]]
) -> None:
    for seed, events in plants.items():
        for asked in Asking(events, seed).asked(10):
            until = counted(events, asked[1], None if asked[2] is None else LEARNED + asked[2])
            if seed % 2 and in_order(until) != until:
                continue
            found = await difference(graph, events, asked)
            if found:
                pytest.fail(f"seed {seed}, {asked}: {found}\n{told(until)}", pytrace=False)
