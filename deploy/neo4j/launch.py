"""Assembles and runs a real Neo4j Community for the tests: ``up``, ``down`` and ``test``.

A test tool: GPLv3 software from Maven Central in its own process, never shipped with the product.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from defusedxml import ElementTree
from neo4j import GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
TARGET: Final = HERE / "target"
JARS: Final = TARGET / "jars"
STAMP: Final = TARGET / "assembled.sha256"
STATE: Final = TARGET / "up.json"

ASSEMBLE_SECONDS: Final = 900
START_SECONDS: Final = 120
STOP_SECONDS: Final = 30

_JAVA: Final = (
    "-Xms256m",
    "-Xmx1g",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
)
_MAIN: Final = "dieloom.Neo4jForTests"


def main(words: list[str]) -> int:
    """Do what the first word says; its exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        match words:
            case ["up"]:
                return up()
            case ["down"]:
                return down()
            case ["test", *pytest_words]:
                return test(pytest_words)
    except subprocess.TimeoutExpired as late:
        raise SystemExit(f"{Path(late.cmd[0]).name} took longer than {late.timeout:.0f} s") from None
    say("usage: launch.py up | down | test [words for pytest]")
    return 2


def up() -> int:
    """Start a detached Neo4j, or find the one that runs; its URL is the last line of the output."""
    running = _running()
    if running is None:
        folder = Path(tempfile.mkdtemp(prefix="dieloom-neo4j-"))
        process, url = start_neo4j(folder)
        running = {"pid": process.pid, "began": _began(process.pid), "url": url, "folder": str(folder)}
        STATE.write_text(json.dumps(running), encoding="utf-8")
    say(str(running["url"]))
    return 0


def down() -> int:
    """Stop the Neo4j that ``up`` started and drop its data."""
    running = _running()
    if running is None:
        say("no Neo4j of ours is running")
    else:
        _end(int(running["pid"]), str(running["began"]))
        shutil.rmtree(str(running["folder"]), ignore_errors=True)
    STATE.unlink(missing_ok=True)
    return 0


def test(pytest_words: list[str]) -> int:
    """Run the graph-facing tests on Neo4j, the stream-facing ones on redis-server; pytest's exit code."""
    environment = dict(os.environ)
    marked = "graph"
    with contextlib.ExitStack() as stores:
        folder = Path(stores.enter_context(tempfile.TemporaryDirectory(prefix="dieloom-stores-")))
        environment["DIELOOM_TEST_GRAPH_URL"] = stores.enter_context(_neo4j(folder / "neo4j"))
        if redis := shutil.which("redis-server"):
            marked = "graph or stream"
            environment["DIELOOM_TEST_STREAM_URL"] = stores.enter_context(_redis(redis, folder / "redis"))
        else:
            say("redis-server is not installed: stream-facing tests stay on the embedded Valkey")
        report = folder / "report.xml"
        command = [sys.executable, "-m", "pytest", "-m", marked, f"--junit-xml={report}", *pytest_words]
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        if code:
            _tell_what_failed(code, report, folder / "neo4j" / "neo4j.log")
        return code


def _tell_what_failed(code: int, report: Path, log: Path) -> None:
    """Name the failed tests last of all, where whoever reads only the end of the output sees them."""
    say(f"pytest ended with {code}")
    if report.exists():
        for case in ElementTree.parse(report).iter("testcase"):
            for kind in ("failure", "error"):
                for fault in case.findall(kind):
                    said = (fault.get("message") or "").partition("\n")[0][:300]
                    say(
                        f"{kind}: {case.get('classname')}::{case.get('name')} in {case.get('time')} s: {said}"
                    )
    if log.exists():
        say("Neo4j said last:")
        say("\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]))


def start_neo4j(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A Neo4j that answers, on a free loopback port, with its data in ``folder``."""
    java = _assembled()
    port = _free_port()
    folder.mkdir(parents=True, exist_ok=True)
    classpath = os.pathsep.join((str(TARGET / "classes"), str(JARS / "*")))
    log = folder / "neo4j.log"
    with log.open("ab") as words:
        process = subprocess.Popen(
            [java, *_JAVA, "-cp", classpath, _MAIN, str(folder / "data"), str(port)],
            stdin=subprocess.DEVNULL, stdout=words, stderr=words, start_new_session=True,
        )  # fmt: skip
    url = f"bolt://127.0.0.1:{port}"
    _await(process, lambda: _answers(url), "Neo4j", log)
    return process, url


@contextlib.contextmanager
def _neo4j(folder: Path) -> Iterator[str]:
    process, url = start_neo4j(folder)
    try:
        yield url
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def _redis(program: str, folder: Path) -> Iterator[str]:
    folder.mkdir()
    port = _free_port()
    log = folder / "redis.log"
    asked = {"port": port, "bind": "127.0.0.1", "dir": folder, "logfile": log, "save": "",
             "appendonly": "yes", "appendfsync": "always"}  # fmt: skip
    words = [part for name, value in asked.items() for part in (f"--{name}", str(value))]
    process = subprocess.Popen([program, *words], stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        _await(process, lambda: _accepts(port), "redis-server", log)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        _stop(process)


def _assembled() -> str:
    """The path of java, once the jars of this very pom and launcher are there."""
    java = shutil.which("java")
    if java is None:
        raise SystemExit("Neo4j needs a Java 17 or newer: install a JDK (Debian: openjdk-17-jdk-headless)")
    sources = [HERE / "pom.xml", *sorted((HERE / "src").rglob("*.java"))]
    wanted = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return java
    maven = shutil.which("mvn")
    if maven is None or shutil.which("javac") is None:
        raise SystemExit(
            "Neo4j is assembled with Maven and a JDK: install both (Debian: maven, openjdk-17-jdk-headless)"
        )
    say("assembling Neo4j with Maven")
    shutil.rmtree(TARGET, ignore_errors=True)
    command = [maven, "-q", "-B", "-ntp", "-Dstyle.color=never", "process-classes"]
    environment = {**os.environ, "MAVEN_OPTS": "-Xmx512m"}
    done = subprocess.run(
        command, cwd=HERE, env=environment, timeout=ASSEMBLE_SECONDS, check=False, stdout=sys.stderr
    )
    if done.returncode != 0:
        raise SystemExit("Maven could not assemble Neo4j")
    STAMP.write_text(wanted, encoding="utf-8")
    return java


def _await(process: subprocess.Popen[bytes], holds: Any, name: str, log: Path) -> None:  # noqa: ANN401
    end = time.monotonic() + START_SECONDS
    while not holds():
        if process.poll() is not None or time.monotonic() > end:
            words = log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else ""
            _stop(process)
            raise SystemExit(f"{name} did not start:\n{words}")
        time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        with GraphDatabase.driver(url, connection_timeout=2.0, max_transaction_retry_time=0.0) as driver:
            driver.execute_query("RETURN 1", database_="neo4j")
    except (DriverError, Neo4jError):
        return False
    return True


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _running() -> dict[str, Any] | None:
    try:
        state: dict[str, Any] = json.loads(STATE.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return state if _began(int(state["pid"])) == state["began"] else None


def _end(pid: int, began: str) -> None:
    # Its data is thrown away, so nothing is gained by the ten seconds of an orderly stop.
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + STOP_SECONDS
    while _began(pid) == began and time.monotonic() < end:
        time.sleep(0.1)


def _began(pid: int) -> str:
    """When a process began, as the system says it; empty when it is gone."""
    said = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split()
    return "" if not said or said[0].startswith("Z") else " ".join(said[1:])


def say(words: str) -> None:
    """One line on the terminal."""
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
