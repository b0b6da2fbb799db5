"""Runs a store as a child process: one owner, one log file, restarts within a budget, a clean stop."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import secrets
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from twin.errors import TwinError

LOG: Final = logging.getLogger(__name__)

_LOG_CHECK_SECONDS: Final = 5.0
_POLL_SECONDS: Final = 0.05
_PORTS: Final = range(20_000, 30_000)
"""Below those that systems hand out unasked: nobody is given one of them between the choice and the start."""

_ENVIRONMENT: Final = {"LC_ALL": "C.UTF-8"}  # a store sees nothing of ours; paths are UTF-8

_DIE_WITH_PARENT: Final = """
import os, sys
if sys.platform == "linux":
    import ctypes, signal
    ctypes.CDLL(None).prctl(1, int(signal.SIGTERM))
if os.getppid() != int(sys.argv[1]):
    sys.exit("the process that asked for this one is gone")
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Runs between fork and exec: asks the kernel (PR_SET_PDEATHSIG) for a SIGTERM when the parent dies."""


class StoreInUse(TwinError):
    """A living process already runs a store in this folder."""

    code = "store.in_use"


class StoreDidNotStart(TwinError):
    """The store was not ready in time, or ended at once; its log says why."""

    code = "store.did_not_start"


@dataclass(frozen=True, kw_only=True)
class Launch:
    """How to run a store: its program, its folder, its limits in seconds, restarts and bytes."""

    name: str
    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    start_within: float = 60.0
    stop_within: float = 15.0
    restarts: int = 5
    restarts_within: float = 120.0
    log_bytes: int = 8 * 1024 * 1024


class ChildProcess:
    """A store that this process owns: it restarts after a crash and never outlives its owner.

    ``ready`` asks the store itself, by its own protocol, whether it answers. The folder belongs to
    one living owner (a lock that dies with the owner). A store left over from a dead owner is
    stopped and started anew, so that it runs as the present settings want.
    """

    def __init__(self, launch: Launch, ready: Callable[[], Awaitable[bool]]) -> None:
        self._launch = launch
        self._ready = ready
        self._lock: int | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._given_up = asyncio.Event()
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """The process id of the running store, ``None`` when none runs."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if running and self._process is not None else None

    @property
    def log_file(self) -> Path:
        """Where the store's own words go."""
        return self._launch.folder / f"{self._launch.name}.log"

    async def start(self) -> None:
        """Take the folder, stop what a dead owner left there, start the store, wait until it answers.

        Raises:
            StoreInUse: another living process owns the folder.
            StoreDidNotStart: the store ended or did not answer in time.
        """
        self._launch.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = _take(self._launch.folder / f"{self._launch.name}.lock", self._launch.name)
        try:
            await _stop_orphan(self._pid_file, self._launch.stop_within)
            await self._spawn()
            await self._until_ready()
        except BaseException:
            await self.stop()
            raise
        self._tasks = [asyncio.create_task(self._keep_alive()), asyncio.create_task(self._bound_log())]

    async def stop(self) -> None:
        """End the store: SIGTERM, then SIGKILL after ``stop_within``; free the folder."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        try:
            await self._end()
        finally:
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None

    async def given_up(self) -> None:
        """Return when the restart budget is spent: the store is down and stays down."""
        await self._given_up.wait()

    @property
    def _pid_file(self) -> Path:
        return self._launch.folder / f"{self._launch.name}.pid"

    async def _spawn(self) -> None:
        log = os.open(self.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()), *self._launch.command,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, cwd=self._launch.folder,
                env={**_ENVIRONMENT, **self._launch.environment}, start_new_session=True,
            )  # fmt: skip
        finally:
            os.close(log)
        write_private(self._pid_file, f"{self._process.pid} {_started_at(self._process.pid)}")

    async def _until_ready(self) -> None:
        assert self._process is not None  # noqa: S101 - spawned by the caller
        try:
            async with asyncio.timeout(self._launch.start_within):
                while not await self._ready():
                    if self._process.returncode is not None:
                        raise StoreDidNotStart(f"the {self._launch.name} ended at once; see {self.log_file}")
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            raise StoreDidNotStart(f"the {self._launch.name} did not answer; see {self.log_file}") from None

    async def _end(self) -> None:
        if self._process is None:
            return
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            try:
                async with asyncio.timeout(self._launch.stop_within):
                    await self._process.wait()
            except TimeoutError:
                LOG.warning("the %s ignored SIGTERM and is killed", self._launch.name)
                self._process.kill()
                await self._process.wait()
        self._pid_file.unlink(missing_ok=True)

    async def _keep_alive(self) -> None:
        crashes: deque[float] = deque(maxlen=self._launch.restarts)
        while self._process is not None:
            code = await self._process.wait()
            now = time.monotonic()
            if len(crashes) == crashes.maxlen and now - crashes[0] < self._launch.restarts_within:
                LOG.error("the %s ended (%s) too often and stays down", self._launch.name, code)
                self._given_up.set()
                return
            LOG.warning("the %s ended (%s) and is started again", self._launch.name, code)
            await asyncio.sleep(min(0.1 * 2 ** len(crashes), 5.0) if crashes else 0)
            crashes.append(now)
            await self._restart()

    async def _restart(self) -> None:
        self.restarts += 1
        try:
            await self._spawn()
            await self._until_ready()
        except (StoreDidNotStart, OSError) as cause:
            LOG.warning("the %s could not be started again: %s", self._launch.name, cause)
            await self._end()

    async def _bound_log(self) -> None:
        while True:
            await asyncio.sleep(_LOG_CHECK_SECONDS)
            if self.log_file.stat().st_size > self._launch.log_bytes:
                await asyncio.to_thread(_turn_over, self.log_file)


async def leave_alone(folder: Path, name: str) -> None:
    """Make sure that nobody runs a store in a folder: one left over from a dead owner is stopped.

    Raises:
        StoreInUse: a living process owns it.
    """
    lock = _take(folder / f"{name}.lock", name)
    try:
        await _stop_orphan(folder / f"{name}.pid", Launch.stop_within)
    finally:
        os.close(lock)


def store_port(former: int | None) -> int:
    """A free port on loopback: the former one, where its clients still look, if nobody else has it."""
    chosen = secrets.SystemRandom().sample(_PORTS, 50)
    for port in chosen if former is None else (former, *chosen):
        with contextlib.suppress(OSError):
            return _bindable(port)
    return _bindable(0)


def write_private(path: Path, text: str) -> None:
    """Replace a file whole, readable by its owner only."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def _turn_over(log_file: Path) -> None:
    # The store appends to its open descriptor, so the file is emptied in place.
    former = log_file.with_suffix(".log.1")
    former.touch(0o600)
    former.write_bytes(log_file.read_bytes())
    os.truncate(log_file, 0)


def _bindable(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return int(probe.getsockname()[1])


def _take(lock_file: Path, name: str) -> int:
    descriptor = os.open(lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise StoreInUse(f"a living process already runs the {name} in {lock_file.parent}") from None
    return descriptor


async def _stop_orphan(pid_file: Path, within: float) -> None:
    left = _left_over(pid_file)
    for sent in (signal.SIGTERM, signal.SIGKILL):
        if left is None or not _lives(*left):
            return
        LOG.warning("process %s is left over from a dead owner: %s", left[0], sent.name)
        os.kill(left[0], sent)
        end = time.monotonic() + within
        while _lives(*left) and time.monotonic() < end:  # noqa: ASYNC110 - no event tells of a stranger's end
            await asyncio.sleep(_POLL_SECONDS)


def _left_over(pid_file: Path) -> tuple[int, str] | None:
    try:
        pid, started = pid_file.read_text(encoding="utf-8").split()
        return int(pid), started
    except (FileNotFoundError, ValueError):
        return None


def _lives(pid: int, started: str) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return _started_at(pid) == started


def _started_at(pid: int) -> str:
    """The kernel's start tick of a process, so that a reused id is not taken for it; 0 when unknown."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "0"
    state, *rest = text.rpartition(")")[2].split()
    return "gone" if state == "Z" else rest[18]
