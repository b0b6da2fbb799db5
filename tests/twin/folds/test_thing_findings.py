from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import factory as f
from tests.twin.folds.taking_back import take_back
from twin.events.event import Event
from twin.folds.equipment import EquipmentFold
from twin.folds.fold import Fold
from twin.folds.marked_unit import UnitFold
from twin.folds.material_lot import MaterialLotFold
from twin.folds.order import MaterialFold, OrderFold, ProductFold
from twin.folds.substrate import SubstrateFold
from twin.folds.tool import RecipeVersionFold


def folded(kind: type[Fold], key: str, arrivals: tuple[Event, ...]) -> Fold:
    fold = kind(key)
    if not all(fold.absorb(event) for event in arrivals):
        fold = kind(key)
        for event in sorted(arrivals, key=lambda event: event.order):
            fold.absorb(event)
    return fold


def odd(kind: type[Fold], key: str, *events: Event) -> dict[str, tuple[str, ...]]:
    answers = [
        {each.finding_id: each.things for each in folded(kind, key, arrivals).suspicions()}
        for arrivals in permutations(events)
    ]
    assert all(answer == answers[0] for answer in answers)
    return answers[0]


RECEIVED = f.material_lot_received(occurred_at="06:00", expires_at=f"{f.DAY}12:00:00Z")


def thawed(at: str, usable_from: str, usable_until: str) -> Event:
    start, end = f"{f.DAY}{usable_from}:00Z", f"{f.DAY}{usable_until}:00Z"
    return f.material_thawed(occurred_at=at, usable_from=start, usable_until=end)


def used(at: str) -> Event:
    return f.material_consumed(occurred_at=at)


EXPIRED = "consumption.expired:PASTE-1"
TOO_EARLY = "consumption.not_usable_yet:PASTE-1"


@pytest.mark.parametrize(
    ("events", "found"),
    [
        ([used("12:00")], []),
        ([used("12:01")], [EXPIRED]),
        ([thawed("07:00", "08:00", "09:00"), used("07:59")], [TOO_EARLY]),
        ([thawed("07:00", "08:00", "09:00"), used("08:00"), used("09:00")], []),
        ([thawed("07:00", "08:00", "09:00"), used("09:01")], [EXPIRED]),
        ([thawed("07:00", "08:00", "09:00"), thawed("09:30", "10:00", "11:00"), used("10:30")], []),
        ([thawed("07:00", "08:00", "09:00"), thawed("09:30", "10:00", "11:00"), used("09:45")], [TOO_EARLY]),
        ([thawed("07:00", "08:00", "09:00"), used("06:30")], [TOO_EARLY]),
        ([thawed("07:00", "08:00", "09:00"), used("07:30"), used("09:30")], [TOO_EARLY, EXPIRED]),
    ],
)
def test_a_material_lot_used_outside_its_time_is_told(events: list[Event], found: list[str]) -> None:
    things = ("MATERIAL_LOT:PASTE-1",)
    assert odd(MaterialLotFold, "PASTE-1", RECEIVED, *events) == dict.fromkeys(found, things)


def test_a_use_taken_back_no_longer_makes_a_material_lot_suspect() -> None:
    early, late = used("07:59"), used("09:30")
    spell = thawed("07:00", "08:00", "09:00")
    fold = folded(MaterialLotFold, "PASTE-1", (RECEIVED, spell, early, used("08:30"), late))

    assert take_back(fold, [late], [RECEIVED, spell, early, used("08:30")])

    assert [each.finding_id for each in fold.suspicions()] == [TOO_EARLY]


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=8), st.lists(st.integers(0, 9), max_size=3), st.data()
)
def test_uses_taken_back_leave_what_the_others_tell(
    uses: list[int], thaws: list[int], data: st.DataObject
) -> None:
    told = [RECEIVED]
    told += [used(f"0{hour}:3{place}") for place, hour in enumerate(uses)]
    told += [thawed(f"0{hour}:1{place}", f"0{hour}:20", f"0{hour}:40") for place, hour in enumerate(thaws)]
    gone = data.draw(st.lists(st.sampled_from(told[1:]), min_size=1, unique=True))
    left = tuple(event for event in told if event not in gone)
    fold = folded(MaterialLotFold, "PASTE-1", tuple(told))

    if take_back(fold, gone, left):
        assert fold == folded(MaterialLotFold, "PASTE-1", left)
    else:
        is_thaw = any(event in gone for event in told[1 + len(uses) :])
        edges = {min(uses), *uses} if thaws else {min(uses)}
        assert is_thaw or any(told[1 + place] in gone and hour in edges for place, hour in enumerate(uses))


def test_a_use_after_a_thawing_that_came_with_the_end_of_the_last_use_asks_for_all_events() -> None:
    first, last = used("08:00"), used("09:00")
    fold = folded(MaterialLotFold, "PASTE-1", (RECEIVED, first, last))

    assert not take_back(fold, [last], [RECEIVED, first], [thawed("07:30", "07:40", "10:00")])


def test_a_unit_identified_twice_is_told() -> None:
    first = f.units_identified(units=[{"unit_id": "U1"}], occurred_at="08:00")
    again = f.units_identified(units=[{"unit_id": "U1"}], occurred_at="08:10")
    assert odd(UnitFold, "U1", first) == {}
    assert odd(UnitFold, "U1", first, again) == {"unit.identified_twice:U1": ("UNIT:U1",)}


MAP = f.substrate_mapped(occurred_at="06:00", bins=b"\x01\x00\x02\x00")


def test_a_map_that_only_fits_when_turned_is_told() -> None:
    turned = f.substrate_mapped(occurred_at="07:00", bins=b"\x02\x00\x01\x00", event_id="turned")
    found = {"map.rotated:WAFER-1/turned": ("SUBSTRATE:WAFER-1",)}
    assert odd(SubstrateFold, "WAFER-1", MAP, turned) == found
    assert odd(SubstrateFold, "WAFER-1", MAP) == {}


def test_a_substrate_registered_in_two_lots_is_told_with_both() -> None:
    one = f.substrate_registered(substrate_id="S1", kind="STRIP", lot_id="LOT-1", occurred_at="06:00")
    two = f.substrate_registered(substrate_id="S1", kind="STRIP", lot_id="LOT-2", occurred_at="07:00")
    found = {"substrate.in_two_lots:S1": ("SUBSTRATE:S1", "LOT:LOT-1", "LOT:LOT-2")}
    assert odd(SubstrateFold, "S1", one, two) == found
    assert odd(SubstrateFold, "S1", one) == {}


def test_a_machine_and_what_it_uses_are_told_when_an_event_is_dated_after_its_record() -> None:
    late = f.equipment_state_changed(occurred_at="09:00", recorded_at="08:54")
    registered = f.equipment_registered(occurred_at="06:00")
    assert odd(EquipmentFold, "DB-01", registered, late) == {
        "clock.future:EQUIPMENT:DB-01": ("EQUIPMENT:DB-01",)
    }
    moved = f.material_moved(occurred_at="09:00", recorded_at="08:54")
    assert odd(MaterialLotFold, "PASTE-1", RECEIVED, moved) == {
        "clock.future:MATERIAL_LOT:PASTE-1": ("MATERIAL_LOT:PASTE-1",)
    }
    told = f.substrate_mapped(occurred_at="09:00", recorded_at="08:54")
    assert odd(SubstrateFold, "WAFER-1", told) == {"clock.future:SUBSTRATE:WAFER-1": ("SUBSTRATE:WAFER-1",)}


NAMED = f.lot_tracked_in(recipe_id="R@1", recipe_version="2@b")


@pytest.mark.parametrize(
    ("kind", "key", "names", "defines", "finding"),
    [
        (OrderFold, "ORD-1", f.lot_created(order_id="ORD-1"), f.order_received(), ("order.unknown", "ORDER")),
        (ProductFold, "LED-5050", f.lot_created(), f.product_defined(), ("product.unknown", None)),
        (
            MaterialFold,
            "EPOXY-A",
            f.material_lot_received(),
            f.material_defined(),
            ("material.unknown", None),
        ),
        (
            MaterialFold,
            "PASTE-84",
            f.material_lot_received(material_id="PASTE-84"),
            f.material_defined(aliases=["PASTE-84"]),
            ("material.unknown", None),
        ),
        (
            RecipeVersionFold,
            "R@1@2@b",
            NAMED,
            f.recipe_uploaded(recipe_id="R@1", version="2@b"),
            ("recipe.unknown", "RECIPE_VERSION"),
        ),
    ],
)
def test_what_nobody_defined_is_found_until_somebody_does(
    kind: type[Fold], key: str, names: Event, defines: Event, finding: tuple[str, str | None]
) -> None:
    code, thing = finding
    things = () if thing is None else (f"{thing}:{key}",)
    assert odd(kind, key, names) == {f"{code}:{key}": things}
    assert odd(kind, key, names, defines) == {}

    fold = folded(kind, key, (names, defines))
    assert take_back(fold, [defines], [names])
    assert {each.finding_id: each.things for each in fold.suspicions()} == {f"{code}:{key}": things}


def test_a_recipe_version_is_called_what_its_events_call_it() -> None:
    told = folded(RecipeVersionFold, "R@1@2@b", (NAMED,)).properties()
    assert (told["recipe_id"], told["version"]) == ("R@1", "2@b")
