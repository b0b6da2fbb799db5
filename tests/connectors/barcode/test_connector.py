import asyncio
import logging
import os
import pty
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors.barcode.config import BarcodeOptions, LotScan
from connectors.barcode.connector import run
from connectors.instances import instances
from tests.connectors.intake import DEADLINE, Kept, Running
from twin.events.lot import LotMoved, LotTrackedIn, LotTrackedOut
from twin.events.material import MaterialConsumed, MaterialMounted
from twin.vocabulary.states import ConsumptionMethod

_OPTIONS = Path(__file__).parent / "options.yaml"
_CLIENT = logging.getLogger("connectors.barcode.client")
_IN = LotTrackedIn(lot_id="LOT-1", operation="DIE_BONDING", equipment_id="DIE-BONDER-02")


class Listening(logging.Handler):
    """How often the twin said that it hears a line."""

    times = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.times += "listening at" in record.msg


class Scanner:
    """The far end of a serial line, with a name that survives being plugged in again."""

    def __init__(self, folder: Path, listening: Listening) -> None:
        self.path = folder / "ttyScanner"
        self._listening = listening
        self._opened = 0
        self._ends: list[int] = []

    def plug(self) -> None:
        far, near = pty.openpty()
        tty.setraw(far)
        tty.setraw(near)
        self._ends = [far, near]
        self.path.symlink_to(os.ttyname(near))

    def unplug(self) -> None:
        self.path.unlink()
        for end in self._ends:
            os.close(end)
        self._ends = []

    async def opened(self) -> None:
        """Until the twin hears the line: what is sent while it opens it is thrown away by the system."""
        async with asyncio.timeout(DEADLINE):
            while self._listening.times == self._opened:
                await asyncio.sleep(0.005)
        self._opened = self._listening.times

    def send(self, raw: bytes) -> None:
        os.write(self._ends[0], raw)


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[Scanner]:
    listening, level = Listening(), _CLIENT.level
    _CLIENT.addHandler(listening)
    _CLIENT.setLevel(logging.INFO)
    made = Scanner(tmp_path, listening)
    made.plug()
    yield made
    if made.path.is_symlink():
        made.unplug()
    _CLIENT.setLevel(level)
    _CLIENT.removeHandler(listening)


def _options(folder: Path, scanner: Scanner, **changes: Any) -> BarcodeOptions:
    (instance,) = instances(_OPTIONS, folder / "state")
    assert isinstance(instance.options, BarcodeOptions)
    return msgspec.structs.replace(instance.options, port=str(scanner.path), **changes)


async def test_scans_become_facts_of_the_station(tmp_path: Path, scanner: Scanner) -> None:
    kept = Kept()
    async with Running(run(_options(tmp_path, scanner), kept)):
        await scanner.opened()
        scanner.send(b"LOT|LOT-1\r\nMAT|EPOXY-001|EPOXY-LOT-1|0.52\r\nWIP|LOT-1|BUFFER-1|9950\r")
        scanner.send(b"LOT|LOT-1|OUT|9940|10\n")
        await kept.until(lambda: len(kept.events) == 4)
    assert [event.fact for event in kept.events] == [
        _IN,
        MaterialConsumed(
            lot_id="LOT-1",
            operation="DIE_BONDING",
            material_lot_id="EPOXY-LOT-1",
            material_id="EPOXY-001",
            quantity=0.52,
            unit="KG",
            equipment_id="DIE-BONDER-02",
            method=ConsumptionMethod.BARCODE_SCAN,
        ),
        LotMoved(lot_id="LOT-1", location_id="BUFFER-1", quantity=9950),
        LotTrackedOut(
            lot_id="LOT-1", operation="DIE_BONDING", equipment_id="DIE-BONDER-02", good=9940, scrap=10
        ),
    ]
    assert [event.source_sequence for event in kept.events] == [1, 2, 3, 4]
    assert {event.source for event in kept.events} == {"scan-01"}
    assert len({event.event_id for event in kept.events}) == 4


async def test_a_double_scan_is_the_same_event_again(tmp_path: Path, scanner: Scanner) -> None:
    kept = Kept()
    async with Running(run(_options(tmp_path, scanner), kept)):
        await scanner.opened()
        scanner.send(b"LOT|LOT-1\nMAT|A|M-1|5\nMAT|A|M-1|5\n")
        await kept.until(lambda: len(kept.events) == 3)
    assert kept.events[1] == kept.events[2]


async def test_the_same_material_scanned_later_is_used_again(tmp_path: Path, scanner: Scanner) -> None:
    kept = Kept()
    async with Running(run(_options(tmp_path, scanner, repeat_within=0), kept)):
        await scanner.opened()
        scanner.send(b"LOT|LOT-1\nMAT|A|M-1|5\nMAT|A|M-1|5\n")
        await kept.until(lambda: len(kept.events) == 3)
    assert [event.source_sequence for event in kept.events] == [1, 2, 3]


async def test_scanning_the_lot_that_is_there_is_no_second_arrival(tmp_path: Path, scanner: Scanner) -> None:
    kept = Kept()
    async with Running(run(_options(tmp_path, scanner), kept)):
        await scanner.opened()
        scanner.send(b"LOT|LOT-1\nMAT|A|M-1|5\nLOT|LOT-1\n")
        await kept.until(lambda: len(kept.events) == 3)
    assert kept.events[2] == kept.events[0]


async def test_a_station_remembers_its_lot_and_its_count_over_a_restart(
    tmp_path: Path, scanner: Scanner
) -> None:
    kept = Kept()
    for raw, count in ((b"LOT|LOT-1\n", 1), (b"MAT|A|M-1|5\n", 2)):
        async with Running(run(_options(tmp_path, scanner), kept)):
            await scanner.opened()
            scanner.send(raw)
            await kept.until(lambda count=count: len(kept.events) == count)  # type: ignore[misc]
    assert [event.source_sequence for event in kept.events] == [1, 2]
    fact = kept.events[1].fact
    assert isinstance(fact, MaterialConsumed)
    assert fact.lot_id == "LOT-1"


async def test_a_scanner_without_its_memory_gets_new_names(tmp_path: Path, scanner: Scanner) -> None:
    kept = Kept()
    for count in (1, 2):
        async with Running(run(_options(tmp_path, scanner), kept)):
            await scanner.opened()
            scanner.send(b"LOT|LOT-1\n")
            await kept.until(lambda count=count: len(kept.events) == count)  # type: ignore[misc]
        (tmp_path / "state" / "scan-01" / "station.json").write_bytes(b"{cut")
    first, second = kept.events
    assert (first.source_sequence, second.source_sequence) == (1, 1)
    assert first.event_id != second.event_id


@pytest.mark.parametrize(
    ("raw", "letter"),
    [
        (b"\xff\x00\xf0noise\n", (b"\xff\x00\xf0noise", "decode", "not UTF-8 text")),
        (b"MAT|A|M-1|5\n", (b"MAT|A|M-1|5", "map", "a material is scanned and no lot is at the station")),
        (
            b"MAT|A|M-1\n",
            (b"MAT|A|M-1", "map", "a material without quantity, at a station without position"),
        ),
        (b"WIP|LOT-1\n", (b"WIP|LOT-1", "map", "neither the code nor the station names a location")),
        (b"9" * 80 + b"\n", (b"9" * 64, "decode", "a code that was cut or is too long")),
        (
            b"LOT|a\x1bb\n",
            (
                b"LOT|a\x1bb",
                "map",
                "LotTrackedIn: Expected `str` matching regex "
                r"'^[^\\s\\x00-\\x1f\\x7f-\\x9f](?:[^\\x00-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f])?$(?!\\n)'"
                " - at `$.lot_id`",
            ),
        ),
    ],
)
async def test_garbage_is_kept_and_the_next_scan_counts(
    tmp_path: Path, scanner: Scanner, raw: bytes, letter: tuple[bytes, str, str]
) -> None:
    kept = Kept()
    async with Running(run(_options(tmp_path, scanner, longest_code=64), kept)):
        await scanner.opened()
        scanner.send(raw + b"LOT|LOT-1\n")
        await kept.until(lambda: len(kept.events) == 1)
    assert kept.letters[0][:2] == letter[:2]
    assert kept.letters[0][2].replace("\\\\", "\\") == letter[2].replace("\\\\", "\\")
    assert kept.events[0].fact == _IN


async def test_a_material_without_quantity_is_mounted(tmp_path: Path, scanner: Scanner) -> None:
    kept = Kept()
    async with Running(run(_options(tmp_path, scanner, position="P1"), kept)):
        await scanner.opened()
        scanner.send(b"MAT|A|M-1\n")
        await kept.until(lambda: len(kept.events) == 1)
    assert kept.events[0].fact == MaterialMounted(
        material_lot_id="M-1", equipment_id="DIE-BONDER-02", position="P1"
    )


async def test_a_lot_scan_may_mean_a_move(tmp_path: Path, scanner: Scanner) -> None:
    kept = Kept()
    async with Running(run(_options(tmp_path, scanner, lot_scan=LotScan.MOVE, location_id="WH-A"), kept)):
        await scanner.opened()
        scanner.send(b"LOT|LOT-1\n")
        await kept.until(lambda: len(kept.events) == 1)
    assert kept.events[0].fact == LotMoved(lot_id="LOT-1", location_id="WH-A")


async def test_a_scanner_that_sends_no_end_is_heard_after_silence(tmp_path: Path, scanner: Scanner) -> None:
    kept = Kept()
    async with Running(run(_options(tmp_path, scanner), kept)):
        await scanner.opened()
        scanner.send(b"LOT|LOT-1")
        await kept.until(lambda: len(kept.events) == 1)
    assert kept.events[0].fact == _IN


async def test_an_unplugged_scanner_is_heard_when_it_is_plugged_in_again(
    tmp_path: Path, scanner: Scanner
) -> None:
    kept = Kept()
    async with Running(run(_options(tmp_path, scanner), kept)):
        await scanner.opened()
        scanner.send(b"LOT|LOT-1\n")
        await kept.until(lambda: len(kept.events) == 1)
        scanner.unplug()
        scanner.plug()
        await scanner.opened()
        scanner.send(b"MAT|A|M-1|5\n")
        await kept.until(lambda: len(kept.events) == 2)
    assert kept.types() == ["LotTrackedIn", "MaterialConsumed"]


async def test_a_scan_waits_until_it_can_be_stored(tmp_path: Path, scanner: Scanner) -> None:
    kept = Kept()
    kept.failure = OSError("disk full")
    async with Running(run(_options(tmp_path, scanner), kept)):
        await scanner.opened()
        scanner.send(b"LOT|LOT-1\n")
        async with asyncio.timeout(60):
            await kept.asked.wait()
        assert kept.events == []
        kept.failure = None
        await kept.until(lambda: len(kept.events) == 1)
    assert kept.events[0].source_sequence == 1


async def test_a_scanner_behind_a_serial_server_is_dialled_again(tmp_path: Path, scanner: Scanner) -> None:
    lots = iter(("LOT-1", "LOT-2"))

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"LOT|{next(lots, 'LOT-9')}\r\nLOT|CU".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    kept = Kept()
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        options = msgspec.structs.replace(_options(tmp_path, scanner), port=f"tcp://127.0.0.1:{port}")
        async with Running(run(options, kept)):
            await kept.until(lambda: len(kept.events) == 2)
    assert kept.events[0].fact == _IN
    assert kept.letters[0] == (b"LOT|CU", "decode", "a code that was cut or is too long")
