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
