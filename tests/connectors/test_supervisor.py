import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from connectors.contract import Connector, Intake, Options
from connectors.errors import SourceUnavailable
from connectors.instances import Instance
from connectors.supervisor import Pauses, Supervisor
from tests.connectors.intake import DEADLINE, Kept, Running
from twin.events.equipment import EquipmentDisconnected

_AT_ONCE = Pauses(first=0, longest=0, settled=DEADLINE)


def _instance(
    folder: Path, name: str, run: Callable[[Options, Intake], Awaitable[None]], equipment: str | None = None
) -> Instance:
    options = Options(id=name, state_dir=folder / name)
    return Instance("test", Connector(config=Options, run=run, equipment=lambda _options: equipment), options)


async def test_a_failed_connector_is_started_again_and_the_others_run_on(tmp_path: Path) -> None:
    starts: list[str] = []
    thrice = asyncio.Event()
    faults = iter((SourceUnavailable("unplugged"), ZeroDivisionError()))

    async def failing(options: Options, _intake: Intake) -> None:
        starts.append(options.id)
        for fault in faults:
            raise fault
        thrice.set()
        await asyncio.Event().wait()

    async def steady(options: Options, _intake: Intake) -> None:
        starts.append(options.id)
        await asyncio.Event().wait()

    kept = Kept()
    supervisor = Supervisor(
        [_instance(tmp_path, "a", failing, "M-1"), _instance(tmp_path, "b", steady)],
        lambda _one: kept,
        _AT_ONCE,
    )
    async with Running(supervisor.run()), asyncio.timeout(DEADLINE):
        await thrice.wait()
        assert sorted(starts) == ["a", "a", "a", "b"]
        failed, calm = supervisor.conditions["a"], supervisor.conditions["b"]
        assert (failed.running, failed.failures, failed.reason) == (True, 2, "it failed (ZeroDivisionError)")
        assert (calm.running, calm.failures, calm.reason) == (True, 0, None)
    assert (tmp_path / "a").is_dir()
    assert [event.fact for event in kept.events] == [
        EquipmentDisconnected(equipment_id="M-1", reason="it failed (ZeroDivisionError)")
    ]
    assert kept.events[0].source == "a"


async def test_a_machine_that_stays_away_is_told_once(tmp_path: Path) -> None:
    starts = 0
    enough = asyncio.Event()

    async def failing(_options: Options, _intake: Intake) -> None:
        nonlocal starts
        starts += 1
        if starts == 6:
            enough.set()
        raise SourceUnavailable("unplugged")

    kept = Kept()
    supervisor = Supervisor([_instance(tmp_path, "a", failing, "M-1")], lambda _one: kept, _AT_ONCE)
    async with Running(supervisor.run()), asyncio.timeout(DEADLINE):
        await enough.wait()
    assert kept.types() == ["EquipmentDisconnected"]


async def test_a_loss_that_cannot_be_stored_stops_nobody(tmp_path: Path) -> None:
    starts = 0
    enough = asyncio.Event()

    async def failing(_options: Options, _intake: Intake) -> None:
        nonlocal starts
        starts += 1
        if starts == 4:
            enough.set()
        raise SourceUnavailable("unplugged")

    kept = Kept()
    kept.failure = OSError("disk full")
    supervisor = Supervisor([_instance(tmp_path, "a", failing, "M-1")], lambda _one: kept, _AT_ONCE)
    async with Running(supervisor.run()), asyncio.timeout(DEADLINE):
        await enough.wait()
    assert kept.types() == []


async def test_a_loss_that_could_not_be_stored_is_told_once_when_it_can_be(tmp_path: Path) -> None:
    kept = Kept()
    kept.failure = OSError("disk full")
    starts = 0
    enough = asyncio.Event()

    async def failing(_options: Options, _intake: Intake) -> None:
        nonlocal starts
        starts += 1
        if starts == 4:
            kept.failure = None
        if starts == 8:
            enough.set()
        raise SourceUnavailable(f"unplugged {starts}")

    supervisor = Supervisor([_instance(tmp_path, "a", failing, "M-1")], lambda _one: kept, _AT_ONCE)
    async with Running(supervisor.run()), asyncio.timeout(DEADLINE):
        await enough.wait()
    assert [event.fact for event in kept.events] == [
        EquipmentDisconnected(equipment_id="M-1", reason="unplugged 2")
    ]


async def test_a_stop_ends_every_connector_cleanly(tmp_path: Path) -> None:
    stopped: list[str] = []
    started = asyncio.Semaphore(0)

    async def steady(options: Options, _intake: Intake) -> None:
        started.release()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(options.id)

    supervisor = Supervisor([_instance(tmp_path, name, steady) for name in "ab"], lambda _one: Kept())
    async with Running(supervisor.run()), asyncio.timeout(DEADLINE):
        await started.acquire()
        await started.acquire()
    assert sorted(stopped) == ["a", "b"]
