from __future__ import annotations

import os
from collections.abc import Callable
from random import Random

import pytest
from msgspec.structs import replace

from tests import factory
from tests.graph_fixtures import IS_GIVEN, wipe
from tests.twin.projection.arrivals import arrivals, projector
from tests.twin.projection.pure_dump import pure_dump
from tests.twin.projection.pure_spans import grouped
from twin.events.event import Event
from twin.folds.mount_interval import mount_intervals, track_of
from twin.folds.run import FOR_EVER
from twin.graph.session import Graph
from twin.lineage.material import Materials, Mount
from twin.projection.canonical import canonical
from twin.vocabulary.instants import Instant

SETS = int(os.environ.get("DIELOOM_RANDOM_SPANS", "1" if IS_GIVEN else "4"))
FIRST = int(os.environ.get("DIELOOM_RANDOM_FIRST", "0"))
"""More sets, or others, than the suite has time for."""

Interval = tuple[str, str, str, int, int | None, str]
MACHINES = ("M", "M/A", "N")
LATER = factory.START + 60 * 86_400_000
STATES = ("PRODUCTIVE", "STANDBY", "UNSCHEDULED_DOWN", "UNKNOWN")


def told(dice: Random, number: int) -> Event:
    """One event about a machine; often at the millisecond of another, now and then days away."""
    machine = dice.choice(MACHINES)
    state = {"equipment_id": machine, "state": dice.choice(STATES), "reason_code": dice.choice((None, "R1"))}
    place = {"equipment_id": machine, "position": dice.choice(("B", "A/B"))}
    repair = {"equipment_id": machine, "repair_id": dice.choice(("RP1", "RP2")), "by": dice.choice("ab")}
    build: Callable[[], Event] = dice.choice(
        (
            *[lambda: factory.equipment_state_changed(**state)] * 6,
            lambda: factory.equipment_disconnected(equipment_id=machine),
            *[lambda: factory.tool_mounted(tool_id=dice.choice(("T1", "T2")), **place)] * 2,
            *[lambda: factory.tool_unmounted(tool_id=dice.choice(("T1", "T2")), **place, count=number)] * 2,
            lambda: factory.material_mounted(material_lot_id="T1", **place),
            lambda: factory.material_unmounted(material_lot_id="T1", **place, remaining=number),
            lambda: factory.repair_requested(**repair, parts=["belt"]),
            lambda: factory.repair_started(**repair, note="looked"),
            lambda: factory.repair_finished(**repair, reason_code="WEAR"),
        )
    )
    day = dice.choice((0, 0, 0, 1, 5, 40)) * 86_400_000
    return replace(
        build(),
        event_id=f"event-{number}",
        source=dice.choice(("eap", "mes")),
        source_sequence=dice.choice((None, dice.randint(0, 5))),
        occurred_at=Instant(factory.START + day + dice.randint(0, 12) * 20_000),
    )


def random_events(dice: Random) -> list[Event]:
    events = [told(dice, number) for number in range(120)]
    gone = dice.sample(events, 24)
    events += [factory.event_voided(voided_event_id=event.event_id) for event in gone]
    return [replace(event, recorded_at=Instant(LATER + place)) for place, event in enumerate(events)]


def mostly_in_order(events: list[Event], dice: Random) -> list[Event]:
    """As a factory tells: in order, but for some that come late, and some that come twice."""
    told = sorted(events, key=lambda event: (event.occurred_at, dice.random()))
    for event in dice.sample(told, len(told) // 6):
        told.remove(event)
        told.insert(dice.randint(0, len(told)), event)
    return [*told, *dice.sample(told, 20)]


def at_random(events: list[Event], dice: Random) -> list[Event]:
    shuffled = [*events, *dice.sample(events, 20)]
    dice.shuffle(shuffled)
    return shuffled


async def dump_of(graph: Graph, events: list[Event], dice: Random) -> list[str]:
    await wipe(graph)
    writer, place = projector(graph), 0
    most = 30 if IS_GIVEN else dice.choice((1, 8, 60))
    while place < len(events):
        size = dice.randint(1, most)
        await writer.apply(arrivals(events[place : place + size], place + 1))
        place += size
        if dice.random() < 0.2:
            writer = projector(graph)
    return (await canonical(graph)).splitlines()


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SETS))
async def test_states_mounts_and_repairs_are_those_of_a_pure_fold_in_any_order_of_arrival(
    empty_graph: Graph, seed: int
) -> None:
    dice = Random(seed)
    events = random_events(dice)
    order = mostly_in_order if seed % 2 else at_random
    dump = await dump_of(empty_graph, order(events, dice), dice)
    expected = pure_dump(events)
    if dump != expected:
        pytest.fail("\n".join(sorted(set(dump) ^ set(expected))[:12]), pytrace=False)


@pytest.mark.parametrize("seed", range(20))
def test_a_mount_is_what_the_lineage_takes_it_for(seed: int) -> None:
    events = sorted((told(Random(f"{seed} {n}"), n) for n in range(120)), key=lambda event: event.order)
    materials, found = Materials(), list[Interval]()
    for event in events:
        materials.apply(event)
    for track, some in grouped(events, track_of).items():
        for one in mount_intervals(track, some):
            if one.started_at is not None:
                place = track.thing, track.equipment_id, track.position
                found.append((*place, one.started_at, one.ended_at, one.told_by[0]))
    expected = [line for kind in (materials.mounts, materials.tools) for line in lines(kind.of)]
    assert sorted(found, key=str) == sorted(expected, key=str)


def lines(mounts: dict[str, list[Mount]]) -> list[Interval]:
    return [
        (
            *(one.what, one.equipment_id, one.position, one.start),
            None if one.end == FOR_EVER else one.end,
            one.event.event_id,
        )
        for some in mounts.values()
        for one in some
    ]
