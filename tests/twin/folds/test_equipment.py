from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import json

from tests import factory
from tests.twin.folds.taking_back import take_back
from twin.events.event import Event
from twin.folds.equipment import EquipmentFold

STATES = ("PRODUCTIVE", "STANDBY", "UNSCHEDULED_DOWN")


def _folded(events: Iterable[Event]) -> EquipmentFold | None:
    """The machine, or None when only all events in their order can tell."""
    fold = EquipmentFold("DB-01")
    return fold if all(fold.absorb(event) for event in events) else None


def _reports(states: list[str]) -> list[Event]:
    return [
        factory.equipment_state_changed(
            event_id=f"r{minute}", state=state, occurred_at=factory.START + minute, reason_code=f"R{minute}"
        )
        for minute, state in enumerate(states)
    ]


def _told(fold: EquipmentFold) -> dict[str, Any]:
    return fold.properties()


@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_late_reports_change_nothing_that_newer_ones_said(states: list[str], dice: Any) -> None:
    reports = _reports(states)
    expected = _folded(reports)
    assert expected is not None
    dice.shuffle(reports)

    fold = _folded(reports)

    if fold is not None:
        assert _told(fold) == _told(expected)


@given(st.lists(st.sampled_from(STATES), min_size=2, max_size=7), st.data())
def test_reports_taken_back_leave_what_the_others_tell(states: list[str], data: st.DataObject) -> None:
    reports = _reports(states)
    gone = data.draw(st.sets(st.sampled_from(range(len(reports))), min_size=1, max_size=len(reports) - 1))
    left = [report for place, report in enumerate(reports) if place not in gone]
    fold, expected = _folded(reports), _folded(left)
    assert fold is not None
    assert expected is not None

    assert take_back(fold, [reports[place] for place in sorted(gone)], left)

    assert fold == expected


def test_a_second_report_of_a_state_does_not_restart_its_clock() -> None:
    fold = _folded(_reports(["STANDBY", "PRODUCTIVE", "PRODUCTIVE"]))

    assert fold is not None
    assert (fold.properties()["state"], fold.properties()["state_since"]) == ("PRODUCTIVE", factory.START + 1)
    assert fold.properties()["reason_code"] == "R2"


def test_a_late_report_in_the_middle_of_a_stretch_asks_for_all_events() -> None:
    first, second, third = _reports(["PRODUCTIVE", "STANDBY", "PRODUCTIVE"])

    assert _folded([first, third, second]) is None


def test_what_is_stored_goes_on_where_it_was() -> None:
    reports = _reports(["STANDBY", "PRODUCTIVE", "PRODUCTIVE"])
    fold = _folded(reports[:2])
    expected = _folded(reports)
    assert expected is not None

    again = json.decode(json.encode(fold), type=EquipmentFold)
    again.absorb(reports[2])

    assert again == expected


def test_a_machine_holds_its_lot_from_track_in_to_track_out() -> None:
    came = factory.lot_tracked_in(recipe_id="R", recipe_version="3", occurred_at="08:00")
    went = factory.lot_tracked_out(occurred_at="09:00")

    during, after = _folded([came]), _folded([came, went])

    assert during is not None
    assert after is not None
    assert (during.properties()["lot_id"], after.properties()["lot_id"]) == ("LOT-1", None)
    assert (after.properties()["recipe_id"], after.properties()["recipe_version"]) == ("R", "3")
    assert after.properties()["last_seen_at"] == factory.at("09:00")


@given(st.lists(st.sampled_from(STATES), min_size=2, max_size=7), st.data())
def test_a_late_report_after_one_taken_back_still_fits(states: list[str], data: st.DataObject) -> None:
    reports = _reports(states)
    gone = data.draw(st.sampled_from(reports))
    late = factory.equipment_state_changed(
        event_id="late", state=data.draw(st.sampled_from(STATES)), reason_code="R",
        occurred_at=data.draw(st.sampled_from(reports)).occurred_at,
    )  # fmt: skip
    stored = [report for report in reports if report is not gone]
    fold, expected = _folded(reports), _folded(sorted([late, *stored], key=lambda event: event.order))
    assert fold is not None
    assert expected is not None

    if take_back(fold, [gone], stored, [late]):
        assert fold == expected


def test_what_a_machine_was_told_last_is_told_again_by_the_events_before_it() -> None:
    first, second, third = _reports(["STANDBY", "PRODUCTIVE", "PRODUCTIVE"])
    fold = _folded([first, second, third])
    assert fold is not None

    names = fold.give_back(third)

    assert names == {"stretch", "updated_at", "reason_code", "process_state", "connected"}
    assert fold.tell_again(second, names) == names - {"stretch"}
    assert fold.tell_again(first, frozenset({"stretch"})) == {"stretch"}
    assert (fold.latest("reason_code"), fold.properties()["state_since"]) == ("R1", factory.START + 1)


def test_a_report_that_decides_nothing_any_more_is_taken_back_alone() -> None:
    reports = _reports(["STANDBY", "UNSCHEDULED_DOWN", "STANDBY", "PRODUCTIVE", "PRODUCTIVE", "PRODUCTIVE"])
    untold = []
    for gone in reports:
        fold = _folded(reports)
        assert fold is not None
        untold.append("stretch" in (fold.give_back(gone) or ()))
    assert untold == [False, False, True, True, False, True]


def _traffic() -> list[Event]:
    """Two lots overlap, then a third, which a report of the machine names; each leaves."""
    at = iter(range(1, 10))

    def then(build: Any, lot: str) -> Event:
        minute = next(at)
        return build(event_id=f"t{minute}", lot_id=lot, occurred_at=factory.START + minute)  # type: ignore[no-any-return]

    came, went = factory.lot_tracked_in, factory.lot_tracked_out
    return [
        then(came, "A"),
        then(came, "B"),
        then(went, "A"),
        then(went, "B"),
        then(factory.equipment_state_changed, "C"),
        then(went, "C"),
        then(came, "D"),
        then(factory.track_in_cancelled, "D"),
    ]


def test_a_lot_that_leaves_takes_no_other_lot_along() -> None:
    events = _traffic()
    inside = []
    for number in range(1, len(events) + 1):
        fold = _folded(events[:number])
        assert fold is not None
        inside.append(fold.properties()["lot_id"])

    assert inside == ["A", "B", "B", None, "C", None, "D", None]


@given(st.data())
def test_the_lot_inside_is_the_same_in_any_order_and_after_events_are_taken_back(data: st.DataObject) -> None:
    events = data.draw(st.lists(st.sampled_from(_traffic()), unique_by=lambda event: event.event_id))
    gone = [event for event in events if data.draw(st.booleans())]
    left = sorted((event for event in events if event not in gone), key=lambda event: event.order)
    fold, expected = _folded(events), _folded(left)
    assert fold is not None
    assert expected is not None

    assert take_back(fold, gone, left)

    assert fold.properties() == expected.properties()


def test_a_lot_told_late_that_left_long_ago_asks_for_all_events() -> None:
    went = [factory.lot_tracked_out(lot_id=f"L-{number}", occurred_at=f"09:{number % 60}:{number // 60}")
            for number in range(70)]  # fmt: skip
    late = factory.lot_tracked_in(lot_id="L-0", occurred_at="08:00")

    assert _folded([*went, late]) is None
    fold = _folded(sorted([*went, late], key=lambda event: event.order))
    assert fold is not None
    assert fold.properties()["lot_id"] is None


def test_a_machine_tells_its_latest_counters() -> None:
    later = factory.production_counted(total=1200, good=1190, since_at=factory.MOMENT, occurred_at="09:00")
    fold = _folded([later, factory.production_counted(total=1000, occurred_at="08:30")])

    assert fold is not None
    told = fold.properties()
    assert (told["counted_total"], told["counted_good"]) == (1200, 1190)
    assert (told["counted_since_at"], told["counted_at"]) == (factory.START, factory.at("09:00"))
