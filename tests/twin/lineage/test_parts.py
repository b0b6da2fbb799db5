from __future__ import annotations

from tests import factory as f
from tests.twin.lineage.day import RECEIVED, created, merged, some_of_70, used
from tests.twin.lineage.questions import lots, places, recall
from twin.events.event import Event


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


def test_a_named_part_of_a_lot_of_unknown_quantity_is_told_where_it_lies() -> None:
    events = [
        RECEIVED,
        used("08:00"),
        f.units_assembled(
            unit_id="M", lot_id="LOT-1", components=[{"material_lot_id": "PASTE-1"}], occurred_at="08:30"
        ),
        f.packed(container_id="BOX", contents=[{"unit_id": "M"}], occurred_at="09:00"),
    ]
    assert lots(events) == {"LOT-1": (0, 0, 0)}
    assert places(events, "LOT-1") == {"IN_STOCK": (1, 1)}
    totals = recall(events).totals
    assert [(row.disposition.value, row.low, row.high) for row in totals.by_disposition] == [
        ("IN_STOCK", 1, 1)
    ]
