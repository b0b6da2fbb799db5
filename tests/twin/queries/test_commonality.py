from __future__ import annotations

import pytest

from tests.factory import lot_created, lot_tracked_in, lot_tracked_out, material_consumed, units_identified
from tests.twin.projection.arrivals import project
from twin.events.event import Event
from twin.graph.session import Graph
from twin.queries.commonality import by_chance, commonality, ranked
from twin.queries.population import population
from twin.vocabulary.things import Thing, ThingKind


def lots(*numbers: int) -> list[Thing]:
    return [Thing(ThingKind.LOT, f"L{number}") for number in numbers]


def plant() -> list[Event]:
    told: list[Event] = []
    for number in range(1, 7):
        lot_id, machine = f"L{number}", "DB-01" if number <= 4 else "DB-02"
        paste = "P-BAD" if number <= 3 else "P-GOOD"
        told += [
            lot_created(lot_id=lot_id),
            lot_tracked_in(lot_id=lot_id, equipment_id=machine),
            material_consumed(lot_id=lot_id, material_lot_id=paste),
            lot_tracked_out(lot_id=lot_id, equipment_id=machine),
        ]
    return told


def test_the_factor_that_only_bad_things_share_comes_first() -> None:
    found = ranked(plant(), lots(1, 2, 3), lots(4, 5, 6))
    assert [(row.key, row.bad_covered, row.good_covered) for row in found] == [
        ("MATERIAL_LOT:P-BAD", 3, 0),
        ("EQUIPMENT:DB-01", 3, 1),
    ]
    assert [row.lift for row in found] == [2.0, 1.5]
    assert [row.p_value for row in found] == [1 / 20, 4 / 20]


def test_what_one_bad_thing_alone_has_is_no_factor() -> None:
    found = ranked(plant(), lots(3, 4), lots(5))
    assert [row.key for row in found] == ["EQUIPMENT:DB-01"]


@pytest.mark.parametrize(
    ("covered", "sizes", "likely"), [((0, 0), (3, 3), 1.0), ((3, 0), (3, 0), 1.0), ((2, 0), (2, 2), 1 / 6)]
)
def test_chance_is_counted_exactly(covered: tuple[int, int], sizes: tuple[int, int], likely: float) -> None:
    assert by_chance(*covered, *sizes) == pytest.approx(likely)


async def test_commonality_is_answered_from_the_graph(empty_graph: Graph) -> None:
    events = plant()
    await project(empty_graph, *events)
    assert await commonality(empty_graph, lots(1, 2, 3), lots(4, 5, 6)) == ranked(
        events, lots(1, 2, 3), lots(4, 5, 6)
    )


async def test_bad_lots_alone_are_held_against_others_of_their_product(empty_graph: Graph) -> None:
    other = lot_created(lot_id="X", product_id="OTHER")
    events = plant()
    await project(empty_graph, *events, other)
    assert await commonality(empty_graph, lots(1, 2, 3), None) == ranked(events, lots(1, 2, 3), lots(4, 5, 6))


async def test_bad_units_alone_are_held_against_others_of_their_lots_and_such_lots(
    empty_graph: Graph,
) -> None:
    events = [*plant()]
    for number in (1, 4):
        named = [{"unit_id": f"U{number}-{each}"} for each in range(3)]
        events.append(units_identified(lot_id=f"L{number}", units=named))
    await project(empty_graph, *events)
    units = {number: [Thing(ThingKind.UNIT, f"U{number}-{each}") for each in range(3)] for number in (1, 4)}
    bad, good = units[1][:2], [units[1][2], *units[4]]
    ordered = sorted(events, key=lambda event: event.order)
    assert await commonality(empty_graph, bad, None) == ranked(ordered, bad, good)


async def test_no_good_things_are_not_made_up_when_none_are_wanted(empty_graph: Graph) -> None:
    await project(empty_graph, *plant())
    found = await commonality(empty_graph, lots(1, 2, 3), [])
    assert {row.good_covered for row in found} == {0}


async def test_the_things_made_nearest_in_time_are_the_population(empty_graph: Graph) -> None:
    made = [lot_created(lot_id=f"L{hour}", occurred_at=f"{hour:02}:00") for hour in range(8, 16)]
    await project(empty_graph, *made)
    assert [thing.key for thing in await population(empty_graph, lots(11), 4)] == ["L12", "L10", "L13", "L9"]
