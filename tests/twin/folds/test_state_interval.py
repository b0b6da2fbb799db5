from __future__ import annotations

from msgspec.structs import replace

from tests import factory
from twin.folds.state_interval import StateInterval, chained, reported, stored

UP = factory.equipment_state_changed(occurred_at="08:00", event_id="up", source_sequence=7)
DOWN = factory.equipment_state_changed(
    state="UNSCHEDULED_DOWN", reason_code="JAM", process_state="STOPPED", lot_id="L1", occurred_at="09:00",
    event_id="down",
)  # fmt: skip
STILL = factory.equipment_state_changed(state="UNSCHEDULED_DOWN", occurred_at="09:30", event_id="still")
LOST = factory.equipment_disconnected(occurred_at="10:00", event_id="lost")


def seen(interval: StateInterval) -> tuple[str | None, bool, int | None, str | None]:
    return interval.state, interval.entered, interval.ended_at, interval.ended_by


def test_each_report_lasts_until_the_next_and_says_whether_the_state_was_entered() -> None:
    assert [seen(one) for one in chained([reported(event) for event in (UP, DOWN, STILL, LOST)])] == [
        ("PRODUCTIVE", True, factory.at("09:00"), "down"),
        ("UNSCHEDULED_DOWN", True, factory.at("09:30"), "still"),
        ("UNSCHEDULED_DOWN", False, factory.at("10:00"), "lost"),
        ("UNKNOWN", True, None, None),
    ]


def test_an_interval_is_named_by_machine_time_and_report_and_keeps_what_it_told() -> None:
    interval = reported(DOWN)
    assert interval.key == "DB-01/2026-03-02T09:00:00.000Z/down"
    assert interval.properties() == {
        "equipment_id": "DB-01",
        "event_id": "down",
        "source": "mes",
        "source_sequence": None,
        "state": "UNSCHEDULED_DOWN",
        "reason_code": "JAM",
        "process_state": "STOPPED",
        "lot_id": "L1",
        "entered": True,
        "started_at": factory.at("09:00"),
        "ended_at": None,
        "ended_by": None,
    }


def test_what_the_graph_stores_is_read_back_as_it_was() -> None:
    for interval in chained([reported(event) for event in (UP, DOWN, LOST)]):
        told = {name: value for name, value in interval.properties().items() if value is not None}
        assert stored(told) == interval


def test_the_edges_of_some_intervals_in_a_row_keep_what_they_say_of_those_beyond() -> None:
    whole = chained([reported(event) for event in (UP, DOWN, STILL, LOST)])
    late = reported(replace(STILL, event_id="late", occurred_at=factory.at("09:45")))

    assert chained([*whole[2:], late][:1], from_first=False, to_last=False) == whole[2:3]
    between = chained([whole[2], late, whole[3]], from_first=False, to_last=False)
    assert [seen(one) for one in between] == [
        ("UNSCHEDULED_DOWN", False, factory.at("09:45"), "late"),
        ("UNSCHEDULED_DOWN", False, factory.at("10:00"), "lost"),
        ("UNKNOWN", True, None, None),
    ]
