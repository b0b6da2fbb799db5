from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random
from typing import Final

import pytest
from msgspec.structs import replace

from tests.factory import START
from tests.graph_fixtures import wipe
from tests.oracle.lot_plants import LotPlant
from tests.oracle.neighbours import moved_aside
from tests.oracle.unit_plants import UnitPlant
from tests.twin.projection.any_facts import MINUTE, AnyFacts
from tests.twin.projection.arrivals import arrivals, projector
from tests.twin.projection.pure_dump import pure_dump
from twin.events.event import Event
from twin.events.registry import FACTS
from twin.graph.session import Graph
from twin.projection.canonical import canonical
from twin.vocabulary.instants import Instant

SETS = int(os.environ.get("DIELOOM_RANDOM_SETS", "100"))
FIRST = int(os.environ.get("DIELOOM_RANDOM_FIRST", "0"))
"""More sets, or others, than the suite has time for."""

TOGETHER: Final = 50
"""So many sets share a graph, each about things of its own, their events mixed."""

MARK: Final = "~"


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
