import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.service.running import RunningService, wait_until

KILLS = 20
LOTS = 10
SCRAPS_A_BATCH = 40
UNITS = 1_000_000
QUANTITY = "query Q($id: String!) { lot(lotId: $id) { quantity revision } }"


@dataclass
class Sender:
    """A source that resends a batch until the service says that it is durable."""

    service: RunningService
    token: str
    acknowledged: int = 0
    watermark: str | None = None
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        batch = 0
        while not self.stopping.is_set():
            self.send(self.scraps(batch))
            self.acknowledged += SCRAPS_A_BATCH
            batch += 1

    def send(self, events: list[dict[str, Any]]) -> None:
        body = "\n".join(map(json.dumps, events)).encode()
        while True:
            try:
                status, answer = self.service.post("/ingest/events", body, self.token, "application/x-ndjson")
            except (OSError, HTTPException):
                status, answer = 0, b""
            if status == 200:
                result = json.loads(answer)
                assert result["rejected"] == []
                assert result["accepted"] + result["duplicates"] == len(events)
                self.watermark = result["watermark"]
                return
            time.sleep(0.05)

    @staticmethod
    def scraps(batch: int) -> list[dict[str, Any]]:
        first = batch * SCRAPS_A_BATCH
        return [
            {
                "event_id": f"scrap-{number}",
                "source": "kill-test",
                "source_sequence": number + 1,
                "occurred_at": "2026-03-02T08:00:00.000Z",
                "type": "UnitsScrapped",
                "data": {"lot_id": f"KILL-{number % LOTS}", "quantity": 1, "reason": "test"},
            }
            for number in range(first, first + SCRAPS_A_BATCH)
        ]


def created() -> list[dict[str, Any]]:
    return [
        {
            "event_id": f"created-{lot}",
            "source": "kill-test-lots",
            "occurred_at": "2026-03-02T07:00:00.000Z",
            "type": "LotCreated",
            "data": {"lot_id": f"KILL-{lot}", "product_id": "P", "quantity": UNITS},
        }
        for lot in range(LOTS)
    ]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RunningService]:
    running = RunningService(tmp_path / "data")
    try:
        yield running.start()
    finally:
        running.stop()


def child_pid(service: RunningService, name: str) -> int | None:
    try:
        (pid_file,) = service.data_dir.rglob(f"{name}.pid")
        pid = int(pid_file.read_text(encoding="utf-8").split()[0])
        os.kill(pid, 0)
    except (ValueError, OSError):
        return None
    return pid


def strike(service: RunningService, victim: str) -> None:
    if victim == "service":
        service.kill()
        service.start(until_ready=False)
        return
    pid = child_pid(service, victim)
    if pid is not None:
        os.kill(pid, signal.SIGKILL)


def test_twenty_kills_lose_no_acknowledged_event_and_double_none(service: RunningService) -> None:
    seed = int(os.environ.get("DIELOOM_KILL_SEED", "20261122"))
    print(f"seed {seed}")
    chance = random.Random(seed)
    sender = Sender(service, service.token("integration"))
    reader = service.token("quality")
    sender.send(created())
    thread = threading.Thread(target=sender.run)
    thread.start()
    try:
        for victim in chance.choices(["service", "graph", "stream"], k=KILLS):
            before = sender.acknowledged
            strike(service, victim)
            wait_until(
                lambda before=before: sender.acknowledged > before,  # type: ignore[misc]
                120.0,
                lambda victim=victim: f"nothing was acknowledged after {victim} was killed",  # type: ignore[misc]
            )
    finally:
        sender.stopping.set()
        thread.join(180.0)
    assert not thread.is_alive()
    service.until_ready()

    left: dict[str, int] = {}

    def drained() -> bool:
        for lot in range(LOTS):
            answer = service.ask(reader, QUANTITY, {"id": f"KILL-{lot}"}, sender.watermark)
            if answer.get("errors"):
                return False
            left[f"KILL-{lot}"] = answer["data"]["lot"]["quantity"]
        return True

    wait_until(drained, 120.0, lambda: f"not drained: {service.log()[-2000:]}")
    assert sum(UNITS - quantity for quantity in left.values()) == sender.acknowledged
    expected = UNITS - sender.acknowledged // LOTS
    assert left == {f"KILL-{lot}": expected for lot in range(LOTS)}
