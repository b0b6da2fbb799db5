from __future__ import annotations

from typing import Any

from tests import factory as f
from tests.twin.lineage.questions import codes, lots, places, recall, units
from twin.events.event import Event
from twin.lineage.counting import counted
from twin.lineage.plant import Plant
from twin.lineage.unit_facts import unit_in
from twin.records.recall import LotScope

RECEIVED = f.material_lot_received(occurred_at="07:00")
OTHER = f.material_lot_received(occurred_at="07:00", material_lot_id="PASTE-2")


def created(lot_id: str = "LOT-1", quantity: int = 4) -> Event:
    return f.lot_created(lot_id=lot_id, quantity=quantity, occurred_at="08:00")


def named(clock: str, *unit_ids: str, lot_id: str = "LOT-1", **given: Any) -> Event:
    marks = [{"unit_id": unit_id} for unit_id in unit_ids]
    return f.units_identified(occurred_at=clock, lot_id=lot_id, units=marks, **given)


def used(clock: str, lot_id: str = "LOT-1", **given: Any) -> Event:
    return f.material_consumed(occurred_at=clock, lot_id=lot_id, **given)


def split(clock: str, *children: dict[str, Any], parent: str = "LOT-1") -> Event:
    return f.lot_split(occurred_at=clock, parent_lot_id=parent, children=list(children))


def built(clock: str, unit_id: str, *components: dict[str, Any], lot_id: str = "LOT-1") -> Event:
    return f.units_assembled(occurred_at=clock, unit_id=unit_id, lot_id=lot_id, components=list(components))


FOUR = ("U1", "U2", "U3", "U4")
KNOWN = [RECEIVED, OTHER, created(), named("08:10", *FOUR)]
SHARED = [used("09:00"), used("09:01", material_lot_id="PASTE-2")]


def test_a_unit_meets_what_its_lot_meets() -> None:
    assert units([*KNOWN, used("09:00")]) == dict.fromkeys(FOUR, "DEFINITE")
    assert units([*KNOWN, *SHARED]) == dict.fromkeys(FOUR, "POSSIBLE")


def test_a_unit_starts_from_its_lots_account_at_its_identification() -> None:
    late = named("10:00", *FOUR)
    assert units([RECEIVED, created(), used("09:00"), late]) == dict.fromkeys(FOUR, "DEFINITE")
    assert units([RECEIVED, OTHER, created(), *SHARED, late]) == dict.fromkeys(FOUR, "POSSIBLE")


def test_a_unit_moves_with_its_name_and_meets_no_more_of_its_old_lot() -> None:
    events = [*KNOWN, split("08:30", {"lot_id": "A", "quantity": 2, "unit_ids": ["U1", "U2"]}), used("09:00")]
    assert units(events) == {"U3": "DEFINITE", "U4": "DEFINITE"}
    assert lots(events) == {"LOT-1": (2, 2, 2)}


def test_a_unit_moves_with_the_substrate_it_stands_on() -> None:
    events = [
        RECEIVED,
        created(),
        named("08:10", "U1", "U2", substrate_id="S1"),
        named("08:11", "U3", "U4", substrate_id="S2"),
        split("08:30", {"lot_id": "A", "quantity": 2, "substrate_ids": ["S1"]}),
        used("09:00", "A"),
    ]
    assert units(events) == {"U1": "DEFINITE", "U2": "DEFINITE"}
    assert "unit.lot_unknown" not in codes(events)


def test_a_unit_first_named_by_a_split_was_in_the_parent_until_then() -> None:
    children = {"lot_id": "A", "quantity": 2, "unit_ids": ["U1", "U2"]}
    events = [RECEIVED, created(), used("09:00"), split("10:00", children)]
    assert units(events) == {"U1": "DEFINITE", "U2": "DEFINITE"}


def test_all_units_go_with_a_split_into_a_single_child_that_takes_all() -> None:
    events = [*KNOWN, split("08:30", {"lot_id": "A", "quantity": 4}), used("09:00", "A")]
    assert units(events) == dict.fromkeys(FOUR, "DEFINITE")
    assert codes(events) == set()


def test_all_units_go_with_a_merge_that_takes_all_the_rest() -> None:
    taken = split("08:20", {"lot_id": "A", "quantity": 1, "unit_ids": ["U1"]})
    parents = [{"lot_id": "LOT-1", "quantity": 3}]
    merged = f.lots_merged(occurred_at="08:30", into_lot_id="M", parents=parents)
    assert units([*KNOWN, taken, merged, used("09:00", "M")]) == dict.fromkeys(FOUR[1:], "DEFINITE")


def test_units_stay_listed_in_doubt_when_others_left_without_their_names() -> None:
    events = [*KNOWN, split("08:30", {"lot_id": "A", "quantity": 2}), used("09:00")]
    assert units(events) == dict.fromkeys(FOUR, "POSSIBLE")
    assert lots(events) == {"LOT-1": (2, 2, 2)}
    assert "unit.lot_unknown" in codes(events)


def test_a_unit_in_doubt_may_meet_what_the_other_lot_meets_along_later_moves() -> None:
    one = split("08:30", {"lot_id": "A", "quantity": 2})
    two = split("08:40", {"lot_id": "B", "quantity": 1}, parent="A")
    assert units([*KNOWN, one, used("09:00", "A")]) == dict.fromkeys(FOUR, "POSSIBLE")
    assert units([*KNOWN, one, two, used("09:00", "B")]) == dict.fromkeys(FOUR, "POSSIBLE")


def test_what_a_unit_carried_before_the_doubt_still_counts() -> None:
    events = [*KNOWN, used("08:20"), split("08:30", {"lot_id": "A", "quantity": 2})]
    assert units(events) == dict.fromkeys(FOUR, "DEFINITE")


def test_units_on_other_substrates_stay_certain() -> None:
    events = [
        RECEIVED,
        created(),
        named("08:10", "U1", "U2", substrate_id="S1"),
        named("08:11", "U3", substrate_id="S2"),
        named("08:12", "U4"),
        split("08:30", {"lot_id": "A", "quantity": 3, "substrate_ids": ["S1"]}),
        used("09:00"),
    ]
    assert units(events) == {"U3": "DEFINITE", "U4": "POSSIBLE"}


def test_unnamed_scrap_and_parts_put_the_units_in_doubt() -> None:
    scrap = f.units_scrapped(occurred_at="08:30")
    part = f.packed(occurred_at="08:30", contents=[{"lot_id": "LOT-1", "quantity": 1}])
    for leaving in (scrap, part):
        assert units([*KNOWN, leaving, used("09:00")]) == dict.fromkeys(FOUR, "POSSIBLE")
        assert "unit.lot_unknown" in codes([*KNOWN, leaving, used("09:00")])


def test_an_event_that_names_unit_and_lot_settles_where_it_is_from_then_on() -> None:
    one = split("08:30", {"lot_id": "A", "quantity": 2})
    results = [{"unit_id": "U1", "attempt": 1, "hard_bin": 1, "soft_bin": 1, "passed": True}]
    tested = f.test_results_recorded(occurred_at="08:40", lot_id="A", results=results)
    events = [*KNOWN, one, tested, used("09:00", "A")]
    assert units(events) == {"U1": "DEFINITE", "U2": "POSSIBLE", "U3": "POSSIBLE", "U4": "POSSIBLE"}
    assert units([*KNOWN, one, tested, used("09:00")])["U2"] == "POSSIBLE"
    assert "U1" not in units([*KNOWN, one, tested, used("09:00")])


def test_scrap_by_name_takes_the_unit_out() -> None:
    scrapped = f.units_scrapped(occurred_at="08:30", unit_ids=["U1"])
    events = [*KNOWN, scrapped, used("09:00")]
    assert units(events) == dict.fromkeys(FOUR[1:], "DEFINITE")
    assert lots(events) == {"LOT-1": (3, 3, 3)}
    assert unit_in(Plant.of(counted(events)), "U1").lot_id is None


def test_scrap_that_names_its_units_counts_them() -> None:
    scrapped = f.units_scrapped(occurred_at="10:00", unit_ids=["U1"])
    events = [*KNOWN, split("08:20", {"lot_id": "A", "quantity": 1, "unit_ids": ["U1"]}), used("08:25", "A")]
    merged = f.lots_merged(occurred_at="08:30", into_lot_id="LOT-1", parents=[{"lot_id": "A", "quantity": 1}])
    assert lots([*events, merged]) == {"LOT-1": (1, 1, 4)}
    answer = recall([*events, merged, scrapped])
    assert answer.lots == ()
    assert [(row.low, row.high) for row in answer.totals.by_disposition] == [(1, 1)]


def test_packed_units_are_counted_by_name_and_meet_no_more() -> None:
    packed = f.packed(occurred_at="08:30", contents=[{"unit_id": "U1"}, {"unit_id": "U2"}])
    events = [*KNOWN, packed, used("09:00")]
    assert units(events) == {"U3": "DEFINITE", "U4": "DEFINITE"}
    assert places(events, "LOT-1") == {"IN_PROCESS": (2, 2)}
    later = f.packed(occurred_at="09:30", container_id="REEL-2", contents=[{"unit_id": "U3"}])
    assert places([*events, later], "LOT-1") == {"IN_PROCESS": (1, 1), "IN_STOCK": (1, 1)}


def test_a_lot_with_a_unit_in_doubt_is_not_narrowed_and_its_parts_keep_their_bounds() -> None:
    doubt = split("08:30", {"lot_id": "A", "quantity": 1})
    packed = f.packed(occurred_at="10:00", contents=[{"unit_id": "U1"}])
    events = [*KNOWN, doubt, *SHARED, packed]
    assert lots(events) == {"LOT-1": (1, 3, 3)}
    assert places(events, "LOT-1") == {"IN_PROCESS": (0, 2), "IN_STOCK": (0, 1)}


def test_bounds_are_narrowed_where_all_units_are_known() -> None:
    events = [
        *KNOWN,
        split("08:20", {"lot_id": "A", "quantity": 2, "unit_ids": ["U1", "U2"]}),
        used("08:25", "A"),
        f.lots_merged(occurred_at="08:30", into_lot_id="LOT-1", parents=[{"lot_id": "A", "quantity": 2}]),
        split("08:40", {"lot_id": "B", "quantity": 2, "unit_ids": ["U2", "U3"]}),
    ]
    assert lots(events) == {"B": (1, 1, 2), "LOT-1": (1, 1, 2)}
    unnamed = [*events[:-1], split("08:40", {"lot_id": "B", "quantity": 2})]
    assert lots(unnamed) == {"B": (0, 2, 2), "LOT-1": (0, 2, 2)}


def test_a_component_leaves_its_lots_list_and_the_quantity_stays() -> None:
    events = [*KNOWN, built("08:30", "M1", {"unit_id": "U1"}), used("09:00")]
    assert units(events) == {"M1": "DEFINITE", "U2": "DEFINITE", "U3": "DEFINITE", "U4": "DEFINITE"}
    assert lots(events) == {"LOT-1": (4, 4, 4)}


def test_an_assembled_unit_takes_the_strongest_of_its_components() -> None:
    events = [*KNOWN, used("08:20"), created("B", 2), built("08:30", "M1", {"unit_id": "U1"}, lot_id="B")]
    assert units(events)["M1"] == "DEFINITE"
    assert lots(events)["B"] == (1, 1, 2)


def test_a_unit_built_from_units_of_its_own_lot_is_what_they_are() -> None:
    part = split("08:15", {"lot_id": "A", "quantity": 1, "unit_ids": ["U1"]})
    back = f.lots_merged(occurred_at="08:30", into_lot_id="LOT-1", parents=[{"lot_id": "A", "quantity": 1}])
    events = [*KNOWN, part, used("08:20", "A"), back]
    clean = [*events, built("08:40", "M2", {"unit_id": "U2"})]
    assert units(clean) == {"U1": "DEFINITE"}
    carrying = [*clean, built("08:41", "M1", {"unit_id": "U1"})]
    assert units(carrying) == {"M1": "DEFINITE"}
    assert lots(carrying) == {"LOT-1": (1, 1, 4)}


def test_an_exposed_material_lot_component_makes_the_unit_definite_and_counts_like_one_die() -> None:
    events = [*KNOWN, built("08:30", "U1", {"material_lot_id": "PASTE-1"})]
    assert units(events) == {"U1": "DEFINITE"}
    assert lots(events) == {"LOT-1": (1, 1, 4)}
    unknown = [RECEIVED, created(), built("08:30", "M1", {"material_lot_id": "PASTE-1"})]
    assert lots(unknown) == {"LOT-1": (1, 1, 4)}


def test_a_possible_component_from_outside_grows_high_only() -> None:
    events = [*KNOWN, *SHARED, created("B", 2), built("10:00", "M1", {"unit_id": "U1"}, lot_id="B")]
    assert units(events)["M1"] == "POSSIBLE"
    assert lots(events)["B"] == (0, 1, 2)


def test_a_doubtful_unit_that_may_be_in_another_lot_counts_as_from_outside() -> None:
    doubt = split("08:30", {"lot_id": "A", "quantity": 1})
    events = [*KNOWN, doubt, used("08:40", "A"), built("09:00", "M1", {"unit_id": "U1"})]
    assert units(events)["M1"] == "POSSIBLE"
    assert lots(events)["LOT-1"] == (0, 1, 3)


def test_a_lot_of_which_every_unit_carries_it_makes_its_units_definite() -> None:
    assert units(KNOWN, LotScope("LOT-1")) == dict.fromkeys(FOUR, "DEFINITE")


def test_a_second_identification_is_found() -> None:
    assert "unit.identified_twice" in codes([*KNOWN, named("08:50", "U1"), used("09:00")])


def test_a_unit_tells_its_place_its_parts_and_its_disposition() -> None:
    events = [
        *KNOWN,
        built("08:30", "M1", {"unit_id": "U1"}, {"material_lot_id": "PASTE-1"}),
        f.packed(occurred_at="09:00", contents=[{"unit_id": "M1"}]),
        f.shipped(occurred_at="10:00"),
    ]
    unit = unit_in(Plant.of(counted(events)), "M1")
    assert (unit.lot_id, unit.components, unit.material_lots) == ("LOT-1", ("U1",), ("PASTE-1",))
    assert (unit.container_id, unit.shipment_id, unit.disposition.value) == ("REEL-1", "SHIP-1", "SHIPPED")
    assert unit_in(Plant.of(counted(events)), "U1").disposition.value == "SHIPPED"
    assert unit_in(Plant.of(counted(events)), "U2").disposition.value == "IN_PROCESS"
