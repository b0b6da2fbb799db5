import asyncio
from pathlib import Path
from typing import Any

import pytest

from connectors.secs_gem.codec import decode, encode
from connectors.secs_gem.connector import run
from connectors.secs_gem.items import Format, Item, ascii_of, binary_of, list_of, number_of
from connectors.secs_gem.message import Kind, control, data
from tests.connectors.intake import Kept, Running
from tests.connectors.secs_gem.machine import Listening, lot_start, options

_CLOCK = "2025101416000025"
_LOT = ["LotTrackedIn", "EquipmentStateChanged"]


def _events_of(item: Item | None) -> list[int]:
    assert item is not None
    return [int(event.numbers[0]) for event in item.items[1].items]


def _host(tmp_path: Path, machine: Listening, kept: Kept, **changes: Any) -> Running:
    return Running(run(options(tmp_path, port=machine.port, **changes), kept))


async def test_the_host_sets_the_machine_up_from_nothing(tmp_path: Path) -> None:
    kept = Kept()
    async with Listening() as machine, _host(tmp_path, machine, kept):
        line = await machine.line()
        await line.accept_select()
        heard = await line.set_up()
        assert list(heard) == ["S1F13", "S1F17", "S2F37", "S2F35", "S2F33", "S5F3"]
        off, on = heard["S2F37"]
        assert off is not None
        assert on is not None
        assert (off.items[0].payload, off.items[1].items) == (b"\0", ())
        assert (on.items[0].payload, _events_of(on)) == (b"\x01", [3001, 3002])
        deleted, defined = heard["S2F33"]
        assert deleted is not None
        assert defined is not None
        assert deleted.items[1].items == ()
        reports = {
            report.items[0].numbers: [variable.numbers[0] for variable in report.items[1].items]
            for report in defined.items[1].items
        }
        assert reports == {(3001,): [1001, 1002, 2001], (3002,): [1001, 2001, 2002]}
        unlinked, linked = heard["S2F35"]
        assert unlinked is not None
        assert linked is not None
        assert [len(event.items[1].items) for event in unlinked.items[1].items] == [0, 0]
        assert [len(event.items[1].items) for event in linked.items[1].items] == [1, 1]
        assert kept.types() == ["EquipmentConnected"]


async def test_a_collection_event_is_stored_and_then_acknowledged(tmp_path: Path) -> None:
    kept = Kept()
    async with Listening() as machine, _host(tmp_path, machine, kept):
        line = await machine.reporting()
        system = line.tell(6, 11, lot_start(_CLOCK, "LOT-1"))
        answer = await line.get()
        assert (answer.name, answer.system, answer.body) == ("S6F12", system, b"\x21\x01\x00")
        assert kept.types() == ["EquipmentConnected", *_LOT]


async def test_no_acknowledgement_leaves_before_the_fact_is_stored(tmp_path: Path) -> None:
    kept = Kept()
    async with Listening() as machine, _host(tmp_path, machine, kept):
        line = await machine.reporting()
        kept.open.clear()
        kept.asked.clear()
        told = line.tell(6, 11, lot_start(_CLOCK, "LOT-1"))
        async with asyncio.timeout(60):
            await kept.asked.wait()
        line.put(control(Kind.LINKTEST_REQUEST, 5))
        assert (await line.get()).kind == Kind.LINKTEST_RESPONSE
        kept.open.set()
        answer = await line.get()
        assert (answer.name, answer.system) == ("S6F12", told)


async def test_a_fact_that_cannot_be_stored_is_not_acknowledged_and_counts_when_sent_again(
    tmp_path: Path,
) -> None:
    kept = Kept()
    async with Listening() as machine, _host(tmp_path, machine, kept):
        line = await machine.reporting()
        kept.failure = OSError("disk full")
        line.tell(6, 11, lot_start(_CLOCK, "LOT-1"))
        assert await line.ended() == ["HSMS 9"]
        kept.failure = None
        line = await machine.reporting()
        line.tell(6, 11, lot_start(_CLOCK, "LOT-1"))
        assert (await line.get()).name == "S6F12"
        assert kept.types()[-2:] == _LOT


async def test_an_alarm_is_stored_and_then_acknowledged(tmp_path: Path) -> None:
    kept = Kept()
    async with Listening() as machine, _host(tmp_path, machine, kept):
        line = await machine.reporting()
        line.tell(5, 1, list_of(binary_of(0x84), number_of(Format.U4, 7), ascii_of("NSOP")))
        assert (await line.get()).name == "S5F2"
        assert kept.types() == ["EquipmentConnected", "AlarmSet"]


async def test_what_has_no_meaning_is_kept_with_its_bytes_and_acknowledged(tmp_path: Path) -> None:
    kept = Kept()
    async with Listening() as machine, _host(tmp_path, machine, kept):
        line = await machine.reporting()
        item = lot_start(_CLOCK, "LOT-1", ceid=4711)
        system = line.tell(6, 11, item)
        assert (await line.get()).body == b"\x21\x01\x00"
        raw = data(0, 6, 11, system, encode(item), wait=True).frame[4:]
        assert kept.letters == [(raw, "map", "collection event 4711 has no meaning in factory.yaml")]


@pytest.mark.parametrize(
    ("stream", "function", "body", "device", "complaint"),
    [
        (6, 11, b"\x01\x03\x41", 0, "S9F7"),
        (6, 11, b"\x41\x01x", 0, "S9F7"),
        (6, 99, b"", 0, "S9F5"),
        (64, 1, b"", 0, "S9F3"),
        (6, 11, b"", 5, "S9F1"),
    ],
)
async def test_a_wrong_message_is_complained_about_with_its_header(
    tmp_path: Path, stream: int, function: int, body: bytes, device: int, complaint: str
) -> None:
    kept = Kept()
    async with Listening() as machine, _host(tmp_path, machine, kept):
        line = await machine.reporting()
        system = line.tell(stream, function, body, device=device)
        answer = await line.get()
        header = data(device, stream, function, system, b"", wait=True).header
        assert (answer.name, decode(answer.body)) == (complaint, Item(Format.BINARY, header, (), 1))
        line.tell(1, 1, None)
        assert (await line.get()).name == "S1F2"


@pytest.mark.parametrize(
    ("stream", "function", "item", "answer"),
    [
        (1, 1, None, "S1F2"),
        (2, 25, Item(Format.BINARY, b"abc"), "S2F26"),
        (6, 5, list_of(number_of(Format.U4, 1), number_of(Format.U4, 9000)), "S6F6"),
        (10, 1, list_of(binary_of(0), ascii_of("help")), "S10F2"),
        (1, 13, list_of(ascii_of("M"), ascii_of("1")), "S1F14"),
    ],
)
async def test_what_a_machine_asks_is_answered(
    tmp_path: Path, stream: int, function: int, item: Item | None, answer: str
) -> None:
    async with Listening() as machine, _host(tmp_path, machine, Kept()):
        line = await machine.reporting()
        line.tell(stream, function, item)
        got = await line.get()
        assert got.name == answer
        if answer == "S2F26":
            assert got.body == encode(item)


async def test_a_machine_that_asks_for_the_time_gets_its_own(tmp_path: Path) -> None:
    async with Listening() as machine, _host(tmp_path, machine, Kept()):
        line = await machine.reporting()
        line.tell(2, 17, None)
        time = decode((await line.get_named("S2F18")).body)
        assert time is not None
        assert len(time.payload) == 16
