from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random
from typing import Final

import pytest
from msgspec.structs import replace

from tests.factory import START
from tests.oracle.lot_plants import LotPlant
from tests.oracle.neighbours import moved_aside
from tests.oracle.unit_plants import UnitPlant
from tests.twin.projection.any_facts import MINUTE, AnyFacts
from tests.twin.projection.arrivals import MARK, arrived, odd_ones
from tests.twin.projection.pure_dump import pure_dump
from twin.events.event import Event
from twin.events.registry import FACTS
from twin.graph.session import Graph
from twin.vocabulary.instants import Instant

SETS = int(os.environ.get("DIELOOM_RANDOM_SETS", "100"))
FIRST = int(os.environ.get("DIELOOM_RANDOM_FIRST", "0"))
"""More sets, or others, than the suite has time for."""

TOGETHER: Final = 50
"""So many sets share a graph, each about things of its own, their events mixed."""


def random_set(seed: int) -> list[Event]:
    """A random plant, and random facts of every type about its things; voids of either, odd clocks."""
    plant = UnitPlant(seed) if seed % 2 else LotPlant(seed)
    told = plant.grow(8 + seed % 9) if seed % 4 else []
    told = [replace(e, recorded_at=Instant(START + e.recorded_at * MINUTE)) for e in told]
    more = AnyFacts(seed, 12).tell(30, START + 5 * MINUTE, [e.event_id for e in told])
    return moved_aside([*told, *more], f"{seed:05}{MARK}")


def sets_in_turn() -> Iterator[list[list[Event]]]:
    for start in range(FIRST, FIRST + SETS, TOGETHER):
        yield [random_set(seed) for seed in range(start, min(start + TOGETHER, FIRST + SETS))]


def test_few_sets_hold_facts_of_every_type() -> None:
    assert {event.type for seed in range(6) for event in random_set(seed)} == set(FACTS)


async def test_random_facts_of_every_type_end_in_the_graph_of_a_pure_fold_in_any_order_of_arrival(
    empty_graph: Graph,
) -> None:
    for number, sets in enumerate(sets_in_turn()):
        events = [event for told in sets for event in told]
        expected = pure_dump(events)
        dice = Random(len(expected))
        shuffled = [*events, *dice.sample(events, len(events) // 5)]
        dice.shuffle(shuffled)
        in_order = sorted(events, key=lambda event: event.order)
        for arrival in (in_order, shuffled) if number == 0 else (shuffled,):
            dump = await arrived(empty_graph, arrival, dice)
            if dump != expected:
                pytest.fail(odd_ones(dump, expected), pytrace=False)
