import asyncio
from pathlib import Path
from typing import Any

import pytest

from connectors.secs_gem.codec import encode
from connectors.secs_gem.config import Mode, Timeouts
from connectors.secs_gem.connector import run
from connectors.secs_gem.items import Format, binary_of, list_of, number_of
from connectors.secs_gem.message import Kind, control, data
from tests.connectors.intake import Kept, Running
from tests.connectors.secs_gem.machine import Line, Listening, lot_start, options
from tests.patience import PATIENCE_S
from tests.service.running import free_port
from twin.events.equipment import EquipmentDisconnected

_CLOCK = "2025101416000025"
_LOT = ["LotTrackedIn", "EquipmentStateChanged"]


class _Timers:
    """Patient but for the next use of the timer that is made short: none runs out unasked."""

    def __init__(self, **usual: float) -> None:
        patient = dict.fromkeys(Timeouts.__struct_fields__, PATIENCE_S)
        self._usual = {**patient, "t5": 0.2, **usual}
        self._short = ""

    def __getattr__(self, timer: str) -> float:
        if timer != self._short:
            return self._usual[timer]
        self._short = ""
        return 0.2

    def run_out(self, timer: str) -> None:
        """When it is used next."""
        self._short = timer


def _host(tmp_path: Path, machine: Listening, kept: Kept, **changes: Any) -> Running:
    return Running(run(options(tmp_path, port=machine.port, **changes), kept))


@pytest.mark.parametrize(
    "sent",
    [
        (2**31).to_bytes(4),
        (9).to_bytes(4) + b"123456789",
        data(0, 6, 11, 1, b"\x41\x02ab").frame[:12],
        control(Kind.SEPARATE, 9).frame,
    ],
    ids=["2 GiB frame", "frame without a header", "half a frame, then silence (T8)", "separate"],
)
async def test_a_line_that_cannot_be_trusted_is_closed_and_dialled_again(tmp_path: Path, sent: bytes) -> None:
    kept, timers = Kept(), _Timers()
    async with Listening() as machine, _host(tmp_path, machine, kept, timeouts=timers):
        line = await machine.reporting()
        timers.run_out("t8")
        line.writer.write(sent)
        assert await line.ended() == ["HSMS 9"]
        timers.run_out("")
        line = await machine.reporting()
        line.tell(6, 11, lot_start(_CLOCK, "LOT-1"))
        assert (await line.get()).name == "S6F12"
        assert kept.types() == ["EquipmentConnected", "EquipmentDisconnected", "EquipmentConnected", *_LOT]


async def test_half_a_frame_then_the_end_is_survived(tmp_path: Path) -> None:
    kept = Kept()
    async with Listening() as machine, _host(tmp_path, machine, kept):
        line = await machine.reporting()
        line.writer.write(data(0, 6, 11, 1, b"\x41\x02ab").frame[:12])
        line.writer.write_eof()
        await line.ended()
        await machine.reporting()
        fact = kept.events[1].fact
        assert isinstance(fact, EquipmentDisconnected)
        assert fact.reason == "the machine closed the connection"


async def test_a_message_in_many_pieces_is_one_message(tmp_path: Path) -> None:
    async with Listening() as machine, _host(tmp_path, machine, Kept()):
        line = await machine.reporting()
        for byte in data(0, 1, 1, 42, b"", wait=True).frame:
            line.writer.write(bytes((byte,)))
            await line.writer.drain()
            await asyncio.sleep(0)
        assert (await line.get()).system == 42


async def test_a_machine_that_leaves_in_the_middle_of_an_event_gets_no_answer(tmp_path: Path) -> None:
    kept = Kept()
    async with Listening() as machine, _host(tmp_path, machine, kept):
        line = await machine.reporting()
        kept.open.clear()
        kept.asked.clear()
        line.tell(6, 11, lot_start(_CLOCK, "LOT-1"))
        async with asyncio.timeout(60):
            await kept.asked.wait()
        line.put(control(Kind.SEPARATE, 9))
        assert await line.ended() == ["HSMS 9"]
        kept.open.set()
        line = await machine.reporting()
        line.tell(6, 11, lot_start(_CLOCK, "LOT-1"))
        assert (await line.get()).name == "S6F12"


async def test_a_host_without_answer_to_select_gives_up_after_t6(tmp_path: Path) -> None:
    kept, timers = Kept(), _Timers()
    timers.run_out("t6")
    async with Listening() as machine, _host(tmp_path, machine, kept, timeouts=timers):
        line = await machine.line()
        assert await line.ended() == ["HSMS 1", "HSMS 9"]
        await machine.reporting()
        assert kept.types() == ["EquipmentDisconnected", "EquipmentConnected"]


async def test_a_refused_select_is_tried_again(tmp_path: Path) -> None:
    async with Listening() as machine, _host(tmp_path, machine, Kept()):
        line = await machine.line()
        asked = await line.get()
        line.put(control(Kind.SELECT_RESPONSE, asked.system, status=2))
        assert await line.ended() == ["HSMS 9"]
        await machine.reporting()


async def test_a_machine_that_does_not_answer_a_request_is_left_after_t3(tmp_path: Path) -> None:
    timers = _Timers()
    timers.run_out("t3")
    async with Listening() as machine, _host(tmp_path, machine, Kept(), timeouts=timers):
        line = await machine.line()
        await line.accept_select()
        assert await line.ended() == ["S1F13", "S9F9", "HSMS 9"]
        await machine.reporting()


async def test_a_machine_silent_to_a_link_test_is_left_after_t6(tmp_path: Path) -> None:
    timers = _Timers(linktest=0.5)
    async with Listening() as machine, _host(tmp_path, machine, Kept(), timeouts=timers):
        line = await machine.reporting()
        asked = await line.get()
        timers.run_out("t6")
        line.put(control(Kind.LINKTEST_RESPONSE, asked.system))
        assert await line.ended() == ["HSMS 5", "HSMS 9"]
        await machine.reporting()


async def test_a_machine_that_deselects_has_t7_to_select_again(tmp_path: Path) -> None:
    timers = _Timers()
    async with Listening() as machine, _host(tmp_path, machine, Kept(), timeouts=timers):
        line = await machine.reporting()
        line.put(control(Kind.DESELECT_REQUEST, 1))
        assert (await line.get()).kind == Kind.DESELECT_RESPONSE
        line.tell(6, 11, lot_start(_CLOCK, "LOT-1"))
        rejected = await line.get()
        assert (rejected.kind, rejected.byte3) == (Kind.REJECT, 4)
        line.put(control(Kind.SELECT_REQUEST, 2))
        assert (await line.get()).kind == Kind.SELECT_RESPONSE
        timers.run_out("t7")
        line.put(control(Kind.DESELECT_REQUEST, 3))
        assert await line.ended() == [f"HSMS {Kind.DESELECT_RESPONSE:d}", "HSMS 9"]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (control(Kind.SELECT_RESPONSE, 77), 3),
        (control(Kind.SELECT_RESPONSE, 77)._replace(kind=12), 1),
        (data(0, 1, 1, 77, b"")._replace(presentation=3), 2),
    ],
)
async def test_a_control_message_that_makes_no_sense_is_rejected(
    tmp_path: Path, message: Any, reason: int
) -> None:
    async with Listening() as machine, _host(tmp_path, machine, Kept()):
        line = await machine.reporting()
        line.put(message)
        answer = await line.get()
        assert (answer.kind, answer.byte3, answer.system) == (Kind.REJECT, reason, 77)


async def test_a_machine_that_forgot_its_selection_is_dialled_again(tmp_path: Path) -> None:
    async with Listening() as machine, _host(tmp_path, machine, Kept()):
        line = await machine.line()
        await line.accept_select()
        asked = await line.get()
        line.put(control(Kind.REJECT, asked.system, status=4))
        assert await line.ended() == ["HSMS 9"]
        await machine.reporting()


async def test_a_machine_that_denies_communication_is_asked_again(tmp_path: Path) -> None:
    async with Listening() as machine, _host(tmp_path, machine, Kept()):
        line = await machine.line()
        await line.accept_select()
        line.answer(await line.get(), list_of(binary_of(1), list_of()))
        again = await line.get()
        assert again.name == "S1F13"
        line.put(data(0, 1, 0, again.system, b""))
        await line.set_up()


async def test_a_machine_that_asks_for_communication_itself_is_taken_at_its_word(tmp_path: Path) -> None:
    async with Listening() as machine, _host(tmp_path, machine, Kept(), timeouts=_Timers()):
        line = await machine.line()
        await line.accept_select()
        line.answer(await line.get(), list_of(binary_of(1), list_of()))
        line.tell(1, 13, list_of())
        assert await _names(line, 2) == ["S1F14", "S1F17"]


async def _names(line: Line, count: int) -> list[str]:
    return [(await line.get()).name for _ in range(count)]


async def test_a_refused_report_ends_the_session(tmp_path: Path) -> None:
    kept = Kept()
    async with Listening() as machine, _host(tmp_path, machine, kept):
        line = await machine.line()
        await line.accept_select()
        while (asked := await line.get()).name != "HSMS 9":
            defining = asked.name == "S2F33" and asked.body != encode(
                list_of(number_of(Format.U4, 0), list_of())
            )
            agreed = binary_of(4 if defining else 0)
            line.answer(asked, list_of(agreed, list_of()) if asked.name == "S1F13" else agreed)
        fact = kept.events[-1].fact
        assert isinstance(fact, EquipmentDisconnected)
        assert fact.reason == "the machine refuses S2F33 with code 4"


async def test_a_flood_without_answers_stops_being_read(tmp_path: Path) -> None:
    kept = Kept()
    async with Listening() as machine, _host(tmp_path, machine, kept, open_transactions=4):
        line = await machine.reporting()
        kept.open.clear()
        kept.asked.clear()
        sent = [line.tell(6, 11, lot_start(_CLOCK, f"LOT-{at}")) for at in range(40)]
        async with asyncio.timeout(60):
            await kept.asked.wait()
        kept.open.set()
        assert [(await line.get()).system for _ in sent] == sent
        lots = [event.fact.lot_id for event in kept.events if event.type == "LotTrackedIn"]  # type: ignore[attr-defined]
        assert lots == [f"LOT-{at}" for at in range(40)]


async def test_a_machine_that_dials_is_heard_one_connection_at_a_time(tmp_path: Path) -> None:
    port, kept, timers = free_port(), Kept(), _Timers()
    async with Running(run(options(tmp_path, port=port, mode=Mode.PASSIVE, timeouts=timers), kept)):
        await kept.until(lambda: kept.types() == ["EquipmentDisconnected"])
        line = Line(*await asyncio.open_connection("127.0.0.1", port))
        line.put(control(Kind.SELECT_REQUEST, 1))
        assert (await line.get()).byte3 == 0
        second = Line(*await asyncio.open_connection("127.0.0.1", port))
        assert await second.ended() == []
        await line.set_up()
        line.tell(6, 11, lot_start(_CLOCK, "LOT-1"))
        assert (await line.get()).name == "S6F12"
        line.close()
        second.close()
        await kept.until(lambda: kept.types()[-1] == "EquipmentDisconnected")
        timers.run_out("t7")
        silent = Line(*await asyncio.open_connection("127.0.0.1", port))
        assert await silent.ended() == ["HSMS 9"]
        silent.close()


async def test_a_stop_separates(tmp_path: Path) -> None:
    kept = Kept()
    async with Listening() as machine:
        async with _host(tmp_path, machine, kept):
            line = await machine.reporting()
        assert await line.ended() == ["HSMS 9"]
        assert kept.types() == ["EquipmentConnected"]
