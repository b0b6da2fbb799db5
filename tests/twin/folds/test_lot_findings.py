from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests import factory as f
from twin.events.event import Event
from twin.folds.live_lot import LiveLot

CREATED = f.lot_created(quantity=10, occurred_at="08:00")
WRONG = f.recipe_verified(lot_id="LOT-1", matched=False, occurred_at="09:00")


def odd(*events: Event) -> dict[str, tuple[str, ...]]:
    expected: dict[str, tuple[str, ...]] | None = None
    for seed in range(4):
        shuffled = list(events)
        Random(seed).shuffle(shuffled)
        lot = LiveLot("LOT-1")
        for event in shuffled:
            lot.absorb(event)
        found = {each.finding_id: each.things for each in lot.suspicions()}
        assert expected is None or found == expected
        expected = found
    assert expected is not None
    return expected


def test_a_lot_tracked_in_again_while_open_is_told() -> None:
    twice = [f.lot_tracked_in(occurred_at="08:10"), f.lot_tracked_in(occurred_at="08:20")]
    run = "OPERATION_RUN:LOT-1/DIE_BOND/DB-01/1"
    assert odd(CREATED, *twice) == {"run.opened_twice:LOT-1/DIE_BOND/DB-01/1": (run, "LOT:LOT-1")}
    assert odd(CREATED, *twice, f.track_in_cancelled(occurred_at="08:30")) == {}
    assert odd(CREATED, twice[0], f.lot_tracked_out(occurred_at="08:15"), twice[1]) == {}


def test_material_used_while_the_lot_was_empty_is_told_with_what_was_used() -> None:
    early = f.material_consumed(occurred_at="07:59")
    found = {"consumption.empty_lot:LOT-1": ("LOT:LOT-1", "MATERIAL_LOT:PASTE-1")}
    assert odd(CREATED, early) == found
    assert odd(CREATED, f.material_consumed(occurred_at="08:01")) == {}
    gone = f.units_scrapped(quantity=10, occurred_at="08:10")
    assert odd(CREATED, gone, f.material_consumed(occurred_at="08:20")) == found
    assert odd(early) == found | {"lot.unknown:LOT-1": ("LOT:LOT-1",)}


def test_an_event_dated_after_its_record_is_told_until_it_is_taken_back() -> None:
    held = f.lot_held(occurred_at="09:00", recorded_at="08:54:59")
    assert odd(CREATED, held) == {"clock.future:LOT:LOT-1": ("LOT:LOT-1",)}
    assert odd(CREATED, f.lot_held(occurred_at="09:00", recorded_at="08:55")) == {}
    lot = LiveLot("LOT-1", [CREATED, held])
    lot.give_back(held)
    assert lot.suspicions() == ()


@pytest.mark.parametrize(("clock", "found"), [("08:06", ["clock.skew:LOT:LOT-1"]), ("08:05", [])])
def test_numbers_against_the_time_are_told(clock: str, found: list[str]) -> None:
    held = f.lot_held(occurred_at="08:00:00.000", source_sequence=9)
    assert list(odd(CREATED, held, f.lot_moved(occurred_at=clock, source_sequence=8))) == found


def test_a_recipe_that_did_not_match_is_told_once_for_each_machine() -> None:
    recipe = f"{WRONG.fact.recipe_id}@{WRONG.fact.version}"  # type: ignore[attr-defined]
    again = f.recipe_verified(lot_id="LOT-1", matched=False, occurred_at="09:30")
    right = f.recipe_verified(lot_id="LOT-1", matched=True, occurred_at="09:40")
    assert odd(CREATED, WRONG, again, right) == {
        f"recipe.mismatch:LOT-1/DB-01/{recipe}": (
            "LOT:LOT-1",
            "EQUIPMENT:DB-01",
            f"RECIPE_VERSION:{recipe}",
        )
    }
    assert odd(CREATED, right) == {}


@pytest.mark.parametrize(
    ("unit_ids", "found"),
    [
        ([], {"unit.lot_unknown:LOT-1": ("LOT:LOT-1", "UNIT:U1", "UNIT:U2")}),
        (["U1"], {}),
    ],
)
def test_units_that_leave_without_their_names_are_told(unit_ids: list[str], found: dict[str, Any]) -> None:
    named = f.units_identified(units=[{"unit_id": "U1"}, {"unit_id": "U2"}], occurred_at="08:10")
    assert odd(CREATED, named, f.units_scrapped(unit_ids=unit_ids, occurred_at="08:20")) == found
