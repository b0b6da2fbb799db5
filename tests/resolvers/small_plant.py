from __future__ import annotations

from tests.factory import (
    alarm_acknowledged,
    alarm_cleared,
    alarm_set,
    dies_transferred,
    equipment_connected,
    equipment_registered,
    equipment_state_changed,
    hold_released,
    lot_created,
    lot_held,
    lot_split,
    lot_tracked_in,
    lot_tracked_out,
    material_consumed,
    material_defined,
    material_lot_received,
    material_mixed,
    order_received,
    packed,
    product_defined,
    shipped,
    substrate_mapped,
    substrate_registered,
    test_results_recorded,
    tool_mounted,
    units_assembled,
    units_identified,
)
from twin.events.correction import EventVoided
from twin.events.event import Event
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import VoidReason

LEARNED = 1_800_000_000_000


def _wafer_and_strip() -> list[Event]:
    return [
        substrate_registered(
            occurred_at="08:00", substrate_id="WAFER-1", kind="WAFER", material_lot_id="DIES-1"
        ),
        substrate_mapped(occurred_at="08:01", substrate_id="WAFER-1"),
        substrate_registered(occurred_at="08:01", substrate_id="STRIP-1", kind="STRIP", lot_id="LOT-1"),
        dies_transferred(
            occurred_at="08:35",
            lot_id="LOT-1",
            transfers=[["WAFER-1", 0, 0, 0, 0], ["WAFER-1", 1, 0, 1, 0], ["WAFER-1", 1, 0, 2, 0]],
        ),
        units_identified(
            occurred_at="08:40",
            lot_id="LOT-1",
            substrate_id="STRIP-1",
            units=[{"unit_id": "UNIT-1", "x": 0, "y": 0}, {"unit_id": "UNIT-2", "x": 1, "y": 0}],
        ),
        units_assembled(
            occurred_at="08:50",
            unit_id="MODULE-1",
            lot_id="LOT-1",
            components=[{"unit_id": "UNIT-1"}, {"material_lot_id": "PASTE-1"}],
        ),
        test_results_recorded(
            occurred_at="08:55",
            lot_id="LOT-1",
            substrate_id="WAFER-1",
            results=[
                {"x": 0, "y": 0, "attempt": 1, "hard_bin": 2, "soft_bin": 2, "passed": False},
                {"x": 0, "y": 0, "attempt": 2, "hard_bin": 1, "soft_bin": 1, "passed": True},
                {"unit_id": "UNIT-1", "attempt": 1, "hard_bin": 1, "soft_bin": 1, "passed": True},
            ],
        ),
    ]


def _lots() -> list[Event]:
    return [
        order_received(occurred_at="07:00", quantity=100),
        product_defined(occurred_at="07:00", route=[{"operation": "DIE_BOND"}], name="LED 5050"),
        material_defined(occurred_at="07:00", minimum_quantity=600),
        material_lot_received(occurred_at="07:10", supplier_id="SUP-1", supplier_lot="S-77"),
        material_mixed(
            occurred_at="07:20",
            material_lot_id="MIX-1",
            inputs=[{"material_lot_id": "PASTE-1", "quantity": 100, "unit": "G"}],
        ),
        lot_created(occurred_at="08:00", lot_id="LOT-1", order_id="ORD-1"),
        lot_created(occurred_at="08:00", lot_id="LOT-2", quantity=50),
        tool_mounted(occurred_at="08:05", equipment_id="DB-01"),
        lot_tracked_in(occurred_at="08:30", operator_id="op-1", recipe_id="BOND", recipe_version="3"),
        material_consumed(occurred_at="08:31", expected=9),
        lot_tracked_out(occurred_at="08:45", good=98, scrap=2),
        lot_held(occurred_at="08:46"),
        hold_released(occurred_at="08:47"),
        lot_split(occurred_at="09:00"),
        packed(occurred_at="09:30", contents=[{"lot_id": "LOT-1A", "quantity": 40}]),
        shipped(occurred_at="09:40", order_id="ORD-1"),
    ]


def _machines() -> list[Event]:
    return [
        equipment_registered(occurred_at="07:00", line_id="LINE-1"),
        equipment_registered(occurred_at="07:00", equipment_id="WB-01", equipment_type="WIRE_BONDER"),
        equipment_connected(occurred_at="07:30"),
        equipment_state_changed(occurred_at="08:29"),
        alarm_set(occurred_at="08:32"),
        alarm_acknowledged(occurred_at="08:33"),
        alarm_set(occurred_at="08:34", alarm_id="ALARM-2", code="9", text="vacuum"),
        alarm_cleared(occurred_at="08:36", alarm_id="ALARM-2"),
    ]


def small_plant() -> list[Event]:
    events = [*_lots(), *_machines(), *_wafer_and_strip()]
    mistaken = lot_created(occurred_at="08:10", lot_id="LOT-9", event_id="mistake")
    void = Event(
        event_id="void-of-mistake",
        source="mes",
        occurred_at=Instant(mistaken.occurred_at + 1),
        fact=EventVoided(voided_event_id="mistake", reason=VoidReason.DID_NOT_OCCUR, by="op-1"),
    )
    return [*events, mistaken, void]
