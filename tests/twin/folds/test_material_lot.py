from __future__ import annotations

from itertools import permutations

from tests import factory
from twin.events.event import Event
from twin.folds.material_lot import MaterialLotFold


def _folded(*events: Event) -> MaterialLotFold:
    fold = MaterialLotFold("PASTE-1")
    for event in events:
        fold.absorb(event)
    return fold


def test_what_is_left_is_exact_in_any_order() -> None:
    events = [
        factory.material_lot_received(quantity=1),
        factory.material_consumed(quantity=0.1),
        factory.material_consumed(quantity=0.2),
        factory.material_returned(quantity=0.05),
        factory.material_mixed(inputs=[{"material_lot_id": "PASTE-1", "quantity": 0.3, "unit": "G"}]),
    ]

    left = {_folded(*order).properties()["remaining_quantity"] for order in permutations(events)}

    assert left == {0.45}


def test_what_is_left_is_exact_though_a_bar_code_was_typed_as_an_amount_and_taken_back() -> None:
    received = factory.material_lot_received(quantity=1.675)
    used = factory.material_consumed(quantity=1.2000000000000002)
    typed = factory.material_consumed(event_id="typed", quantity=4_006_381_333_931)
    expected = _folded(received, used).properties()["remaining_quantity"]
    for order in permutations((received, used, typed)):
        fold = _folded(*order)
        fold.give_back(typed)

        assert fold.properties()["remaining_quantity"] == expected


def test_nothing_is_left_below_nothing() -> None:
    fold = _folded(factory.material_lot_received(quantity=1), factory.material_consumed(quantity=7))

    assert fold.properties()["remaining_quantity"] == 0.0


def test_a_material_lot_only_consumed_is_named_by_the_scan() -> None:
    fold = _folded(factory.material_consumed(material_id="EPOXY-A", unit="G"))

    told = fold.properties()
    assert (told["material_id"], told["unit"], told["remaining_quantity"]) == ("EPOXY-A", "G", None)
    assert told["inferred"] is True
    assert [suspicion.code for suspicion in fold.suspicions()] == ["material_lot.unknown"]


def test_its_receipt_is_believed_before_any_scan() -> None:
    scanned = factory.material_consumed(material_id="WRONG", occurred_at="12:00")
    fold = _folded(factory.material_lot_received(occurred_at="08:00"), scanned)

    assert fold.properties()["material_id"] == "EPOXY-A"
    assert fold.suspicions() == ()


def test_giving_to_a_mix_defines_nothing() -> None:
    assert _folded(factory.material_mixed()).inferred


def test_amounts_in_other_units_of_one_measure_are_told_in_its_own() -> None:
    events = [
        factory.material_lot_received(quantity=0.5, unit="KG"),
        factory.material_consumed(quantity=120, unit="G"),
        factory.material_returned(quantity=20_000, unit="mg"),
        factory.material_mixed(inputs=[{"material_lot_id": "PASTE-1", "quantity": 0.1, "unit": "KG"}]),
    ]

    told = [_folded(*order).properties() for order in permutations(events)]

    amounts = {
        (each["used_quantity"], each["returned_quantity"], each["remaining_quantity"], each["unit"])
        for each in told
    }
    assert amounts == {(0.22, 0.02, 0.3, "KG")}


def test_what_is_left_is_not_told_once_something_is_measured_otherwise() -> None:
    spools, wire = factory.material_lot_received(quantity=3, unit="PCS"), {"unit": "M"}
    used, nothing = (
        factory.material_consumed(quantity=100, **wire),
        factory.material_consumed(quantity=0, **wire),
    )
    fold = _folded(spools, used, nothing)

    assert (fold.properties()["used_quantity"], fold.properties()["remaining_quantity"]) == (None, None)

    fold.give_back(used)

    assert (fold.properties()["used_quantity"], fold.properties()["remaining_quantity"]) == (0.0, 3.0)


def test_what_nobody_received_is_told_in_the_unit_it_was_used_in() -> None:
    told = _folded(
        factory.material_mixed(inputs=[{"material_lot_id": "PASTE-1", "quantity": 7, "unit": "ML"}])
    ).properties()

    assert (told["used_quantity"], told["unit"], told["remaining_quantity"]) == (7.0, "ML", None)
