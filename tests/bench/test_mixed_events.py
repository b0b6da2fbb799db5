from __future__ import annotations

from collections import Counter

from bench.mixed_events import EVENTS_A_LOT, LOTS_A_MATERIAL, lot_events
from twin.events.codec import decode
from twin.folds.lot import fold_lot


def test_every_lot_brings_twelve_accepted_events_of_six_types() -> None:
    events = [decode(line) for line in lot_events(3)]
    assert len(events) == 3 * EVENTS_A_LOT
    assert Counter(event.type for event in events) == {
        "LotCreated": 3,
        "LotTrackedIn": 9,
        "MaterialConsumed": 9,
        "LotTrackedOut": 9,
        "LotSplit": 3,
        "LotCompleted": 3,
    }


def test_a_lot_of_the_load_ends_with_what_the_bench_checks() -> None:
    lot = fold_lot("BL000000", [decode(line) for line in lot_events(1)])
    assert lot.quantity == 597
    assert [run.good for run in lot.runs] == [1000, 999, 998]


def test_later_bodies_continue_the_numbering() -> None:
    whole = lot_events(LOTS_A_MATERIAL + 2)
    parts = lot_events(LOTS_A_MATERIAL) + lot_events(2, first=LOTS_A_MATERIAL)
    assert whole == parts
