from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec
import pytest

from tests.graph_fixtures import wipe
from tests.oracle.answer import recall
from tests.oracle.comparing import first_difference, plain, told
from tests.oracle.lot_plants import lot_plant
from tests.oracle.questions import Asked, Asking
from tests.oracle.timeline import counted
from tests.oracle.unit_plants import in_order, unit_plant
from tests.twin.projection.arrivals import projector
from twin.errors import NotFound
from twin.events.codec import decode, encode
from twin.events.event import Event
from twin.graph.session import Graph
from twin.projection.arrival import Arrival
from twin.queries.clocks import Clocks
from twin.queries.recall_impact import recall_impact
from twin.vocabulary.instants import Instant

PLANTS: Final = range(6000, 6016)
LEARNED: Final = 1_800_000_000_000
NAMES: Final = {
    "lot_id",
    "parent_lot_id",
    "into_lot_id",
    "material_lot_id",
    "material_id",
    "order_id",
    "customer_id",
    "equipment_id",
    "operator_id",
    "tool_id",
    "substrate_id",
    "to_substrate_id",
    "unit_id",
    "container_id",
    "shipment_id",
    "recipe_id",
    "product_id",
    "voided_event_id",
    "event_id",
    "unit_ids",
    "substrate_ids",
    "aliases",
}


def renamed(value: Any, prefix: str, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: renamed(inner, prefix, key) for key, inner in value.items()}
    if name == "transfers":
        return [[prefix + row[0], *row[1:]] for row in value]
    if isinstance(value, list):
        return [renamed(inner, prefix, name) for inner in value]
    return prefix + value if isinstance(value, str) and name in NAMES else value


def neighbour(seed: int) -> list[Event]:
    """A plant whose things are its own, so that many stand side by side in one graph."""
    events = in_order(unit_plant(seed)) if seed % 2 else lot_plant(seed)
    rows = [json.dumps(renamed(json.loads(encode(event)), f"{seed}-")).encode() for event in events]
    return [
        msgspec.structs.replace(decode(row), recorded_at=Instant(LEARNED + event.recorded_at))
        for row, event in zip(rows, events, strict=True)
    ]


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
