import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from twin.supervision import ChildProcess, Launch, StoreDidNotStart, StoreInUse, store_port

READY = "import pathlib, time; pathlib.Path('ready').touch(); "
SERVE = READY + "print('here', flush=True); time.sleep(600)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SERVE
CHATTY = READY + "print('x' * 5000, flush=True); time.sleep(600)"
CRASHING = READY + "time.sleep(0.05); raise SystemExit(1)"
TELLING = READY + "import os; print(sorted(os.environ), flush=True); time.sleep(600)"

OWNER = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from twin.supervision import ChildProcess, Launch
async def main():
    folder = Path(sys.argv[1])
    command = (sys.executable, "-c", sys.argv[3])
    async def ready():
        return (folder / "ready").exists()
    child = ChildProcess(Launch(name="store", command=command, folder=folder), ready)
    await child.start()
    print(child.pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


def launch(folder: Path, program: str = SERVE, **limits: float) -> Launch:
    return Launch(name="store", command=(sys.executable, "-c", program), folder=folder, **limits)  # type: ignore[arg-type]


def child_of(asked: Launch) -> ChildProcess:
    async def ready() -> bool:
        return (asked.folder / "ready").exists()

    return ChildProcess(asked, ready)


@asynccontextmanager
async def running(asked: Launch) -> AsyncIterator[ChildProcess]:
    child = child_of(asked)
    await child.start()
    try:
        yield child
    finally:
        await child.stop()


async def eventually(holds: Callable[[], bool], within: float = 60.0) -> None:
    async with asyncio.timeout(within):
        while not holds():
            await asyncio.sleep(0.02)


def lives(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


async def test_starts_and_stops_its_store(tmp_path: Path) -> None:
    async with running(launch(tmp_path)) as child:
        pid = child.pid
        assert pid is not None
        assert lives(pid)
        assert (tmp_path / "store.pid").read_text().split()[0] == str(pid)
    assert not lives(pid)
    assert not (tmp_path / "store.pid").exists()


async def test_a_store_that_ends_at_once_did_not_start(tmp_path: Path) -> None:
    with pytest.raises(StoreDidNotStart, match="ended at once"):
        await child_of(launch(tmp_path, "raise SystemExit(3)")).start()


async def test_a_store_that_never_answers_did_not_start_and_is_ended(tmp_path: Path) -> None:
    with pytest.raises(StoreDidNotStart, match="did not answer"):
        await child_of(launch(tmp_path, "import time; time.sleep(600)", start_within=0.3)).start()
    assert not (tmp_path / "store.pid").exists()


async def test_a_program_that_is_not_there_did_not_start(tmp_path: Path) -> None:
    asked = Launch(name="store", command=(str(tmp_path / "missing"),), folder=tmp_path)
    with pytest.raises(StoreDidNotStart):
        await child_of(asked).start()


async def test_a_folder_has_one_owner(tmp_path: Path) -> None:
    async with running(launch(tmp_path)) as first:
        with pytest.raises(StoreInUse):
            await child_of(launch(tmp_path)).start()
        assert first.pid is not None
        assert lives(first.pid)
    async with running(launch(tmp_path)) as second:
        assert second.pid is not None


async def test_a_killed_store_is_started_again(tmp_path: Path) -> None:
    async with running(launch(tmp_path)) as child:
        killed = child.pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        await eventually(lambda: child.pid not in {None, killed})
        assert child.restarts == 1


async def test_a_store_that_keeps_crashing_is_given_up(tmp_path: Path) -> None:
    async with running(launch(tmp_path, CRASHING, restarts=2)) as child:
        async with asyncio.timeout(60):
            await child.given_up()
        assert child.restarts == 2
        assert child.pid is None


async def test_a_deaf_store_is_killed_in_the_end(tmp_path: Path) -> None:
    async with running(launch(tmp_path, DEAF, stop_within=0.2)) as child:
        pid = child.pid
        assert pid is not None
    assert not lives(pid)


async def test_its_words_are_kept_in_a_private_log(tmp_path: Path) -> None:
    async with running(launch(tmp_path)) as child:
        await eventually(lambda: child.log_file.read_text() == "here\n")
        assert child.log_file.stat().st_mode & 0o777 == 0o600


async def test_a_long_log_is_turned_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twin.supervision._LOG_CHECK_SECONDS", 0.02)
    async with running(launch(tmp_path, CHATTY, log_bytes=1000)) as child:
        await eventually(lambda: (tmp_path / "store.log.1").exists() and child.log_file.stat().st_size == 0)
        assert (tmp_path / "store.log.1").stat().st_size == 5001


async def test_a_store_sees_nothing_of_our_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIELOOM_GRAPH_PASSWORD", "secret")
    async with running(launch(tmp_path, TELLING)) as child:
        await eventually(lambda: child.log_file.read_text().endswith("\n"))
        assert "DIELOOM" not in child.log_file.read_text()


def owner_of(folder: Path, program: str) -> tuple["subprocess.Popen[str]", int]:
    root = str(Path(__file__).resolve().parents[2])
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder), root, program], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    return owner, int(owner.stdout.readline())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
async def test_a_store_dies_with_its_killed_owner(tmp_path: Path) -> None:
    owner, pid = owner_of(tmp_path, SERVE)
    with owner:
        assert lives(pid)
        owner.kill()
    await eventually(lambda: not lives(pid))


async def test_a_store_left_by_a_dead_owner_is_stopped_before_a_new_one(tmp_path: Path) -> None:
    owner, left = owner_of(tmp_path, DEAF)
    with owner:
        owner.kill()
    assert lives(left)
    async with running(launch(tmp_path, stop_within=0.3)) as child:
        assert not lives(left)
        assert child.pid not in {None, left}


def test_a_store_keeps_its_port_and_gets_another_one_when_somebody_else_has_it() -> None:
    port = store_port(None)
    assert 20_000 <= port < 30_000
    assert store_port(port) == port
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = int(stranger.getsockname()[1])
        assert 20_000 <= store_port(taken) < 30_000
