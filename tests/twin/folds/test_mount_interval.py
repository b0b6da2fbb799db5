from __future__ import annotations

from tests import factory
from twin.events.event import Event
from twin.folds.mount_interval import Track, mount_intervals, track_of

HEAD = Track("Tool", "CAP-1", "WB-01", "HEAD-1")


def on(clock: str) -> Event:
    return factory.tool_mounted(occurred_at=clock, event_id=f"on {clock}")


def off(clock: str, **told: object) -> Event:
    return factory.tool_unmounted(occurred_at=clock, event_id=f"off {clock}", **told)


def test_a_thing_sits_there_until_it_is_taken_off_whatever_is_told_again() -> None:
    events = [off("09:30"), on("08:00"), on("08:30"), off("09:00", count=5000), on("10:00")]
    first, second = mount_intervals(HEAD, events)
    assert first.properties() == {
        "track": "Tool:CAP-1/WB-01/HEAD-1",
        "tool_id": "CAP-1",
        "tool_kind": "CAPILLARY",
        "material_lot_id": None,
        "equipment_id": "WB-01",
        "position": "HEAD-1",
        "event_id": "on 08:00",
        "started_at": factory.at("08:00"),
        "ended_at": factory.at("09:00"),
        "ended_by": "off 09:00",
        "count": 5000.0,
        "remaining": None,
        "inferred": False,
    }
    assert first.told_by == ["on 08:00", "on 08:30", "off 09:00", "off 09:30"]
    assert (second.key, second.started_at, second.ended_at) == (
        "Tool:CAP-1/WB-01/HEAD-1/on 10:00",
        factory.at("10:00"),
        None,
    )


def test_taken_off_without_having_been_put_on_is_an_interval_without_begin() -> None:
    (interval,) = mount_intervals(HEAD, [off("09:00")])
    assert (interval.started_at, interval.ended_at, interval.properties()["inferred"]) == (
        None,
        factory.at("09:00"),
        True,
    )


def test_a_material_lot_says_how_much_is_left() -> None:
    taken = factory.material_unmounted(occurred_at="09:00", remaining=12.5)
    track = track_of(taken)
    assert track == Track("MaterialLot", "PASTE-1", "DB-01", "DISPENSER-1")
    (interval,) = mount_intervals(track, [factory.material_mounted(occurred_at="08:00"), taken])
    told = interval.properties()
    assert (told["material_lot_id"], told["tool_id"], told["remaining"]) == ("PASTE-1", None, 12.5)


def test_other_events_move_nothing() -> None:
    assert track_of(factory.material_moved()) is None
