from pathlib import Path

import pytest

from connectors.errors import UnreadableMessage
from connectors.secs_gem.config import Alarms
from connectors.secs_gem.items import Format, Item, ascii_of, binary_of, list_of, number_of
from connectors.secs_gem.mapping import Mapping
from tests.connectors.secs_gem.machine import lot_start, options
from twin.events.alarm import AlarmCleared, AlarmSet
from twin.events.equipment import EquipmentStateChanged
from twin.events.event import Event
from twin.events.lot import LotTrackedIn
from twin.vocabulary.instants import Instant, written
from twin.vocabulary.states import EquipmentState

_NOW = Instant(1_760_429_000_000)
_CLOCK = "2025101416000025"


def _state(clock: Item, state: int, lot: Item) -> Item:
    report = list_of(number_of(Format.U2, 3001), list_of(clock, number_of(Format.U1, state), lot))
    return list_of(number_of(Format.U4, 9), number_of(Format.U2, 3001), list_of(report))


def _alarm(code: int, alarm: int = 17, text: bytes = b"NO STICK ON PAD ") -> Item:
    return list_of(binary_of(code), number_of(Format.U4, alarm), Item(Format.ASCII, text))


def _ids(events: list[Event]) -> list[str]:
    return [event.event_id for event in events]


def test_one_collection_event_tells_every_fact_its_rule_names(tmp_path: Path) -> None:
    events = Mapping(options(tmp_path)).collected(lot_start(_CLOCK, "LOT-1", " "), _NOW)
    assert [event.fact for event in events] == [
        LotTrackedIn(lot_id="LOT-1", operation="DIE_BONDING", equipment_id="DIE-BONDER-01"),
        EquipmentStateChanged(equipment_id="DIE-BONDER-01", state=EquipmentState.PRODUCTIVE, lot_id="LOT-1"),
    ]
    assert [written(event.occurred_at) for event in events] == ["2025-10-14T08:00:00.250Z"] * 2
    assert {event.source for event in events} == {"db-01"}
    assert len(set(_ids(events))) == 2


@pytest.mark.parametrize(("state", "expected"), [(4, EquipmentState.PRODUCTIVE), (1, EquipmentState.STANDBY)])
def test_a_process_state_is_looked_up_and_kept(tmp_path: Path, state: int, expected: str) -> None:
    (event,) = Mapping(options(tmp_path)).collected(_state(ascii_of(_CLOCK), state, ascii_of("")), _NOW)
    assert event.fact == EquipmentStateChanged(
        equipment_id="DIE-BONDER-01", state=EquipmentState(expected), process_state=str(state)
    )


@pytest.mark.parametrize(
    ("clock", "occurred_at"),
    [
        ("2025101416000025", "2025-10-14T08:00:00.250Z"),
        ("20251014160000", "2025-10-14T08:00:00.000Z"),
        ("251014160000", "2025-10-14T08:00:00.000Z"),
        ("2025-10-14T08:00:00.5Z", "2025-10-14T08:00:00.500Z"),
        ("2025-10-14T16:00:00", "2025-10-14T08:00:00.000Z"),
        ("", written(_NOW)),
    ],
)
def test_the_clock_of_the_machine_is_read_in_its_forms(tmp_path: Path, clock: str, occurred_at: str) -> None:
    (event,) = Mapping(options(tmp_path)).collected(_state(ascii_of(clock), 4, ascii_of("L")), _NOW)
    assert written(event.occurred_at) == occurred_at


def test_a_resend_over_a_new_connection_is_the_same_event(tmp_path: Path) -> None:
    first = Mapping(options(tmp_path)).collected(lot_start(_CLOCK, "LOT-1"), _NOW)
    again = lot_start(_CLOCK, "LOT-1")
    again = again._replace(items=(number_of(Format.U4, 77), *again.items[1:]))
    assert Mapping(options(tmp_path)).collected(again, Instant(_NOW + 60_000)) == first


def test_an_equal_message_at_once_is_a_second_occurrence_and_later_a_resend(tmp_path: Path) -> None:
    mapping = Mapping(options(tmp_path))
    ids = [
        _ids(mapping.collected(lot_start(_CLOCK, "LOT-1"), Instant(_NOW + later)))[0]
        for later in (0, 100, 4_999, 5_000, 45_000)
    ]
    assert len(set(ids[:3])) == 3
    assert ids[3:] == [ids[0], ids[0]]


def test_an_ignored_event_tells_nothing(tmp_path: Path) -> None:
    assert Mapping(options(tmp_path)).collected(lot_start(_CLOCK, "LOT-1", ceid=9001), _NOW) == []


@pytest.mark.parametrize(
    ("item", "stage", "reason"),
    [
        (None, "decode", "not a collection event: a list of data id, event id and reports"),
        (ascii_of("x"), "decode", "not a collection event: a list of data id, event id and reports"),
        (lot_start(_CLOCK, "L", ceid=4711), "map", "collection event 4711 has no meaning in factory.yaml"),
        (lot_start(_CLOCK, "L", ceid=3001), "map", "event 3001 came without report 3001"),
        (lot_start(_CLOCK, ""), "map", "LotID is empty"),
        (lot_start("yesterday", "L"), "map", "Clock 'yesterday' is no time"),
        (lot_start("20251399000000", "L"), "map", "Clock '20251399000000' is no time"),
        (
            list_of(
                number_of(Format.U4, 1),
                number_of(Format.U4, 3002),
                list_of(list_of(number_of(Format.U4, 3002), list_of(ascii_of("x")))),
            ),
            "map",
            "report 3002 has 1 values, factory.yaml says 3",
        ),
        (
            lot_start(_CLOCK, "L" * 129),
            "map",
            "LotTrackedIn: Expected `str` of length <= 128 - at `$.lot_id`",
        ),
    ],
)
def test_what_tells_no_fact_is_unreadable(tmp_path: Path, item: Item | None, stage: str, reason: str) -> None:
    with pytest.raises(UnreadableMessage) as caught:
        Mapping(options(tmp_path)).collected(item, _NOW)
    assert (caught.value.stage, caught.value.reason) == (stage, reason)


def test_an_alarm_is_set_and_cleared_under_one_name(tmp_path: Path) -> None:
    mapping = Mapping(options(tmp_path, alarms=Alarms(categories={5: "ATTENTION"}), encoding="gbk"))
    (raised,) = mapping.alarmed(_alarm(0x85, text="頂針磨損".encode("gbk")), _NOW)
    (cleared,) = mapping.alarmed(_alarm(0x05, text="頂針磨損".encode("gbk")), Instant(_NOW + 9))
    assert raised.fact == AlarmSet(
        alarm_id="DIE-BONDER-01/17",
        equipment_id="DIE-BONDER-01",
        code="17",
        text="頂針磨損",
        category="ATTENTION",
    )
    assert cleared.fact == AlarmCleared(alarm_id="DIE-BONDER-01/17", equipment_id="DIE-BONDER-01")
    assert (raised.occurred_at, cleared.occurred_at) == (_NOW, _NOW + 9)


def test_an_alarm_report_sent_again_is_the_same_event(tmp_path: Path) -> None:
    mapping = Mapping(options(tmp_path))
    first, again, cleared, second = (
        mapping.alarmed(_alarm(code), Instant(_NOW + at))[0]
        for at, code in enumerate((0x84, 0x84, 0x04, 0x84))
    )
    assert again == first
    assert len({first.event_id, cleared.event_id, second.event_id}) == 3


@pytest.mark.parametrize("item", [None, ascii_of("x"), list_of(ascii_of("x"), ascii_of("y"), ascii_of("z"))])
def test_what_is_no_alarm_is_unreadable(tmp_path: Path, item: Item | None) -> None:
    with pytest.raises(UnreadableMessage) as caught:
        Mapping(options(tmp_path)).alarmed(item, _NOW)
    assert caught.value.stage == "decode"
