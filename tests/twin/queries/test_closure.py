from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.graph_fixtures import wipe
from tests.twin.projection.arrivals import projector
from twin.errors import NotFound
from twin.events.codec import decode
from twin.events.event import Event
from twin.events.naming import named
from twin.graph.session import Graph
from twin.lineage.counting import counted
from twin.lineage.exposure import exposure
from twin.lineage.genealogy import ancestors, descendants
from twin.projection.arrival import Arrival
from twin.queries.clocks import LIVE, Clocks
from twin.queries.genealogy import genealogy_events
from twin.queries.recall_impact import recall_events
from twin.records.recall import (
    EquipmentScope,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
    WaferScope,
    Window,
)
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import TraceDirection
from twin.vocabulary.things import Thing, ThingKind

SCENARIOS = Path(__file__).resolve().parents[3].parent / "shared" / "contract" / "scenarios"
LEARNED = 1_800_000_000_000

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SCENARIOS.is_dir(), reason="../shared is not here"),
]


@pytest.fixture(scope="module", params=["led-small", "module-small", "worked-example"])
async def plant(request: pytest.FixtureRequest, graph: Graph) -> AsyncIterator[list[Event]]:
    lines = (SCENARIOS / request.param / "events.ndjson").read_bytes().splitlines()
    told = [
        msgspec.structs.replace(decode(line), recorded_at=Instant(LEARNED + place))
        for place, line in enumerate(lines)
    ]
    await wipe(graph)
    await projector(graph).apply([Arrival(event, "box", 0, place + 1) for place, event in enumerate(told)])
    yield told
    await wipe(graph)


def scopes(events: list[Event], middle: Instant) -> list[RecallScope]:
    windows = (Window(), Window(middle, Instant(middle + 1_800_000)), Window(None, middle))
    made: dict[str, Callable[[str], list[RecallScope]]] = {
        "MaterialLot": lambda key: [MaterialLotScope(key), MaterialLotScope(key, middle)],
        "Lot": lambda key: [LotScope(key), LotScope(key, middle)],
        "Equipment": lambda key: [EquipmentScope(key, window) for window in windows],
        "Operator": lambda key: [OperatorScope(key, window) for window in windows],
        "Tool": lambda key: [ToolScope(key, window) for window in windows],
        "RecipeVersion": lambda key: [RecipeVersionScope(*key.split("@"), window) for window in windows],
        "Substrate": lambda key: [WaferScope(key)],
    }
    things = sorted({thing for event in events for thing in named(event.fact)})
    return [scope for label, key in things if label in made for scope in made[label](key)]


def answered(ask: Any, *arguments: Any) -> Any:
    try:
        return ask(*arguments)
    except NotFound as missing:
        return missing.message


def moments(events: list[Event]) -> list[Clocks]:
    times = sorted(event.occurred_at for event in events)
    return [LIVE, Clocks(times[len(times) // 2]), Clocks(None, Instant(LEARNED + len(events) // 2))]


async def test_the_rings_hold_every_event_that_an_exposure_rests_on(graph: Graph, plant: list[Event]) -> None:
    middle = moments(plant)[1].as_of
    assert middle is not None
    for clocks in moments(plant):
        every = counted(plant, clocks.as_of, clocks.known_at)
        for scope in scopes(plant, middle):
            fetched = await recall_events(graph, scope, clocks)
            assert {event.event_id for event in fetched} <= {event.event_id for event in every}
            by_rings = answered(exposure, fetched, scope, clocks.as_of)
            assert by_rings == answered(exposure, every, scope, clocks.as_of), (scope, clocks)


@pytest.mark.parametrize("direction", list(TraceDirection))
async def test_the_rings_hold_every_event_that_a_walk_rests_on(
    graph: Graph, plant: list[Event], direction: TraceDirection
) -> None:
    walk = ancestors if direction is TraceDirection.ANCESTORS else descendants
    kinds = {"Lot": ThingKind.LOT, "MaterialLot": ThingKind.MATERIAL_LOT, "Unit": ThingKind.UNIT}
    kinds |= {"Substrate": ThingKind.SUBSTRATE, "Container": ThingKind.CONTAINER, "Order": ThingKind.ORDER}
    roots = sorted({(label, key) for event in plant for label, key in named(event.fact) if label in kinds})
    for clocks in moments(plant)[:2]:
        every = counted(plant, clocks.as_of, clocks.known_at)
        for label, key in roots:
            root = Thing(kinds[label], key)
            fetched = await genealogy_events(graph, root, direction, clocks)
            assert answered(walk, fetched, root, clocks.as_of) == answered(walk, every, root, clocks.as_of), (
                root
            )
