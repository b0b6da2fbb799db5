from __future__ import annotations

from tests import factory as f
from twin.events.event import Event
from twin.folds.lot import fold_lot
from twin.records.lot import LotState
from twin.vocabulary.states import LotStatus, QualityStatus, WipStatus


def fold(lot_id: str, *events: Event) -> LotState:
    return fold_lot(lot_id, events)


def amounts(lot_id: str, *events: Event) -> tuple[int, int]:
    state = fold_lot(lot_id, events)
    return state.quantity, state.loose_quantity


def parents(**given: int) -> list[dict[str, object]]:
    return [{"lot_id": lot_id, "quantity": quantity} for lot_id, quantity in given.items()]


def test_a_created_lot_has_its_quantity_in_both_accounts() -> None:
    assert amounts("LOT-1", f.lot_created(quantity=100)) == (100, 100)


def test_a_second_creation_adds_nothing() -> None:
    assert amounts("LOT-1", f.lot_created(quantity=100), f.lot_created(quantity=30)) == (100, 100)


def test_a_creation_adds_to_what_a_split_brought() -> None:
    events = [f.lot_split(children=[{"lot_id": "B", "quantity": 40}]), f.lot_created(lot_id="B", quantity=5)]
    assert amounts("B", *events) == (45, 45)


def test_a_split_moves_the_stated_quantities() -> None:
    children = [{"lot_id": "A", "quantity": 40}, {"lot_id": "B", "quantity": 10}]
    events = [f.lot_created(quantity=100), f.lot_split(children=children)]
    assert amounts("LOT-1", *events) == (50, 50)
    assert amounts("A", *events) == (40, 40)
    assert amounts("B", *events) == (10, 10)


def test_a_source_that_has_less_stops_at_zero_and_the_stated_quantity_moves() -> None:
    events = [f.lot_created(quantity=10), f.lot_split(children=[{"lot_id": "A", "quantity": 40}])]
    assert amounts("LOT-1", *events) == (0, 0)
    assert amounts("A", *events) == (40, 40)


def test_a_merge_gives_the_target_what_each_parent_loses() -> None:
    events = [
        f.lot_created(lot_id="A", quantity=30),
        f.lot_created(lot_id="B", quantity=50),
        f.lots_merged(into_lot_id="M", parents=parents(A=30, B=20)),
    ]
    assert [amounts(lot, *events) for lot in ("A", "B", "M")] == [(0, 0), (30, 30), (50, 50)]


def test_a_target_among_its_own_parents_is_ignored_as_a_parent() -> None:
    events = [
        f.lot_created(lot_id="A", quantity=30),
        f.lot_created(lot_id="B", quantity=50),
        f.lots_merged(into_lot_id="A", parents=parents(A=30, B=50)),
    ]
    assert amounts("A", *events) == (80, 80)


def test_scrap_takes_from_both_accounts() -> None:
    events = [f.lot_created(quantity=100), f.units_scrapped(quantity=3), f.lot_tracked_out(scrap=4)]
    assert amounts("LOT-1", *events) == (93, 93)


def test_packing_and_shipping_take_from_the_loose_account_only() -> None:
    events = [
        f.lot_created(quantity=100),
        f.packed(contents=[{"lot_id": "LOT-1", "quantity": 60}]),
        f.shipped(contents=[{"lot_id": "LOT-1", "quantity": 10}]),
    ]
    assert amounts("LOT-1", *events) == (100, 30)


def test_shipping_a_container_takes_nothing_more() -> None:
    events = [f.lot_created(quantity=100), f.packed(), f.shipped()]
    assert amounts("LOT-1", *events) == (100, 0)


def test_a_packed_unit_is_taken_from_the_lot_that_lists_it() -> None:
    events = [
        f.lot_created(quantity=5),
        f.units_identified(units=[{"unit_id": "U1"}]),
        f.packed(contents=[{"unit_id": "U1"}]),
    ]
    assert amounts("LOT-1", *events) == (5, 4)


def test_a_child_inherits_the_product_of_its_first_parent() -> None:
    events = [
        f.lot_created(lot_id="A", product_id="X"),
        f.lot_created(lot_id="B", product_id="Y"),
        f.lots_merged(into_lot_id="M", parents=parents(A=1, B=1)),
        f.lot_split(parent_lot_id="M", children=[{"lot_id": "M1", "quantity": 1}]),
    ]
    assert fold("M1", *events).product_id == "X"


def test_a_lot_with_a_creation_of_its_own_keeps_its_product() -> None:
    events = [f.lot_created(product_id="X"), f.lot_split(), f.lot_created(lot_id="LOT-1A", product_id="Y")]
    assert fold("LOT-1A", *events).product_id == "Y"


def test_a_lot_inherits_the_orders_that_its_parent_has_at_each_derivation() -> None:
    events = [
        f.lot_created(lot_id="A", order_id="O1"),
        f.lot_created(lot_id="B", order_id="O2"),
        f.lots_merged(into_lot_id="M", parents=[{"lot_id": "A", "quantity": 1}]),
        f.lot_split(parent_lot_id="M", children=[{"lot_id": "EARLY", "quantity": 1}]),
        f.lots_merged(into_lot_id="M", parents=[{"lot_id": "B", "quantity": 1}]),
        f.lot_split(parent_lot_id="M", children=[{"lot_id": "LATE", "quantity": 1}]),
    ]
    assert fold("EARLY", *events).order_ids == ("O1",)
    assert fold("LATE", *events).order_ids == ("O1", "O2")


def test_a_lot_created_without_an_order_inherits_and_one_with_an_order_does_not() -> None:
    events = [
        f.lot_created(lot_id="A", order_id="O1"),
        f.lot_created(lot_id="B"),
        f.lot_created(lot_id="C", order_id="O3"),
        f.lots_merged(into_lot_id="B", parents=[{"lot_id": "A", "quantity": 1}]),
        f.lots_merged(into_lot_id="C", parents=[{"lot_id": "A", "quantity": 1}]),
    ]
    assert fold("B", *events).order_ids == ("O1",)
    assert fold("C", *events).order_ids == ("O3",)


def test_a_lot_that_nobody_created_or_derived_is_inferred() -> None:
    assert fold("LOT-1", f.lot_tracked_in()).inferred
    assert not fold("LOT-1A", f.lot_split()).inferred


def test_status_goes_from_planned_over_processing_to_completed() -> None:
    created, released, inn, out = f.lot_created(), f.lot_released(), f.lot_tracked_in(), f.lot_tracked_out()
    done = f.lot_completed()
    states = [fold("LOT-1", *(created, released, inn, out, done)[:count]) for count in range(1, 6)]
    assert [(state.status, state.wip_status) for state in states] == [
        (LotStatus.PLANNED, WipStatus.WAITING),
        (LotStatus.IN_PROGRESS, WipStatus.WAITING),
        (LotStatus.IN_PROGRESS, WipStatus.PROCESSING),
        (LotStatus.IN_PROGRESS, WipStatus.WAITING),
        (LotStatus.COMPLETED, WipStatus.COMPLETED),
    ]
    assert [state.current_equipment_id for state in states] == [None, None, "DB-01", None, None]
    assert states[4].quality is QualityStatus.PASS


def test_an_open_hold_stops_a_lot_until_it_is_released() -> None:
    events = [f.lot_created(), f.lot_held(occurred_at="09:00"), f.hold_released(occurred_at="10:00")]
    held, free = fold("LOT-1", *events[:2]), fold("LOT-1", *events)
    assert (held.status, held.wip_status) == (LotStatus.HOLD, WipStatus.HOLD)
    assert free.status is LotStatus.PLANNED
    (hold,) = free.holds
    assert (hold.held_at, hold.released_at, hold.released_by) == (f.at("09:00"), f.at("10:00"), "op-2")


def test_a_lot_knows_its_consumptions_by_run_its_place_and_its_revision() -> None:
    events = [f.lot_created(), f.lot_tracked_in(), f.material_consumed(), f.lot_moved()]
    state = fold("LOT-1", *events)
    assert [row.run_key for row in state.consumptions] == ["LOT-1/DIE_BOND/DB-01/1"]
    assert state.location_id == "RACK-1"
    assert state.revision == 4
    assert state.updated_at == events[-1].occurred_at
    assert state.created_at == events[0].occurred_at
