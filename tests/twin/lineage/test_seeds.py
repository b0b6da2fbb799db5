from __future__ import annotations

from typing import Any

import pytest

from tests import factory as f
from tests.twin.lineage.questions import lots, recall, since
from twin.errors import NotFound
from twin.events.event import Event
from twin.records.recall import (
    EquipmentScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
    WaferScope,
    Window,
)


def window(start: str | None = None, end: str | None = None) -> Window:
    return Window(None if start is None else f.at(start), None if end is None else f.at(end))


def machine(start: str | None = None, end: str | None = None, position: str | None = None) -> EquipmentScope:
    return EquipmentScope("DB-01", window(start, end), position)


def day(**given: Any) -> list[Event]:
    return [
        f.lot_created(occurred_at="08:00"),
        f.lot_tracked_in(occurred_at="09:00", **given),
        f.lot_tracked_out(occurred_at="10:00"),
    ]


WHOLE = {"LOT-1": (100, 100, 100)}
PARTLY = {"LOT-1": (0, 100, 100)}


def test_a_run_inside_the_window_reaches_every_unit_at_its_start() -> None:
    assert lots(day(), machine("09:00", "10:00")) == WHOLE
    assert since(day(), machine("08:30", "11:00")) == {"LOT-1": f.at("09:00")}


def test_a_run_only_partly_inside_may_have_reached_any_unit() -> None:
    assert lots(day(), machine("08:30", "09:30")) == PARTLY
    assert lots(day(), machine("09:30", "11:00")) == PARTLY
    assert lots(day(), machine("09:20", "09:40")) == PARTLY


def test_a_run_partly_inside_acts_at_the_later_of_its_start_and_the_windows() -> None:
    assert since(day(), machine("08:30", "09:30")) == {"LOT-1": f.at("09:00")}
    assert since(day(), machine("09:30", "11:00")) == {"LOT-1": f.at("09:30")}


def test_a_window_includes_its_start_and_not_its_end() -> None:
    assert lots(day(), machine("08:00", "09:00")) == {}
    assert lots(day(), machine("10:00", "11:00")) == {}
    assert lots(day(), machine("08:00", "09:00:00.001")) == PARTLY


def test_a_window_start_means_after_all_events_up_to_and_including_it() -> None:
    events = [*day(), f.lot_split(occurred_at="09:30")]
    assert lots(events, machine("09:30", "11:00")) == {"LOT-1": (0, 60, 60)}
    assert lots(events, machine("09:29", "11:00")) == {"LOT-1": (0, 60, 60), "LOT-1A": (0, 40, 40)}


def test_an_open_side_of_a_window_is_unlimited() -> None:
    assert lots(day(), machine()) == WHOLE
    assert lots(day(), machine(None, "09:30")) == PARTLY


def test_an_open_run_lasts_until_as_of_and_without_one_for_ever() -> None:
    events = day()[:2]
    assert lots(events, machine("08:00", "12:00")) == PARTLY
    assert lots(events, machine("08:00", "12:00"), as_of="11:00") == WHOLE
    assert lots(events, machine("08:00", "12:00"), as_of="13:00") == PARTLY
    assert lots(events, machine("08:00", None)) == WHOLE


def test_a_run_without_a_start_is_only_its_end_and_acts_before_its_own_scrap() -> None:
    events = [f.lot_created(occurred_at="08:00"), f.lot_tracked_out(occurred_at="10:00", scrap=10)]
    answer = recall(events, machine("10:00", "10:01"))
    (lot,) = answer.lots
    assert (lot.low, lot.high, lot.quantity, lot.since) == (90, 90, 90, f.at("10:00"))
    assert [(row.disposition.value, row.low) for row in lot.dispositions] == [
        ("IN_PROCESS", 90),
        ("SCRAPPED", 10),
    ]
    assert lots(events, machine("09:00", "10:00")) == {}


def test_units_merged_in_while_the_run_lasts_stay_as_they_are() -> None:
    parents = [{"lot_id": "B", "quantity": 50}]
    merged = f.lots_merged(into_lot_id="LOT-1", parents=parents, occurred_at="09:30")
    events = [*day(), f.lot_created(lot_id="B", quantity=50, occurred_at="08:00"), merged]
    assert lots(events, machine("08:00", "11:00")) == {"LOT-1": (100, 100, 150)}


def test_a_cancelled_track_in_is_no_run() -> None:
    events = [*day()[:2], f.track_in_cancelled(occurred_at="09:30")]
    assert lots(events, machine()) == {}


def test_a_run_that_names_another_position_is_out() -> None:
    assert lots(day(position="B"), machine(position="A")) == {}
    assert lots(day(position="A"), machine(position="A")) == WHOLE


def test_a_run_that_names_no_position_counts_as_partly_inside() -> None:
    assert lots(day(), machine(position="A")) == PARTLY


def test_a_run_on_another_machine_is_out() -> None:
    events = [*day(), f.equipment_registered(equipment_id="DB-02", occurred_at="07:00")]
    assert lots(events, EquipmentScope("DB-02", Window())) == {}


def test_an_operator_has_the_runs_he_tracked_in_or_out() -> None:
    events = [
        f.lot_created(occurred_at="08:00"),
        f.lot_tracked_in(occurred_at="09:00", operator_id="op-1"),
        f.lot_tracked_out(occurred_at="10:00", operator_id="op-2"),
    ]
    assert lots(events, OperatorScope("op-1", window("09:00", "10:00"))) == WHOLE
    assert lots(events, OperatorScope("op-2", window("09:30", "11:00"))) == PARTLY


def test_an_operator_named_by_another_fact_has_no_runs() -> None:
    events = [*day(), f.lot_held(by="qe-7", occurred_at="11:00")]
    assert lots(events, OperatorScope("qe-7")) == {}


def test_a_recipe_version_reaches_every_unit_of_runs_that_started_within_the_window() -> None:
    events = day(recipe_id="R", recipe_version="3")
    assert lots(events, RecipeVersionScope("R", "3")) == WHOLE
    assert lots(events, RecipeVersionScope("R", "3", window("09:00", "09:01"))) == WHOLE
    assert lots(events, RecipeVersionScope("R", "3", window("09:01", "11:00"))) == {}
    assert lots(events, RecipeVersionScope("R", "3", window("08:00", "09:00"))) == {}


def test_a_tool_is_a_window_of_its_machine_while_it_is_mounted() -> None:
    mounted = f.tool_mounted(occurred_at="08:30", equipment_id="DB-01", position="HEAD-1")
    unmounted = f.tool_unmounted(occurred_at="09:30", equipment_id="DB-01", position="HEAD-1")
    events = [*day(position="HEAD-1"), mounted]
    assert lots(events, ToolScope("CAP-1")) == WHOLE
    assert lots([*events, unmounted], ToolScope("CAP-1")) == PARTLY
    assert lots([*day(position="HEAD-2"), mounted], ToolScope("CAP-1")) == {}
    assert lots([*day(), mounted], ToolScope("CAP-1")) == PARTLY


def test_a_tools_interval_is_cut_to_the_given_window() -> None:
    mounted = f.tool_mounted(occurred_at="08:30", equipment_id="DB-01", position="HEAD-1")
    events = [*day(position="HEAD-1"), mounted]
    assert lots(events, ToolScope("CAP-1", window("09:30", None))) == PARTLY
    assert since(events, ToolScope("CAP-1", window("09:30", None))) == {"LOT-1": f.at("09:30")}
    assert lots(events, ToolScope("CAP-1", window("10:00", None))) == {}


def test_only_the_unmount_of_the_same_tool_machine_and_position_ends_a_mount() -> None:
    mounted = f.tool_mounted(occurred_at="08:30", equipment_id="DB-01", position="HEAD-1")
    elsewhere = f.tool_unmounted(occurred_at="09:30", equipment_id="DB-01", position="HEAD-2")
    assert lots([*day(position="HEAD-1"), mounted, elsewhere], ToolScope("CAP-1")) == WHOLE


def test_a_run_of_a_lot_without_units_has_no_effect_but_a_question() -> None:
    events = day()[1:]
    answer = recall(events, machine())
    assert [(lot.lot_id, lot.high, lot.since) for lot in answer.lots] == [("LOT-1", 0, f.at("09:00"))]
    assert answer.limit_hit == "lot.quantity_unknown"


@pytest.mark.parametrize(
    "scope",
    [
        EquipmentScope("DB-0Q"),
        OperatorScope("op-0Q"),
        ToolScope("CAP-Q"),
        RecipeVersionScope("BOND", "no-such"),
        WaferScope("W-Q"),
    ],
)
def test_a_mistyped_name_is_never_nothing_affected(scope: RecallScope) -> None:
    with pytest.raises(NotFound):
        recall(day(recipe_id="BOND", recipe_version="1"), scope)


def test_of_two_places_of_a_tool_the_one_that_met_the_lot_first_tells_since_when() -> None:
    events = [
        *day(position="HEAD-1")[:2],
        f.tool_mounted(
            tool_id="CAP-1", equipment_id="DB-01", position="HEAD-2", occurred_at="09:10", event_id="second"
        ),
        f.tool_mounted(
            tool_id="CAP-1", equipment_id="DB-01", position="HEAD-1", occurred_at="09:20", event_id="first"
        ),
        f.lot_tracked_in(operation="CURING", occurred_at="09:40", event_id="on"),
    ]
    assert since(events, ToolScope("CAP-1")) == {"LOT-1": f.at("09:20")}
