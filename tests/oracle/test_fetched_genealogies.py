from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Final

import pytest
from msgspec.structs import replace

from tests.graph_fixtures import wipe
from tests.oracle.lot_plants import lot_plant
from tests.oracle.neighbours import moved_aside
from tests.oracle.questions import Asking
from tests.oracle.unit_plants import in_order, unit_plant
from tests.oracle.warm_index import warm
from tests.twin.projection.arrivals import projector
from twin.errors import NotFound
from twin.events.event import Event
from twin.events.naming import named
from twin.graph.session import Graph
from twin.lineage.counting import counted
from twin.lineage.genealogy import ancestors, descendants
from twin.projection.arrival import Arrival
from twin.queries.clocks import LIVE, Clocks
from twin.queries.genealogy import genealogy
from twin.queries.index.index import LineageIndex
from twin.records.genealogy import Lineage
from twin.stream.client import Stream
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import TraceDirection
from twin.vocabulary.things import LABELS, Thing, ThingKind

FIRST: Final = int(os.environ.get("DIELOOM_FETCH_FIRST", "6100"))
PLANTS: Final = range(FIRST, FIRST + int(os.environ.get("DIELOOM_FETCH_PLANTS", "12")))
LEARNED: Final = 1_772_438_400_000
"""While it goes on, so that most events are dated well ahead of their record."""


TOGETHER: Final = 25
"""So many plants share a graph."""


def pieces(seeds: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(seeds), TOGETHER):
        yield seeds[start : start + TOGETHER]


async def side_by_side(
    graph: Graph, plant: Callable[[int], list[Event]], seeds: Sequence[int]
) -> dict[int, list[Event]]:
    await wipe(graph)
    built = {
        seed: moved_aside(
            [replace(event, recorded_at=Instant(LEARNED + event.recorded_at)) for event in plant(seed)],
            f"{seed}-",
        )
        for seed in seeds
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


async def fetched(
    graph: Graph,
    thing: Thing,
    direction: TraceDirection,
    clocks: Clocks,
    index: LineageIndex | None = None,
) -> Lineage | None:
    try:
        return await genealogy(graph, thing, direction, clocks, index)
    except NotFound:
        return None


async def test_genealogies_over_fetched_events_are_those_over_all_events(graph: Graph) -> None:
    for seeds in pieces(PLANTS):
        for seed, events in (await side_by_side(graph, lot_plant, seeds)).items():
            for (kind, key), back, as_of, known_at in Asking(events, seed).roots(6):
                clocks = Clocks(
                    None if as_of is None else Instant(as_of),
                    None if known_at is None else Instant(LEARNED + known_at),
                )
                thing = Thing(ThingKind(kind), key)
                direction = TraceDirection.ANCESTORS if back else TraceDirection.DESCENDANTS
                want = walked(events, thing, direction, clocks)
                if await fetched(graph, thing, direction, clocks) != want:
                    pytest.fail(f"seed {seed}, {direction} of {thing} at {clocks}", pytrace=False)


KINDS: Final = (
    *("LOT", "MATERIAL_LOT", "SUBSTRATE", "UNIT", "CONTAINER", "SHIPMENT", "ORDER", "CUSTOMER"),
    *("EQUIPMENT", "TOOL", "OPERATOR", "RECIPE_VERSION"),
)
KNOWN_ODD: Final = 7022
"""In its plant a whole lot takes a strip with it that is seen in the first lot again."""


async def test_walks_that_the_index_spares_something_are_those_of_the_graph_alone(
    graph: Graph, stream: Stream
) -> None:
    spared = 0
    for seeds in pieces(PLANTS[::3]):
        plants = await side_by_side(graph, lambda seed: in_order(unit_plant(seed)), seeds)
        async with warm(graph, stream) as index:
            for seed, events in plants.items():
                hints = await index.hints()
                assert hints is not None
                things = sorted({(kind, key) for kind in KINDS for key in named_in(events, kind)})
                often = [thing for thing in things if thing[0] in ("LOT", "MATERIAL_LOT", "UNIT")]
                chosen = [*Random(seed).sample(often, 6), *Random(seed).sample(things, 2)]
                for kind, key in chosen:
                    thing = Thing(ThingKind(kind), key)
                    spared += kind == "LOT" and hints.is_plain(key)
                    for direction in TraceDirection:
                        want = await fetched(graph, thing, direction, LIVE)
                        if await fetched(graph, thing, direction, LIVE, index) != want:
                            pytest.fail(f"seed {seed}, {direction} of {thing}", pytrace=False)
    assert spared > 0


async def test_genealogies_down_to_units_over_fetched_events_are_those_over_all_events(graph: Graph) -> None:
    for seeds in pieces((KNOWN_ODD, *PLANTS[::6])):
        plants = await side_by_side(graph, lambda seed: in_order(unit_plant(seed)), seeds)
        for seed, events in plants.items():
            things = sorted({(kind, key) for kind in KINDS for key in named_in(events, kind)})
            chosen = Random(seed).sample(things, 6)
            odd = [thing for thing in things if seed == KNOWN_ODD and thing[0] in ("LOT", "SUBSTRATE")]
            for kind, key in odd or chosen:
                for direction in TraceDirection:
                    thing = Thing(ThingKind(kind), key)
                    want = walked(events, thing, direction, LIVE)
                    if await fetched(graph, thing, direction, LIVE) != want:
                        pytest.fail(f"seed {seed}, {direction} of {thing}", pytrace=False)


def named_in(events: list[Event], kind: str) -> set[str]:
    label = LABELS[ThingKind(kind)]
    return {key for event in events for name, key in named(event.fact) if name == label}
