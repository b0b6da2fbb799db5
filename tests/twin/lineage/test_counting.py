from __future__ import annotations

from tests import factory as f
from twin.events.event import Event
from twin.lineage.counting import counted
from twin.vocabulary.instants import Instant


def ids(events: list[Event]) -> list[str]:
    return [event.event_id for event in events]


def test_sorts_by_time_then_source_then_sequence_then_id() -> None:
    events = [
        f.lot_released(event_id="e", occurred_at="09:00", source="b"),
        f.lot_released(event_id="d", occurred_at="09:00", source="a", source_sequence=2),
        f.lot_released(event_id="c", occurred_at="09:00", source="a", source_sequence=1),
        f.lot_released(event_id="b", occurred_at="09:00", source="a"),
        f.lot_released(event_id="a", occurred_at="09:01", source="a"),
    ]
    assert ids(counted(events)) == ["b", "c", "d", "e", "a"]


def test_a_missing_sequence_comes_before_sequence_zero() -> None:
    events = [
        f.lot_released(event_id="a", occurred_at="09:00", source_sequence=0),
        f.lot_released(event_id="z", occurred_at="09:00"),
    ]
    assert ids(counted(events)) == ["z", "a"]


def test_counts_a_repeated_event_once() -> None:
    event = f.lot_released(event_id="a")
    assert ids(counted([event, event])) == ["a"]


def test_leaves_out_what_happened_after_as_of() -> None:
    events = [f.lot_released(event_id="a", occurred_at="09:00"), f.lot_released(occurred_at="09:01")]
    assert ids(counted(events, as_of=f.at("09:00"))) == ["a"]


def test_leaves_out_what_was_not_known_yet() -> None:
    events = [f.lot_released(event_id="a", recorded_at=5), f.lot_released(recorded_at=6)]
    assert ids(counted(events, known_at=Instant(5))) == ["a"]


def test_a_void_takes_an_event_out_once_it_is_known() -> None:
    events = [
        f.lot_released(event_id="a", occurred_at="09:00", recorded_at=1),
        f.event_voided(voided_event_id="a", occurred_at="12:00", recorded_at=7),
    ]
    assert ids(counted(events)) == []
    assert ids(counted(events, known_at=Instant(6))) == ["a"]


def test_a_void_counts_whenever_it_happened() -> None:
    events = [
        f.lot_released(event_id="a", occurred_at="09:00"),
        f.event_voided(voided_event_id="a", occurred_at="12:00"),
    ]
    assert ids(counted(events, as_of=f.at("10:00"))) == []


def test_a_void_cannot_be_voided() -> None:
    events = [
        f.lot_released(event_id="a"),
        f.event_voided(event_id="v", voided_event_id="a"),
        f.event_voided(voided_event_id="v"),
    ]
    assert ids(counted(events)) == []
