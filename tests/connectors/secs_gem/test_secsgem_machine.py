import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from connectors.secs_gem.config import Alarms, Timeouts
from connectors.secs_gem.connector import run
from tests.connectors.intake import Kept, Running
from tests.connectors.secs_gem.machine import options
from tests.service.running import free_port
from twin.events.alarm import AlarmSet
from twin.events.lot import LotTrackedIn

_PROGRAM = Path(__file__).parent / "secsgem_machine.py"
_TIMERS = Timeouts(t3=30, t5=0.2, t6=30, t7=30, t8=30, linktest=5, establish=0.5)
_LONG = 200.0


@asynccontextmanager
async def _machine(port: int) -> AsyncIterator[asyncio.StreamWriter]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(_PROGRAM), str(port), stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_LONG):
            assert await process.stdout.readline() == b"ready\n"
        yield process.stdin
    finally:
        process.kill()
        await process.wait()


async def _tell(told: asyncio.StreamWriter, word: str, kept: Kept, heard: Callable[[], bool]) -> None:
    async with asyncio.timeout(_LONG):
        while not heard():
            told.write(f"{word}\n".encode())
            await kept.until_changed(1.0)


def _lots(kept: Kept) -> set[str]:
    return {event.fact.lot_id for event in kept.events if isinstance(event.fact, LotTrackedIn)}


async def test_a_machine_of_another_make_is_heard_killed_and_heard_again(tmp_path: Path) -> None:
    kept = Kept(_LONG)
    port = free_port()
    alarms = Alarms(ids=(7,))
    async with Running(run(options(tmp_path, port=port, timeouts=_TIMERS, alarms=alarms), kept)):
        async with _machine(port) as told:
            await _tell(told, "LOT-1", kept, lambda: _lots(kept) == {"LOT-1"})
            await _tell(told, "!set", kept, lambda: "AlarmSet" in kept.types())
            await _tell(told, "!clear", kept, lambda: "AlarmCleared" in kept.types())
        await kept.until(lambda: kept.types()[-1] == "EquipmentDisconnected")
        async with _machine(port) as told:
            await _tell(told, "LOT-2", kept, lambda: _lots(kept) == {"LOT-1", "LOT-2"})
        await kept.until(lambda: kept.types()[-1] == "EquipmentDisconnected")
    presence = [name for name in kept.types() if name in ("EquipmentConnected", "EquipmentDisconnected")]
    assert presence[-4:] == ["EquipmentConnected", "EquipmentDisconnected"] * 2
    (raised,) = {event.fact for event in kept.events if isinstance(event.fact, AlarmSet)}
    assert raised == AlarmSet(
        alarm_id="DIE-BONDER-01/7",
        equipment_id="DIE-BONDER-01",
        code="7",
        text="no stick on pad",
        category="4",
    )
    assert kept.letters == []
