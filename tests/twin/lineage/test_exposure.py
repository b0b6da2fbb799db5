from __future__ import annotations

from typing import Any

import pytest

from tests import factory as f
from tests.twin.lineage.questions import PASTE, codes, lots, places, recall, since
from twin.errors import NotFound
from twin.events.event import Event
from twin.records.recall import LotScope, MaterialLotScope


def used(clock: str, lot_id: str = "LOT-1", **given: Any) -> Event:
    return f.material_consumed(occurred_at=clock, lot_id=lot_id, **given)


def created(lot_id: str = "LOT-1", quantity: int = 100, **given: Any) -> Event:
    return f.lot_created(lot_id=lot_id, quantity=quantity, occurred_at="08:00", **given)


def split(clock: str, parent: str = "LOT-1", **children: int) -> Event:
    rows = [{"lot_id": lot_id, "quantity": quantity} for lot_id, quantity in children.items()]
    return f.lot_split(occurred_at=clock, parent_lot_id=parent, children=rows)


def merged(clock: str, into: str, **parents: int) -> Event:
    rows = [{"lot_id": lot_id, "quantity": quantity} for lot_id, quantity in parents.items()]
    return f.lots_merged(occurred_at=clock, into_lot_id=into, parents=rows)


def scrapped(clock: str, quantity: int, lot_id: str = "LOT-1") -> Event:
    return f.units_scrapped(occurred_at=clock, lot_id=lot_id, quantity=quantity)


RECEIVED = f.material_lot_received(occurred_at="07:00")
OTHER = f.material_lot_received(occurred_at="07:00", material_lot_id="PASTE-2")


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


def some_of_70() -> list[Event]:
    return [
        RECEIVED,
        created("E", 30),
        created("C", 40),
        used("09:00", "E"),
        merged("10:00", "LOT-1", E=30, C=40),
    ]


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


def test_units_packed_before_are_not_touched() -> None:
    packed = f.packed(occurred_at="08:30", contents=[{"lot_id": "LOT-1", "quantity": 60}])
    events = [RECEIVED, created(), packed, used("09:00")]
    assert lots(events) == {"LOT-1": (40, 40, 100)}
    assert places(events, "LOT-1") == {"IN_PROCESS": (40, 40)}


def test_the_total_of_a_partly_packed_lot_grows_with_each_exposure() -> None:
    packed = f.packed(occurred_at="09:30", contents=[{"lot_id": "LOT-1", "quantity": 60}])
    events = [RECEIVED, created(), used("09:00", operation="A"), packed, used("10:00", operation="B")]
    assert lots(events) == {"LOT-1": (100, 100, 100)}
    assert places(events, "LOT-1") == {"IN_PROCESS": (40, 40), "IN_STOCK": (60, 60)}


def test_a_part_is_taken_from_the_loose_account_and_keeps_its_bounds() -> None:
    packed = f.packed(occurred_at="11:00", contents=[{"lot_id": "LOT-1", "quantity": 50}])
    events = [*some_of_70(), packed]
    assert lots(events) == {"LOT-1": (30, 30, 70)}
    assert places(events, "LOT-1") == {"IN_PROCESS": (0, 20), "IN_STOCK": (10, 30)}


def test_a_completed_lot_is_in_stock_and_a_cancelled_one_cancelled() -> None:
    events = [RECEIVED, created(), used("09:00")]
    done = f.lot_completed(occurred_at="10:00")
    stopped = f.lot_cancelled(occurred_at="10:00")
    assert places([*events, done], "LOT-1") == {"IN_STOCK": (100, 100)}
    assert places([*events, stopped], "LOT-1") == {"CANCELLED": (100, 100)}


def test_shipping_a_container_moves_the_parts_of_all_it_holds() -> None:
    events = [
        RECEIVED,
        created(),
        used("09:00"),
        f.packed(occurred_at="10:00", contents=[{"lot_id": "LOT-1", "quantity": 60}]),
        f.packed(occurred_at="10:10", container_id="BOX", kind="BOX", contents=[{"container_id": "REEL-1"}]),
        f.packed(occurred_at="10:20", container_id="PAL", kind="PALLET", contents=[{"container_id": "BOX"}]),
        f.packed(occurred_at="10:30", container_id="REEL-2", contents=[{"lot_id": "LOT-1", "quantity": 5}]),
    ]
    shipped = f.shipped(occurred_at="11:00", contents=[{"container_id": "PAL"}])
    assert places(events, "LOT-1") == {"IN_PROCESS": (35, 35), "IN_STOCK": (65, 65)}
    after = places([*events, shipped], "LOT-1")
    assert after == {"IN_PROCESS": (35, 35), "IN_STOCK": (5, 5), "SHIPPED": (60, 60)}
    (row,) = recall([*events, shipped]).shipments
    assert (row.shipment_id, row.certainty.value, row.low, row.high) == ("SHIP-1", "DEFINITE", 60, 60)


def test_what_is_packed_into_a_shipped_container_later_is_not_shipped() -> None:
    events = [
        RECEIVED,
        created(),
        used("09:00"),
        f.packed(occurred_at="10:00", contents=[{"lot_id": "LOT-1", "quantity": 60}]),
        f.shipped(occurred_at="11:00"),
        f.packed(occurred_at="12:00", contents=[{"lot_id": "LOT-1", "quantity": 5}]),
    ]
    assert places(events, "LOT-1") == {"IN_PROCESS": (35, 35), "IN_STOCK": (5, 5), "SHIPPED": (60, 60)}


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


def order(order_id: str, customer_id: str) -> Event:
    return f.order_received(order_id=order_id, customer_id=customer_id)


def test_orders_add_up_their_lots_and_a_lot_of_two_orders_counts_in_each() -> None:
    events = [
        RECEIVED,
        order("O1", "A"),
        order("O2", "B"),
        created("L1", 30, order_id="O1"),
        created("L2", 40, order_id="O2"),
        used("09:00", "L1"),
        merged("10:00", "M", L1=30, L2=40),
    ]
    answer = recall(events)
    assert [(row.order_id, row.low, row.high) for row in answer.orders] == [("O1", 30, 30), ("O2", 30, 30)]
    assert [
        (row.customer_id, row.certainty.value, row.orders, row.shipments) for row in answer.customers
    ] == [
        ("A", "DEFINITE", 1, 0),
        ("B", "DEFINITE", 1, 0),
    ]


def test_an_order_and_a_customer_are_reached_by_a_shipment_alone() -> None:
    events = [
        RECEIVED,
        order("O9", "Z"),
        created(),
        used("09:00"),
        f.shipped(
            order_id="O9",
            customer_id="Y",
            contents=[{"lot_id": "LOT-1", "quantity": 10}],
            occurred_at="10:00",
        ),
    ]
    answer = recall(events)
    assert [(row.order_id, row.certainty.value, row.low, row.high) for row in answer.orders] == [
        ("O9", "DEFINITE", 0, 0)
    ]
    assert [(row.customer_id, row.orders, row.shipments) for row in answer.customers] == [
        ("Y", 0, 1),
        ("Z", 1, 0),
    ]


def test_a_shipment_of_clean_parts_is_not_reached() -> None:
    events = [
        RECEIVED,
        created(),
        f.shipped(contents=[{"lot_id": "LOT-1", "quantity": 10}], occurred_at="08:30"),
        used("09:00"),
    ]
    assert recall(events).shipments == ()


def test_a_shipment_that_only_may_carry_the_suspect_makes_its_customer_possible() -> None:
    shipped = f.shipped(contents=[{"lot_id": "LOT-1", "quantity": 10}], occurred_at="11:00")
    answer = recall([*some_of_70(), shipped])
    assert [(row.certainty.value, row.low, row.high) for row in answer.shipments] == [("POSSIBLE", 0, 10)]
    assert [(row.customer_id, row.certainty.value) for row in answer.customers] == [("CUST-1", "POSSIBLE")]


def test_the_seed_itself_is_among_the_material_lots() -> None:
    assert [(row.material_lot_id, row.since) for row in recall([RECEIVED], PASTE).material_lots] == [
        ("PASTE-1", None)
    ]
