"""A dieloom service as a user starts it, on a fresh data directory, asked over its own wires."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from resolvers.tokens import OwnIssuer
from twin.graph.embedded import GraphAddress, published_address
from twin.vocabulary.roles import Role

ROOT: Final = Path(__file__).parents[1]
_DIELOOM: Final = Path(sys.executable).parent / "dieloom"
_READY_S: Final = 90.0
_STOP_S: Final = 40.0
_KEPT_S: Final = 2.0


class BenchService:
    """One process of the service, stopped with this context."""

    def __init__(self, data_dir: Path, environment: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    def __enter__(self) -> Self:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DIELOOM_")}
        with (self.data_dir / "up.log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(_DIELOOM), "up", "--data", str(self.data_dir), "--port", "0"],
                cwd=ROOT,
                env=inherited | self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process, politely first."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    @property
    def graph(self) -> GraphAddress:
        """Where its graph answers: the one named in its environment, or its embedded one."""
        named = self._environment
        if "DIELOOM_GRAPH_URL" not in named:
            address = published_address(self.data_dir / "graph")
            assert address is not None, "the embedded graph is not there"
            return address
        return GraphAddress(
            url=named["DIELOOM_GRAPH_URL"],
            user=named.get("DIELOOM_GRAPH_USER"),
            password=named.get("DIELOOM_GRAPH_PASSWORD"),
            database=named.get("DIELOOM_GRAPH_DATABASE"),
        )

    def connect(self, role: Role = Role.QUALITY) -> Client:
        """A client with a connection of its own."""
        return Client(self.port, OwnIssuer(self.data_dir).issue(role))

    def cpu_seconds(self) -> float | None:
        """What the service and its embedded stores have computed so far; None where nobody tells."""
        if self._process is None or not Path("/proc/self/stat").exists():
            return None
        mine = [self._process.pid, *_children(self._process.pid)]
        return sum(_ticks(pid) for pid in mine) / os.sysconf("SC_CLK_TCK")

    def rss_mb(self) -> float | None:
        """The memory that the service itself holds, without its stores; None where nobody tells."""
        status = Path(f"/proc/{self._process.pid}/status") if self._process is not None else None
        if status is None or not status.exists():
            return None
        lines = status.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))

    def _until_ready(self) -> None:
        end = time.monotonic() + _READY_S
        while time.monotonic() < end:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            try:
                address = json.loads((self.data_dir / "service.json").read_bytes())
                self.port = int(address["url"].rsplit(":", 1)[1])
                if Client(self.port, "").status("/readyz") == 200:
                    return
            except (OSError, ValueError):
                pass
            time.sleep(0.1)
        raise RuntimeError("the service did not start:\n" + (self.data_dir / "up.log").read_text()[-2000:])


def _children(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
    return [int(child) for child in told.split()]


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


class Client:
    """One kept connection with one token."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60.0)
        self._used = 0.0

    def status(self, path: str) -> int:
        """The status that a plain GET is answered with."""
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        answer.read()
        return answer.status

    def ingest(self, lines: list[bytes]) -> str:
        """Send events, all of them new; the watermark that covers them."""
        answer = self._post("/ingest/events", b"\n".join(lines), "application/x-ndjson")
        assert answer["accepted"] == len(lines), answer
        return str(answer["watermark"])

    def ask(self, document: str, variables: Mapping[str, Any], watermark: str | None = None) -> Any:
        """The data that answers a question, waited for behind a watermark."""
        body = json.dumps({"query": document, "variables": dict(variables)}).encode()
        headers = {} if watermark is None else {"dieloom-min-watermark": watermark}
        end = time.monotonic() + 120.0
        while True:
            answer = self._post("/graphql", body, "application/json", headers)
            errors = answer.get("errors") or ()
            if not errors:
                return answer["data"]
            behind = any(error["extensions"]["code"] == "twin.behind" for error in errors)
            assert behind, errors
            assert time.monotonic() < end, "the projection never got there"

    def until_committed(self, watermark: str) -> None:
        """Return when the graph holds everything up to here."""
        self.ask("{ __typename }", {}, watermark)

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def _post(
        self, path: str, body: bytes, kind: str, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        sent = {"authorization": f"Bearer {self.token}", "content-type": kind, **(headers or {})}
        if time.monotonic() - self._used > _KEPT_S:
            self._connection.close()  # the service closes what is idle
        self._connection.request("POST", path, body, sent)
        answer = dict(json.loads(self._connection.getresponse().read()))
        self._used = time.monotonic()
        return answer
