from __future__ import annotations

import os
from collections import Counter

import pytest

from tests.factory import (
    lot_created,
    lot_split,
    material_consumed,
    material_lot_received,
    packed,
    shipped,
    units_scrapped,
)
from tests.oracle.calm_plants import calm_plant
from tests.oracle.lot_plants import lot_plant
from tests.oracle.unit_plants import in_order, unit_plant
from tests.twin.queries.index.books import asked, book_of, differences, walked
from twin.events.event import Event
from twin.queries.index.alone import by_inflow, by_use
from twin.queries.index.book import Book
from twin.queries.index.reading import Reading
from twin.queries.index.seeds import seeds_of
from twin.queries.index.spread import Spread
from twin.records.recall import Exposure, MaterialLotScope, RecallScope

PLANTS = int(os.environ.get("DIELOOM_ORACLE_PLANTS", "15"))
FIRST = int(os.environ.get("DIELOOM_ORACLE_FIRST", "700"))

PASTE = MaterialLotScope("PASTE-1")


def used(lot_id: str, at: str, material_lot_id: str = "PASTE-1") -> Event:
    return material_consumed(
        event_id=f"used-{lot_id}-{material_lot_id}",
        occurred_at=at,
        lot_id=lot_id,
        material_lot_id=material_lot_id,
    )


def plain_lot() -> list[Event]:
    """A lot that used paste, gave some away, packed some, shipped half of that."""
    return [
        material_lot_received(occurred_at="07:00", material_lot_id="PASTE-1"),
        lot_created(occurred_at="08:00", lot_id="LOT-1", quantity=100),
        used("LOT-1", "08:30"),
        lot_split(
            event_id="split",
            occurred_at="09:00",
            parent_lot_id="LOT-1",
            children=[{"lot_id": "LOT-2", "quantity": 30}],
        ),
        packed(occurred_at="09:10", container_id="BOX-1", contents=[{"lot_id": "LOT-1", "quantity": 20}]),
        packed(occurred_at="09:11", container_id="BOX-2", contents=[{"lot_id": "LOT-1", "quantity": 10}]),
        units_scrapped(occurred_at="09:20", lot_id="LOT-2", quantity=5),
    ]


def leaving(box: str, at: str) -> Event:
    return shipped(occurred_at=at, shipment_id=f"S-{box}", contents=[{"container_id": box}])


def ways(book: Book, scope: RecallScope) -> tuple[set[str], set[str]]:
    """The lots that had to be walked, and those of which it was known what they come to."""
    reading = Reading(book, frozenset())
    seeds = seeds_of(reading, scope)
    assert seeds is not None
    spread = Spread(reading, seeds)
    spread.run()
    return set(spread.flows), {line.lot_id for line, _, _ in spread.met_once()}


def without_alone(events: list[Event]) -> Book:
    book = book_of(events)
    book.alone.clear()
    book.handed.clear()
    book.block_from = 1 << 30
    return book


def same_when_walked(events: list[Event], scope: RecallScope) -> Exposure:
    have = asked(book_of(events), scope)
    assert differences(asked(without_alone(events), scope), have) is None
    assert isinstance(have, Exposure)
    return have


def test_a_lot_met_once_and_what_it_gave_away_need_no_walk() -> None:
    events = plain_lot()
    assert ways(book_of(events), PASTE) == (set(), {"LOT-1", "LOT-2"})
    found = same_when_walked(events, PASTE)
    assert [(row.lot_id, row.low, row.high) for row in found.lots] == [("LOT-1", 70, 70), ("LOT-2", 25, 25)]


@pytest.mark.parametrize(
    ("left", "places"),
    [
        ((), {"IN_PROCESS": 40, "IN_STOCK": 30}),
        (("BOX-1",), {"IN_PROCESS": 40, "IN_STOCK": 10, "SHIPPED": 20}),
        (("BOX-1", "BOX-2"), {"IN_PROCESS": 40, "SHIPPED": 30}),
    ],
)
def test_where_packed_units_are_is_told_by_what_left(left: tuple[str, ...], places: dict[str, int]) -> None:
    events = plain_lot() + [leaving(box, f"10:0{number}") for number, box in enumerate(left)]
    (row, _) = same_when_walked(events, PASTE).lots
    assert {each.disposition.value: each.high for each in row.dispositions} == places


@pytest.mark.parametrize(
    "more",
    [
        pytest.param([used("LOT-2", "09:30")], id="the child used the suspect itself"),
        pytest.param(
            [
                lot_created(event_id="new", occurred_at="07:30", lot_id="LOT-9", quantity=9),
                lot_split(
                    event_id="other",
                    occurred_at="09:40",
                    parent_lot_id="LOT-9",
                    children=[{"lot_id": "LOT-2", "quantity": 4}],
                ),
            ],
            id="the child got units of another lot",
        ),
    ],
)
def test_a_lot_whose_child_is_met_more_often_is_walked(more: list[Event]) -> None:
    events = plain_lot() + more
    assert ways(book_of(events), PASTE) == ({"LOT-1", "LOT-2"}, set())
    same_when_walked(events, PASTE)


def test_a_lot_that_used_two_lots_of_one_material_in_a_run_is_walked() -> None:
    events = [*plain_lot(), used("LOT-1", "08:31", "PASTE-2")]
    events.append(material_lot_received(event_id="got-2", occurred_at="07:00", material_lot_id="PASTE-2"))
    assert ways(book_of(events), PASTE) == ({"LOT-1", "LOT-2"}, set())
    totals = same_when_walked(events, PASTE).totals
    assert (totals.definite_lots, totals.possible_lots, totals.high) == (0, 2, 95)


def test_lots_that_need_more_than_one_arrival_to_be_told_are_not_told_alone() -> None:
    book = book_of(plain_lot())
    assert set(by_use(book.lots["LOT-1"])) == {"PASTE-1"}
    assert by_use(book.lots["LOT-2"]) == {}
    assert by_inflow(book.lots["LOT-1"]) is None
    handed = by_inflow(book.lots["LOT-2"])
    assert handed is not None
    assert (handed.event_id, handed.shares) == ("split", ((30, 30), (30, 30), (30, 30)))


def test_recalls_of_every_material_lot_of_random_plants_are_those_of_the_engine() -> None:
    taken: Counter[str] = Counter()
    for seed in range(FIRST, FIRST + PLANTS):
        for events in (calm_plant(seed), lot_plant(seed), in_order(unit_plant(seed))):
            book, plain, apart = book_of(events), without_alone(events), book_of(events, 1 << 30)
            for scope in (MaterialLotScope(key) for label, key in book.others if label == "MaterialLot"):
                have = asked(book, scope)
                assert differences(asked(plain, scope), have) is None, (seed, scope)
                assert differences(asked(apart, scope), have) is None, (seed, scope)
                if isinstance(have, Exposure):
                    assert differences(walked(events, scope), have) is None, (seed, scope)
                    flows, settled = ways(book, scope)
                    taken.update(walked=len(flows), settled=len(settled))
    assert taken["settled"] > 5 * PLANTS
    assert taken["walked"] > 5 * PLANTS
