from __future__ import annotations

import pytest

from tests import factory as f
from tests.twin.lineage.day import OTHER, RECEIVED, created, merged, scrapped, some_of_70, split, used
from tests.twin.lineage.questions import PASTE, codes, lots, places, recall, since
from twin.errors import NotFound
from twin.records.recall import LotScope, MaterialLotScope


def test_the_only_lot_of_its_material_in_a_run_reaches_every_unit() -> None:
    assert lots([RECEIVED, created(), used("09:00")]) == {"LOT-1": (100, 100, 100)}


def test_a_second_lot_of_the_material_in_the_run_leaves_at_least_one_unit() -> None:
    events = [RECEIVED, OTHER, created(), used("09:00"), used("09:05", material_lot_id="PASTE-2")]
    assert lots(events) == {"LOT-1": (1, 100, 100)}


def test_a_later_consumption_of_the_run_counts_too() -> None:
    events = [
        RECEIVED,
        OTHER,
        created(),
        f.lot_tracked_in(occurred_at="09:00"),
        used("09:10"),
        split("09:20", A=40),
        used("09:30", material_lot_id="PASTE-2"),
    ]
    assert lots(events) == {"A": (0, 40, 40), "LOT-1": (0, 60, 60)}


def test_another_run_of_the_operation_shares_nothing() -> None:
    events = [
        RECEIVED,
        OTHER,
        created(),
        f.lot_tracked_in(occurred_at="09:00"),
        used("09:10"),
        f.lot_tracked_out(occurred_at="09:20"),
        f.lot_tracked_in(occurred_at="10:00"),
        used("10:10", material_lot_id="PASTE-2"),
    ]
    assert lots(events) == {"LOT-1": (100, 100, 100)}


def test_a_lot_of_another_material_in_the_run_shares_nothing() -> None:
    wire = f.material_lot_received(material_lot_id="WIRE-1", material_id="WIRE")
    events = [RECEIVED, wire, created(), used("09:00"), used("09:05", material_lot_id="WIRE-1")]
    assert lots(events) == {"LOT-1": (100, 100, 100)}


def test_aliases_are_one_material() -> None:
    other = f.material_lot_received(material_lot_id="PASTE-2", material_id="EPOXY-OLD")
    defined = f.material_defined(material_id="EPOXY-A", aliases=["EPOXY-OLD"])
    events = [RECEIVED, other, created(), used("09:00"), used("09:05", material_lot_id="PASTE-2")]
    assert lots(events) == {"LOT-1": (100, 100, 100)}
    assert lots([*events, defined]) == {"LOT-1": (1, 100, 100)}


def test_a_lot_of_unknown_material_may_be_the_same() -> None:
    events = [RECEIVED, created(), used("09:00"), used("09:05", material_lot_id="PASTE-9")]
    assert lots(events) == {"LOT-1": (1, 100, 100)}
    assert lots(events, MaterialLotScope("PASTE-9")) == {"LOT-1": (1, 100, 100)}
    assert "material_lot.unknown" in codes(events, MaterialLotScope("PASTE-9"))


def test_a_material_may_be_told_by_whoever_used_the_lot_whenever_recorded() -> None:
    events = [
        RECEIVED,
        created(),
        created("LOT-2"),
        used("09:00"),
        used("09:05", material_lot_id="WIRE-9"),
        used("11:00", "LOT-2", material_lot_id="WIRE-9", material_id="WIRE"),
    ]
    assert lots(events) == {"LOT-1": (100, 100, 100)}


def test_a_consumption_by_an_empty_lot_has_no_effect_and_is_found() -> None:
    events = [
        RECEIVED,
        created(),
        split("08:30", A=100),
        used("09:00"),
        created("LOT-2"),
        used("10:00", "LOT-2"),
    ]
    assert lots(events) == {"LOT-2": (100, 100, 100)}
    events = [RECEIVED, created(), split("08:30", A=100), used("09:00"), merged("10:00", "LOT-1", A=10)]
    assert lots(events) == {}


def test_a_derivation_before_the_exposure_carries_nothing() -> None:
    assert lots([RECEIVED, created(), split("08:30", A=20), used("09:00")]) == {"LOT-1": (80, 80, 80)}


def test_a_consumption_before_the_material_was_exposed_carries_nothing() -> None:
    scope = MaterialLotScope("PASTE-1", f.at("09:00"))
    events = [RECEIVED, created(), created("LOT-2"), used("08:59"), used("09:00", "LOT-2")]
    assert lots(events, scope) == {"LOT-2": (100, 100, 100)}


def test_a_mix_is_exposed_since_its_time_and_carries_on() -> None:
    mixed = f.material_mixed(occurred_at="10:00")
    events = [RECEIVED, created(), mixed, used("09:00", material_lot_id="MIX-1")]
    assert lots(events) == {}
    events = [RECEIVED, created(), mixed, used("11:00", material_lot_id="MIX-1")]
    assert lots(events) == {"LOT-1": (100, 100, 100)}
    rows = recall(events).material_lots
    assert [(row.material_lot_id, row.since) for row in rows] == [("MIX-1", f.at("10:00")), ("PASTE-1", None)]


def test_a_mix_before_the_exposure_carries_nothing() -> None:
    events = [RECEIVED, f.material_mixed(occurred_at="10:00")]
    rows = recall(events, MaterialLotScope("PASTE-1", f.at("10:01"))).material_lots
    assert [row.material_lot_id for row in rows] == ["PASTE-1"]


def test_a_merge_adds_what_each_parent_brings() -> None:
    assert lots(some_of_70()) == {"LOT-1": (30, 70 - 40, 70)}
    assert since(some_of_70()) == {"LOT-1": f.at("10:00")}


def test_an_exposed_target_keeps_its_since() -> None:
    events = [
        RECEIVED,
        created(),
        created("B"),
        used("09:00"),
        used("09:30", "B"),
        merged("10:00", "LOT-1", B=100),
    ]
    assert since(events) == {"LOT-1": f.at("09:00")}
    assert lots(events) == {"LOT-1": (200, 200, 200)}


def test_what_is_taken_and_what_stays_carry_their_bounds() -> None:
    assert lots([*some_of_70(), split("11:00", A=50)]) == {"A": (10, 30, 50), "LOT-1": (0, 20, 20)}


def test_children_of_one_split_are_taken_one_after_the_other() -> None:
    answer = lots([*some_of_70(), split("11:00", A=50, B=10)])
    assert answer == {"A": (10, 30, 50), "B": (0, 10, 10), "LOT-1": (0, 10, 10)}
    answer = lots([*some_of_70(), split("11:00", B=10, A=50)])
    assert answer == {"A": (10, 30, 50), "B": (0, 10, 10), "LOT-1": (0, 10, 10)}


def test_scrap_takes_its_share_and_is_told_beside_the_totals() -> None:
    events = [*some_of_70(), scrapped("11:00", 50)]
    assert lots(events) == {"LOT-1": (0, 20, 20)}
    assert places(events, "LOT-1") == {"IN_PROCESS": (0, 20), "SCRAPPED": (10, 30)}
    totals = recall(events).totals
    assert (totals.low, totals.high) == (0, 20)
    assert [(row.disposition.value, row.low, row.high) for row in totals.by_disposition] == [
        ("IN_PROCESS", 0, 20),
        ("SCRAPPED", 10, 30),
    ]


def test_scrap_of_a_lot_with_nothing_left_is_still_told() -> None:
    events = [RECEIVED, created(), used("09:00"), scrapped("10:00", 100)]
    answer = recall(events)
    assert answer.lots == ()
    assert [(row.disposition.value, row.low, row.high) for row in answer.totals.by_disposition] == [
        ("SCRAPPED", 100, 100)
    ]


def test_a_lot_whose_high_falls_to_zero_is_clean_again() -> None:
    events = [
        RECEIVED,
        created(),
        created("C", 50),
        used("09:00"),
        split("10:00", A=100),
        merged("11:00", "LOT-1", C=50),
        used("12:00"),
    ]
    assert since(events)["LOT-1"] == f.at("12:00")
    assert lots(events)["LOT-1"] == (50, 50, 50)


def test_a_source_that_gave_more_than_it_had_is_found_wherever_the_suspect_touched_it() -> None:
    events = [RECEIVED, created(quantity=10), used("09:00"), split("10:00", A=40)]
    assert lots(events) == {"A": (10, 10, 40)}
    assert codes(events) == {"quantity.imbalance"}
    assert codes([*events, created("B"), used("11:00", "B")], LotScope("B")) == set()


def test_a_lot_that_was_created_twice_is_found() -> None:
    assert "lot.created_twice" in codes([RECEIVED, created(), created(), used("09:00")])


def test_a_lot_of_unknown_quantity_makes_the_answer_incomplete() -> None:
    answer = recall([RECEIVED, used("09:00", "GHOST")])
    (lot,) = answer.lots
    assert (lot.lot_id, lot.since, lot.certainty.value) == ("GHOST", f.at("09:00"), "POSSIBLE")
    assert (lot.low, lot.high, lot.quantity, lot.dispositions) == (0, 0, 0, ())
    assert (answer.complete, answer.limit_hit) == (False, "lot.quantity_unknown")
    assert (answer.totals.lots, answer.totals.possible_lots, answer.totals.high) == (1, 1, 0)
    assert {finding.code for finding in answer.findings} == {"lot.unknown", "consumption.empty_lot"}


def test_a_lot_that_a_split_gave_units_is_not_unknown() -> None:
    events = [RECEIVED, created(), split("10:00", A=40), used("09:00", "A")]
    answer = recall(events)
    assert (answer.lots, answer.complete) == ((), True)


def test_a_lot_seed_exposes_it_right_after_the_first_event_that_leaves_it_units() -> None:
    events = [created(), split("09:00", A=40), created("B", 5), merged("10:00", "A", B=5)]
    assert lots(events, LotScope("A")) == {"A": (40, 40, 45)}
    assert since(events, LotScope("A")) == {"A": f.at("09:00")}


def test_a_lot_seed_from_a_time_acts_after_all_events_up_to_and_including_it() -> None:
    events = [created(), split("09:00", A=40), split("09:30", B=10)]
    assert lots(events, LotScope("LOT-1", f.at("09:00"))) == {"B": (10, 10, 10), "LOT-1": (50, 50, 50)}
    assert since(events, LotScope("LOT-1", f.at("09:00")))["LOT-1"] == f.at("09:00")


def test_a_lot_seed_without_units_at_its_time_reaches_nothing() -> None:
    events = [created(), split("09:00", A=100)]
    assert lots(events, LotScope("LOT-1", f.at("09:00"))) == {}


def test_a_lot_seed_on_a_lot_that_never_had_units_is_listed_since_its_first_event() -> None:
    events = [f.lot_tracked_in(lot_id="GHOST", occurred_at="09:00"), used("10:00", "GHOST")]
    (lot,) = recall(events, LotScope("GHOST")).lots
    assert (lot.since, lot.high) == (f.at("09:00"), 0)
    answer = recall(events, LotScope("GHOST", f.at("11:00")))
    assert answer.lots[0].since == f.at("11:00")
    assert (answer.complete, answer.totals.lots) == (False, 1)


@pytest.mark.parametrize("scope", [MaterialLotScope("PASTE-X"), LotScope("LOT-X")])
def test_a_mistyped_name_is_never_nothing_affected(scope: MaterialLotScope | LotScope) -> None:
    with pytest.raises(NotFound) as refused:
        recall([RECEIVED, created()], scope)
    assert refused.value.code == "thing.not_found"


def test_what_happened_later_is_not_in_an_answer_of_an_earlier_moment() -> None:
    events = [RECEIVED, created(), used("09:00"), split("10:00", A=40)]
    assert lots(events, as_of="09:59") == {"LOT-1": (100, 100, 100)}


def test_the_answer_does_not_depend_on_the_order_of_arrival() -> None:
    events = [*some_of_70(), split("11:00", A=50), scrapped("12:00", 7)]
    assert recall(events) == recall(reversed(events))


def test_expired_and_frozen_material_is_found() -> None:
    events = [
        f.material_lot_received(expires_at="2026-03-02T08:30:00Z"),
        created(),
        used("09:00"),
    ]
    assert "consumption.expired" in codes(events)
    thawed = f.material_thawed(
        occurred_at="08:10", usable_from="2026-03-02T10:00:00Z", usable_until="2026-03-02T12:00:00Z"
    )
    assert "consumption.not_usable_yet" in codes([RECEIVED, thawed, created(), used("09:00")])
    assert "consumption.expired" in codes([RECEIVED, thawed, created(), used("13:00")])
    assert codes([RECEIVED, thawed, created(), used("11:00")]) == set()


def test_the_seed_itself_is_among_the_material_lots() -> None:
    assert [(row.material_lot_id, row.since) for row in recall([RECEIVED], PASTE).material_lots] == [
        ("PASTE-1", None)
    ]
