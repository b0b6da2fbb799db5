from __future__ import annotations

from typing import Any

from tests import factory as f
from twin.events.event import Event
from twin.folds.run import Run, run_of, runs_of

Told = tuple[str, str, int, str | None, str | None, bool]
CLOCKS = {
    f.at(f"{hour:02}:{minute:02}"): f"{hour:02}:{minute:02}" for hour in range(8, 20) for minute in (0, 30)
}


def fold(*events: Event) -> list[Run]:
    return runs_of(enumerate(events))


def told(runs: list[Run]) -> list[Told]:
    return [
        (
            run.operation,
            run.equipment_id,
            run.attempt,
            CLOCKS.get(run.started_at or 0),
            CLOCKS.get(run.ended_at or 0),
            run.inferred,
        )
        for run in runs
    ]


def enter(clock: str, **given: Any) -> Event:
    return f.lot_tracked_in(occurred_at=clock, **given)


def leave(clock: str, **given: Any) -> Event:
    return f.lot_tracked_out(occurred_at=clock, **given)


def cancel(clock: str, **given: Any) -> Event:
    return f.track_in_cancelled(occurred_at=clock, **given)


def test_a_run_lasts_from_track_in_to_track_out() -> None:
    runs = fold(enter("09:00"), leave("10:00"))
    assert told(runs) == [("DIE_BOND", "DB-01", 1, "09:00", "10:00", False)]
    assert runs[0].key == "LOT-1/DIE_BOND/DB-01/1"


def test_a_later_track_in_of_the_same_three_is_the_next_attempt() -> None:
    runs = fold(enter("09:00"), leave("10:00"), enter("11:00"))
    assert [run.attempt for run in runs] == [1, 2]


def test_another_machine_counts_its_own_attempts() -> None:
    runs = fold(enter("09:00"), leave("10:00"), enter("11:00", equipment_id="DB-02"))
    assert [run.attempt for run in runs] == [1, 1]


def test_a_track_in_at_another_operation_ends_an_open_run() -> None:
    runs = fold(enter("09:00"), enter("10:00", operation="WIRE_BOND"))
    assert told(runs)[0] == ("DIE_BOND", "DB-01", 1, "09:00", "10:00", True)


def test_the_same_operation_on_a_second_machine_leaves_a_run_open() -> None:
    runs = fold(enter("09:00"), enter("10:00", equipment_id="DB-02"))
    assert [run.ended_at for run in runs] == [None, None]


def test_a_track_in_of_the_same_three_while_open_changes_nothing() -> None:
    runs = fold(enter("09:00"), enter("09:30", operator_id="op-2"), leave("10:00"))
    assert told(runs) == [("DIE_BOND", "DB-01", 1, "09:00", "10:00", False)]
    assert runs[0].operators == ()
    assert runs[0].repeats == [1]


def test_a_cancelled_track_in_never_was() -> None:
    assert fold(enter("09:00"), cancel("09:30")) == []


def test_a_cancelled_track_in_ended_no_other_run() -> None:
    runs = fold(
        enter("09:00"),
        enter("10:00", operation="WIRE_BOND"),
        cancel("10:30", operation="WIRE_BOND"),
        leave("11:00"),
    )
    assert told(runs) == [("DIE_BOND", "DB-01", 1, "09:00", "11:00", False)]


def test_a_run_freed_by_a_cancellation_ends_at_the_next_other_operation() -> None:
    runs = fold(
        enter("09:00"),
        enter("10:00", operation="WIRE_BOND", equipment_id="WB-01"),
        enter("11:00", operation="WIRE_BOND", equipment_id="WB-02"),
        cancel("11:30", operation="WIRE_BOND", equipment_id="WB-01"),
    )
    assert told(runs)[0] == ("DIE_BOND", "DB-01", 1, "09:00", "11:00", True)


def test_a_cancellation_takes_the_repeated_track_ins_of_its_run_along() -> None:
    assert fold(enter("09:00"), enter("09:30"), cancel("10:00")) == []


def test_a_cancellation_without_an_open_run_has_no_effect() -> None:
    runs = fold(enter("09:00"), leave("10:00"), cancel("10:30"))
    assert told(runs) == [("DIE_BOND", "DB-01", 1, "09:00", "10:00", False)]


def test_a_cancelled_attempt_is_not_counted() -> None:
    runs = fold(enter("09:00"), cancel("09:30"), enter("10:00"))
    assert told(runs) == [("DIE_BOND", "DB-01", 1, "10:00", None, False)]


def test_a_track_out_without_an_open_run_is_an_inferred_run_without_a_start() -> None:
    runs = fold(leave("10:00"))
    assert told(runs) == [("DIE_BOND", "DB-01", 1, None, "10:00", True)]


def test_operators_come_from_track_in_and_track_out_and_the_recipe_from_the_track_in() -> None:
    (run,) = fold(
        enter("09:00", operator_id="op-1", recipe_id="R", recipe_version="2"),
        leave("10:00", operator_id="op-2"),
    )
    assert run.operators == ("op-1", "op-2")
    assert run.recipe == ("R", "2")


def belongs(runs: list[Run], clock: str, place: int, machine: str | None = None) -> str | None:
    run = run_of(runs, "DIE_BOND", machine, place, f.at(clock))
    return run.key if run else None


def test_a_consumption_belongs_to_the_open_run_of_its_operation() -> None:
    runs = fold(enter("09:00"), leave("10:00"), enter("11:00"), leave("12:00"))
    assert belongs(runs, "11:30", 3) == "LOT-1/DIE_BOND/DB-01/2"


def test_a_consumption_belongs_to_the_run_on_its_machine_if_one_is_open_there() -> None:
    runs = fold(enter("09:00"), enter("10:00", equipment_id="DB-02"))
    assert belongs(runs, "11:00", 9, "DB-01") == "LOT-1/DIE_BOND/DB-01/1"


def test_a_consumption_of_no_machine_belongs_to_the_latest_started_open_run() -> None:
    runs = fold(enter("09:00"), enter("10:00", equipment_id="DB-02"))
    assert belongs(runs, "11:00", 9) == "LOT-1/DIE_BOND/DB-02/1"
    assert belongs(runs, "11:00", 9, "DB-03") == "LOT-1/DIE_BOND/DB-02/1"


def test_a_consumption_outside_all_runs_belongs_to_the_nearest_by_time() -> None:
    runs = fold(enter("09:00"), leave("10:00"), enter("13:00"), leave("14:00"))
    assert belongs(runs, "10:30", 2) == "LOT-1/DIE_BOND/DB-01/1"
    assert belongs(runs, "12:30", 2) == "LOT-1/DIE_BOND/DB-01/2"
    assert belongs(runs, "08:00", 0) == "LOT-1/DIE_BOND/DB-01/1"


def test_a_consumption_as_near_to_two_runs_belongs_to_the_earlier() -> None:
    runs = fold(enter("09:00"), leave("10:00"), enter("11:00"), leave("12:00"))
    assert belongs(runs, "10:30", 2) == "LOT-1/DIE_BOND/DB-01/1"


def test_a_run_without_a_start_is_as_near_as_its_end() -> None:
    runs = fold(leave("10:00"), enter("13:00"), leave("14:00"))
    assert belongs(runs, "09:00", 0) == "LOT-1/DIE_BOND/DB-01/1"


def test_a_consumption_at_an_operation_without_runs_belongs_to_none() -> None:
    runs = fold(enter("09:00", operation="WIRE_BOND"))
    assert belongs(runs, "09:30", 1) is None
