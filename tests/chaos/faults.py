"""The faults of a chaos run: each strikes, lasts, and leaves the field to recover by itself."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from tests.chaos.field import Field
from tests.chaos.launcher import move_clock
from tests.chaos.power import STRACE, Watch, undo, unsynced
from tests.chaos.proxy import Weather

Strike: TypeAlias = Callable[[Field], Awaitable[None]]

HOUR_S = 3_600.0
PAST_THE_LEASE_S = 12.0
NO_STRACE = None if STRACE else "strace is not installed"


@dataclass(frozen=True)
class Fault:
    """One kind of fault; whether it takes the service down, and why it cannot be had here, if so."""

    name: str
    strike: Strike
    takes_down: bool = False
    impossible: str | None = None


async def kill_service(field: Field) -> None:
    await field.kill_service()


async def kill_graph(field: Field) -> None:
    await field.kill_graph()


async def kill_stream(field: Field) -> None:
    await field.kill_stream()


def freeze(victim: str, shortest: float, longest: float) -> Strike:
    async def strike(field: Field) -> None:
        field.signal(victim, signal.SIGSTOP)
        try:
            await asyncio.sleep(field.dice.uniform(shortest, longest))
        finally:
            field.signal(victim, signal.SIGCONT)

    return strike


def weather(what: Weather, seconds: float) -> Strike:
    async def strike(field: Field) -> None:
        field.weather(what)
        try:
            await asyncio.sleep(seconds)
        finally:
            field.weather(Weather.FAIR)

    return strike


async def reset_connections(field: Field) -> None:
    for _ in range(4):
        for proxy in field.proxies:
            proxy.reset()
        await asyncio.sleep(field.dice.uniform(0.1, 0.5))


async def fill_the_disk(field: Field) -> None:
    """No file of the service can grow: its limit on the size of files is lowered while it runs."""
    pid = field.pid(field.service)
    with contextlib.suppress(ProcessLookupError):  # who starts on a full disk gives up
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4_096, hard))
        try:
            await asyncio.sleep(field.dice.uniform(1.5, 3.0))
        finally:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


async def jump_the_clock(field: Field) -> None:
    move_clock(field.clock, field.dice.choice((-HOUR_S, HOUR_S)))
    try:
        await asyncio.sleep(field.dice.uniform(1.0, 2.5))
    finally:
        move_clock(field.clock, 0)


async def cut_power_of_service(field: Field) -> None:
    watch = await Watch.begin(field.pid(field.service), field.folder / "service.strace")
    await asyncio.sleep(field.dice.uniform(1.0, 2.0))
    field.stays_down = True
    try:
        await field.kill_service()
        await watch.end()
        log = field.outbox.with_name("outbox.sqlite-wal")
        if log.exists() and watch.log.exists():
            calls = watch.log.read_text(encoding="utf-8", errors="replace")
            field.lost_bytes += undo(log, unsynced(calls, log))
    finally:
        field.stays_down = False


async def cut_power_of_stream(field: Field) -> None:
    await field.stores_back()
    pid = field.stream.pid
    if pid is None:
        return
    watch = await Watch.begin(pid, field.folder / "stream.strace")
    await asyncio.sleep(field.dice.uniform(1.0, 2.0))

    def undone() -> None:
        if not watch.log.exists():
            return
        calls = watch.log.read_text(encoding="utf-8", errors="replace")
        for log in (field.folder / "stream").glob("appendonlydir/*.incr.aof"):
            field.lost_bytes += undo(log, unsynced(calls, log))

    await field.cut_power_of_stream(undone)
    await watch.end()


FAULTS: tuple[Fault, ...] = (
    Fault("kill -9 service", kill_service, takes_down=True),
    Fault("kill -9 graph", kill_graph),
    Fault("kill -9 stream", kill_stream),
    Fault("SIGSTOP service", freeze("service", 1.0, 3.0)),
    Fault("SIGSTOP service past its lease", freeze("service", PAST_THE_LEASE_S, PAST_THE_LEASE_S)),
    Fault("SIGSTOP graph", freeze("graph", 2.0, 6.0)),
    Fault("SIGSTOP stream", freeze("stream", 2.0, 6.0)),
    Fault("stores 20-250 ms late", weather(Weather.SLOW, 3.0)),
    Fault("connections to stores reset", reset_connections),
    Fault("half frames to and from stores", weather(Weather.TORN, 2.0)),
    Fault("stores swallow everything", weather(Weather.SWALLOWED, 3.0)),
    Fault("no file can grow", fill_the_disk, takes_down=True),
    Fault("clock one hour off", jump_the_clock),
    Fault(
        "power cut of the outbox",
        cut_power_of_service,
        takes_down=True,
        impossible=NO_STRACE,
    ),
    Fault("power cut of the stream", cut_power_of_stream, impossible=NO_STRACE),
)
