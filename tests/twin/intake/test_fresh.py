from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests import factory
from twin.events.codec import decode, encode
from twin.events.event import Event
from twin.intake.fresh import FreshEvents
from twin.intake.outbox import Outbox
from twin.intake.verdict import Receipt, Verdict
from twin.stream.log import Entry

AT = 1_780_000_000_000


def entry(event: Event, seq: int) -> Entry:
    return Entry(0, "box", seq, AT, encode(event))


def accepted(number: int) -> list[Receipt]:
    return [Receipt(Verdict.ACCEPTED, 0, seq) for seq in range(1, number + 1)]


async def test_hands_out_once_what_an_outbox_took_in_as_reading_its_bytes_would(tmp_path: Path) -> None:
    fresh = FreshEvents()
    events = [build(event_id=name) for name, build in factory.BUILDERS.items()]
    async with Outbox(tmp_path / "outbox.db", 4, fresh=fresh) as outbox:
        await outbox.accept([*events[:5], events[0]])
        await outbox.accept(events)
        entries = await outbox.after(0, 1_000)
    kept = len(fresh._kept)
    assert kept == sum(len(one.payload) <= 2_048 for one in entries)
    assert kept > len(entries) / 2
    read = [one.event() for one in entries]
    assert list(map(repr, map(fresh.event_of, entries))) == list(map(repr, read))
    assert fresh._kept == {}
    assert list(map(fresh.event_of, entries)) == read


async def test_an_event_behind_one_that_reuses_an_id_is_handed_out_as_itself(tmp_path: Path) -> None:
    fresh = FreshEvents()
    one = factory.lot_created(event_id="one", lot_id="L", quantity=1)
    reuse = factory.lot_created(event_id="one", lot_id="L", quantity=2)
    after = factory.lot_created(event_id="after", lot_id="L", quantity=3)
    async with Outbox(tmp_path / "outbox.db", 4, fresh=fresh) as outbox:
        await outbox.accept([one, reuse, after])
        entries = await outbox.after(0, 10)
    assert [(told.event_id, told.fact) for told in map(fresh.event_of, entries)] == [
        ("one", one.fact),
        ("one", reuse.fact),
        ("after", after.fact),
    ]


def test_an_event_is_not_taken_for_other_bytes_at_its_place() -> None:
    fresh = FreshEvents()
    one, other = factory.lot_created(event_id="one"), factory.lot_created(event_id="other")
    fresh.keep([one], accepted(1), [entry(one, 1)])
    assert fresh.event_of(entry(other, 1)).event_id == "other"


def test_bytes_that_are_no_event_stay_broken() -> None:
    with pytest.raises(ValueError, match="truncated"):
        FreshEvents().event_of(Entry(0, "box", 1, AT, b"{"))


def test_the_oldest_make_room_for_the_newest() -> None:
    fresh = FreshEvents(most=2)
    events = [factory.lot_created(event_id=f"e-{number}") for number in range(3)]
    fresh.keep(events, accepted(3), [entry(event, seq) for seq, event in enumerate(events, 1)])
    assert [seq for _, seq in fresh._kept] == [2, 3]


def test_a_duplicate_and_a_write_that_failed_are_not_kept() -> None:
    fresh = FreshEvents()
    old, new = factory.lot_created(event_id="old"), factory.lot_created(event_id="new")
    fresh.keep([old, new], [], [])
    assert fresh._kept == {}
    seen = [Receipt(Verdict.DUPLICATE, 0, 1), Receipt(Verdict.ACCEPTED, 0, 2)]
    fresh.keep([old, new], seen, [entry(new, 2)])
    assert fresh.event_of(entry(new, 2)).event_id == "new"


def whole_wafers(number: int) -> list[Event]:
    rows = [["W", x, y, x, y] for x in range(40) for y in range(40)]
    return [
        decode(encode(factory.dies_transferred(event_id=f"w-{n}", transfers=rows))) for n in range(number)
    ]


def entries_of(events: list[Event]) -> list[Entry]:
    return [entry(event, seq) for seq, event in enumerate(events, 1)]


def test_large_events_that_are_packed_are_handed_out_once_as_reading_their_bytes_would() -> None:
    fresh = FreshEvents()
    mapped = factory.substrate_mapped(
        event_id="m", columns=40, rows=40, bins=base64.b64encode(bytes(3_200)).decode()
    )
    events = [*whole_wafers(1), mapped]
    entries = entries_of(events)
    fresh.keep(events, accepted(2), entries)
    assert len(fresh._large) == 2
    found = [fresh.event_of(one) for one in entries]
    assert found == [one.event() for one in entries]
    assert list(map(encode, found)) == [one.payload for one in entries]
    assert (fresh._large, fresh._taken) == ({}, 0)
    assert [fresh.event_of(one) for one in entries] == found


def test_large_events_that_are_not_packed_are_read_again() -> None:
    fresh = FreshEvents()
    event = factory.units_identified(units=[{"unit_id": f"U-{number:06d}"} for number in range(200)])
    fresh.keep([event], accepted(1), entries_of([event]))
    assert (fresh._kept, fresh._large) == ({}, {})
    assert fresh.event_of(entry(event, 1)).fact == event.fact


def test_a_map_that_is_mostly_words_about_its_bins_is_read_again() -> None:
    fresh = FreshEvents()
    bins = [{"bin": number, "quality": "PASS", "name": f"bin {number}"} for number in range(257)]
    events = [
        factory.substrate_mapped(event_id=f"m-{last}", bin_definitions=bins[:last]) for last in (256, 257)
    ]
    entries = entries_of(events)
    fresh.keep(events, accepted(2), entries)
    assert [seq for _, seq in fresh._large] == [1]
    assert [fresh.event_of(one) for one in entries] == [one.event() for one in entries]


def test_large_events_beyond_the_room_are_read_again_until_those_before_them_went() -> None:
    events = whole_wafers(4)
    entries = entries_of(events)
    fresh = FreshEvents(room=2 * len(entries[0].payload))
    fresh.keep(events[:3], accepted(3)[:3], entries[:3])
    assert [seq for _, seq in fresh._large] == [1, 2]
    assert fresh.event_of(entries[0]) == entries[0].event()
    fresh.keep(events[3:], accepted(4)[3:], entries[3:])
    assert [seq for _, seq in fresh._large] == [2, 4]
    assert [fresh.event_of(one) for one in entries] == [one.event() for one in entries]


def test_large_events_that_nobody_asks_for_make_room_in_the_end() -> None:
    now = 0.0
    events = whole_wafers(4)
    entries = entries_of(events)
    fresh = FreshEvents(room=2 * len(entries[0].payload), clock=lambda: now)
    fresh.keep(events[:2], accepted(2), entries[:2])
    now = 29.0
    fresh.keep(events[2:3], accepted(3)[2:], entries[2:3])
    assert [seq for _, seq in fresh._large] == [1, 2]
    now = 30.0
    fresh.keep(events[3:], accepted(4)[3:], entries[3:])
    assert [seq for _, seq in fresh._large] == [2, 4]
    assert fresh._taken == sum(len(entries[at].payload) for at in (1, 3))


def test_a_large_event_is_not_taken_for_other_bytes_at_its_place() -> None:
    fresh = FreshEvents()
    one, other = whole_wafers(2)
    fresh.keep([one], accepted(1), [entry(one, 1)])
    assert fresh.event_of(entry(other, 1)).event_id == "w-1"
