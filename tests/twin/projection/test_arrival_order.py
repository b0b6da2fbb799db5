from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.graph_fixtures import wipe
from tests.twin.projection.arrivals import project_in_pieces
from tests.twin.projection.hard_day import a_hard_day
from twin.events.codec import decode
from twin.events.event import Event
from twin.graph.session import Graph
from twin.projection.canonical import canonical

SCENARIOS = Path(__file__).parents[3].parent / "shared/contract/scenarios"


def _scenario(name: str) -> list[Event]:
    file = SCENARIOS / name / "events.ndjson"
    if not file.exists():
        pytest.skip(f"{file.parent.name}: ../shared is not beside this checkout")
    return [decode(line) for line in file.read_bytes().splitlines()]


def _doubled(events: list[Event], dice: Random) -> list[Event]:
    again = dice.sample(events, len(events) // 10)
    shuffled = [*events, *again]
    dice.shuffle(shuffled)
    return shuffled


async def _same_in_any_order(graph: Graph, events: list[Event], rounds: int) -> None:
    in_order = sorted(events, key=lambda event: event.order)
    await project_in_pieces(graph, in_order, Random(0))
    expected = await canonical(graph)
    assert len(expected.splitlines()) > len({event.event_id for event in events})
    for seed in range(rounds):
        dice = Random(seed)
        await wipe(graph)
        await project_in_pieces(graph, _doubled(events, dice), dice)
        assert (await canonical(graph)).splitlines() == expected.splitlines(), f"seed {seed}"


async def testa_hard_day_ends_in_the_same_graph_in_any_order_of_arrival(empty_graph: Graph) -> None:
    await _same_in_any_order(empty_graph, a_hard_day(), rounds=5)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["worked-example", "led-small", "module-small"])
async def test_a_scenario_ends_in_the_same_graph_in_any_order_of_arrival(
    empty_graph: Graph, name: str
) -> None:
    await _same_in_any_order(empty_graph, _scenario(name), rounds=2)
