"""A dieloom service in a process of its own, as a user starts it, for tests and benches."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DIELOOM = Path(sys.executable).parent / "dieloom"
QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""For graph servers that live for seconds: the quick compiler alone halves the work of starting one."""

START_WITHIN_S = 180.0
STOP_WITHIN_S = 90.0
BEHIND_WITHIN_S = 120.0


def free_port() -> int:
    """A port below those that callers are given: it stays free while nobody listens on it."""
    for port in random.sample(range(10_000, 20_000), 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")


@dataclass
class RunningService:
    """One deployment on a data directory; its address survives restarts because its port is kept."""

    data_dir: Path
    environment: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    port: int = field(default_factory=free_port)
    program: tuple[str, ...] = (str(DIELOOM),)
    tokens: dict[str, str] = field(default_factory=dict)

    def start(self, *, until_ready: bool = True) -> RunningService:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        (self.data_dir / "service.json").unlink(missing_ok=True)
        command = [
            *self.program,
            "up",
            "--data",
            str(self.data_dir),
            "--port",
            str(self.port),
            *self.arguments,
        ]
        with (self.data_dir / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**clean_environment(), **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if until_ready:
            self.until_ready()
        return self

    def until_ready(self) -> None:
        def ready() -> bool:
            assert self.process is not None
            if self.process.poll() is not None:
                raise RuntimeError(f"dieloom up ended with {self.process.returncode}:\n{self.log()[-3000:]}")
            try:
                address = json.loads((self.data_dir / "service.json").read_text(encoding="utf-8"))
                self.port = int(address["url"].rsplit(":", 1)[1])
                return self.get("/readyz")[0] == 200
            except (OSError, ValueError, HTTPException):
                return False

        wait_until(ready, START_WITHIN_S, lambda: f"service not ready:\n{self.log()[-3000:]}")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def log(self) -> str:
        return (self.data_dir / "up.log").read_text(encoding="utf-8", errors="replace")

    def token(self, role: str) -> str:
        if role not in self.tokens:
            self.tokens[role] = self._issued(role)
        return self.tokens[role]

    def _issued(self, role: str) -> str:
        done = subprocess.run(
            [str(DIELOOM), "token", "--role", role, "--data", str(self.data_dir)],
            cwd=ROOT,
            env=clean_environment(),
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return done.stdout.strip()

    def get(self, path: str, timeout: float = 60.0) -> tuple[int, bytes]:
        return self._open(urllib.request.Request(self.url + path), timeout)

    def post(
        self, path: str, body: bytes, token: str, content_type: str = "application/json", **headers: str
    ) -> tuple[int, bytes]:
        request = urllib.request.Request(
            self.url + path,
            data=body,
            headers={"authorization": f"Bearer {token}", "content-type": content_type, **headers},
        )
        return self._open(request, 120.0)

    def ask(self, token: str, query: str, variables: dict[str, Any], watermark: str | None = None) -> Any:
        """The answer; with a watermark asked again, as the service asks for it, while the twin is behind."""
        headers = {"dieloom-min-watermark": watermark} if watermark else {}
        body = json.dumps({"query": query, "variables": variables}).encode()
        answers: list[Any] = []

        def shown() -> bool:
            answers.append(json.loads(self.post("/graphql", body, token, **headers)[1]))
            errors = answers[-1].get("errors") or [{}]
            return bool(errors[0].get("extensions", {}).get("code") != "twin.behind")

        wait_until(shown, BEHIND_WITHIN_S, lambda: f"{answers[-1:]}\n{self.log()[-3000:]}")
        return answers[-1]

    def kill(self, sent: signal.Signals = signal.SIGKILL) -> None:
        assert self.process is not None
        self.process.send_signal(sent)
        self.process.wait(STOP_WITHIN_S)

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    @staticmethod
    def _open(request: urllib.request.Request, timeout: float) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()


def clean_environment() -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("DIELOOM_")}
    return {**ours, "DIELOOM_GRAPH_JAVA_OPTIONS": QUICK_JAVA}


def wait_until(condition: Any, within_s: float, otherwise: Any) -> None:
    end = time.monotonic() + within_s
    pause = 0.02
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(otherwise())
        time.sleep(pause)
        pause = min(pause * 1.5, 0.3)
