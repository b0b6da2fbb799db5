from __future__ import annotations

from typing import Any

import pytest

from tests.factory import at, inspection_recorded, lot_created, lot_split, material_consumed, units_identified
from twin.cases.what_if import compared, varied, without_reinspected
from twin.errors import Refused
from twin.events.event import Event
from twin.lineage.exposure import exposure
from twin.records.recall import (
    EquipmentScope,
    Exposure,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    WaferScope,
    Window,
)
from twin.records.what_if import Variant

PASTE = MaterialLotScope("PASTE-1")
HOUR = Window(at("08:00"), at("09:00"))


def plant(*more: Event) -> list[Event]:
    events = [
        lot_created(occurred_at="08:00", lot_id="LOT-1", quantity=100),
        lot_created(occurred_at="08:00", lot_id="LOT-2", quantity=50),
        units_identified(occurred_at="08:05", lot_id="LOT-2", units=[{"unit_id": "U1"}]),
        material_consumed(occurred_at="08:30", lot_id="LOT-1", material_lot_id="PASTE-1"),
        material_consumed(occurred_at="08:30", lot_id="LOT-2", material_lot_id="PASTE-1"),
        lot_split(
            occurred_at="09:00", parent_lot_id="LOT-1", children=[{"lot_id": "LOT-1A", "quantity": 40}]
        ),
        *more,
    ]
    return sorted(events, key=lambda event: event.order)


def answered(*more: Event) -> tuple[Exposure, Exposure]:
    events = plant(*more)
    before = exposure(events, PASTE)
    return before, without_reinspected(before, events)


def lots(found: Exposure) -> list[str]:
    return [row.lot_id for row in found.lots]


@pytest.mark.parametrize(
    ("scope", "changed"),
    [
        (EquipmentScope("DB-01", HOUR), EquipmentScope("DB-01", Window(at("07:50"), at("09:10")))),
        (
            OperatorScope("op-1", Window(at("08:00"), None)),
            OperatorScope("op-1", Window(at("07:50"), None)),
        ),
        (MaterialLotScope("P", at("08:00")), MaterialLotScope("P", at("07:50"))),
        (LotScope("L", at("08:00")), LotScope("L", at("07:50"))),
    ],
)
def test_a_wider_window_grows_on_both_sides_that_it_has(scope: RecallScope, changed: RecallScope) -> None:
    assert varied(scope, Variant("wider", minutes=10)) == changed


@pytest.mark.parametrize(
    ("scope", "variant", "code"),
    [
        (PASTE, Variant("wider", minutes=10), "variant.not_possible"),
        (WaferScope("W1"), Variant("wider", minutes=10), "variant.not_possible"),
        (OperatorScope("op-1", HOUR), Variant("head", position="H1"), "variant.not_possible"),
        (EquipmentScope("DB-01", HOUR), Variant("narrow", minutes=-31), "window.empty"),
        (EquipmentScope("DB-01", HOUR), Variant("huge", minutes=10**9), "variant.bad"),
    ],
)
def test_a_variant_that_cannot_be_is_refused(scope: RecallScope, variant: Variant, code: str) -> None:
    with pytest.raises(Refused) as refused:
        varied(scope, variant)
    assert refused.value.code == code


def test_a_variant_that_cannot_be_is_told_by_the_name_of_the_suspect() -> None:
    with pytest.raises(Refused) as refused:
        varied(WaferScope("W1"), Variant("wider", minutes=10))
    assert refused.value.message == "the scope about SUBSTRATE:W1 has no window to change"


def test_one_head_only_is_a_position_of_the_same_window() -> None:
    narrowed = varied(EquipmentScope("DB-01", HOUR), Variant("head", position="H1"))
    assert narrowed == EquipmentScope("DB-01", HOUR, "H1")


def test_a_lot_inspected_and_passed_since_it_was_reached_is_out_with_its_units() -> None:
    before, after = answered(inspection_recorded(occurred_at="09:30", lot_id="LOT-2", passed=True))
    assert (lots(before), [row.unit_id for row in before.units]) == (["LOT-1", "LOT-1A", "LOT-2"], ["U1"])
    assert (lots(after), after.units) == (["LOT-1", "LOT-1A"], ())


def test_what_was_split_off_before_the_inspection_stays_in() -> None:
    _, after = answered(inspection_recorded(occurred_at="09:30", lot_id="LOT-1", passed=True))
    assert lots(after) == ["LOT-1A", "LOT-2"]


@pytest.mark.parametrize(
    "inspections",
    [
        [{"occurred_at": "08:20", "passed": True}],
        [{"occurred_at": "09:30", "passed": False}],
        [{"occurred_at": "09:30", "passed": True}, {"occurred_at": "09:40", "passed": False}],
    ],
)
def test_an_inspection_before_or_one_that_failed_clears_nothing(inspections: list[dict[str, Any]]) -> None:
    told = [
        inspection_recorded(lot_id="LOT-2", inspection_id=f"I{number}", **one)
        for number, one in enumerate(inspections)
    ]
    before, after = answered(*told)
    assert after == before


def test_two_answers_are_told_apart_by_lots_bounds_and_units() -> None:
    before, after = answered(inspection_recorded(occurred_at="09:30", lot_id="LOT-2", passed=True))
    told = compared(Variant("clean"), PASTE, before, after)
    assert [row.lot_id for row in told.removed] == ["LOT-2"]
    assert [row.unit_id for row in told.removed_units] == ["U1"]
    assert (told.added, told.added_units, told.changed) == ((), (), ())
    assert (told.low, told.high) == (100, 100)
    back = compared(Variant("dirty"), PASTE, after, before)
    assert [row.lot_id for row in back.added] == ["LOT-2"]
    grown = exposure(
        plant(lot_split(occurred_at="09:10", parent_lot_id="LOT-1", children=[_child(10)])), PASTE
    )
    (changed,) = compared(Variant("later"), PASTE, before, grown).changed
    assert (changed.lot_id, changed.before.high, changed.now.high) == ("LOT-1", 60, 50)


def _child(quantity: int) -> dict[str, Any]:
    return {"lot_id": "LOT-1B", "quantity": quantity}
