from __future__ import annotations

from typing import Final

import pytest
from msgspec.structs import replace

from tests.oracle.lot_plants import lot_plant
from tests.oracle.neighbours import moved_aside
from tests.oracle.questions import Asking
from tests.twin.projection.arrivals import projector
from twin.errors import NotFound
from twin.events.event import Event
from twin.graph.session import Graph
from twin.lineage.counting import counted
from twin.lineage.genealogy import ancestors, descendants
from twin.projection.arrival import Arrival
from twin.queries.clocks import Clocks
from twin.queries.genealogy import genealogy
from twin.records.genealogy import Lineage
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import TraceDirection
from twin.vocabulary.things import Thing, ThingKind

PLANTS: Final = range(6100, 6112)
LEARNED: Final = 1_772_438_400_000
"""While it goes on, so that most events are dated well ahead of their record."""


async def side_by_side(graph: Graph) -> dict[int, list[Event]]:
    built = {
        seed: moved_aside(
            [replace(event, recorded_at=Instant(LEARNED + event.recorded_at)) for event in lot_plant(seed)],
            f"{seed}-",
        )
        for seed in PLANTS
    }
    arrived = sorted((e for events in built.values() for e in events), key=lambda e: e.recorded_at)
    await projector(graph).apply([Arrival(event, "box", 0, place) for place, event in enumerate(arrived, 1)])
    return built


def walked(events: list[Event], thing: Thing, direction: TraceDirection, clocks: Clocks) -> Lineage | None:
    walk = ancestors if direction is TraceDirection.ANCESTORS else descendants
    try:
        return walk(counted(events, clocks.as_of, clocks.known_at), thing, clocks.as_of)
    except NotFound:
        return None


async def fetched(graph: Graph, thing: Thing, direction: TraceDirection, clocks: Clocks) -> Lineage | None:
    try:
        return await genealogy(graph, thing, direction, clocks)
    except NotFound:
        return None


async def test_genealogies_over_fetched_events_are_those_over_all_events(empty_graph: Graph) -> None:
    for seed, events in (await side_by_side(empty_graph)).items():
        for (kind, key), back, as_of, known_at in Asking(events, seed).roots(6):
            clocks = Clocks(
                None if as_of is None else Instant(as_of),
                None if known_at is None else Instant(LEARNED + known_at),
            )
            thing = Thing(ThingKind(kind), key)
            direction = TraceDirection.ANCESTORS if back else TraceDirection.DESCENDANTS
            want = walked(events, thing, direction, clocks)
            if await fetched(empty_graph, thing, direction, clocks) != want:
                pytest.fail(f"seed {seed}, {direction} of {thing} at {clocks}", pytrace=False)
