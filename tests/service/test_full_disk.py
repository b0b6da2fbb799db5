from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests import factory
from tests.service.own_alarms import moment, open_faults, told
from tests.service.running import RunningService, wait_until
from twin.events.codec import encode

WITHIN_S = 120.0


@pytest.fixture
def service(tmp_path: Path, service_environment: dict[str, str]) -> Iterator[RunningService]:
    disk = tmp_path / "data/outbox"
    disk.mkdir(parents=True, mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk needs root and tmpfs")
    service = RunningService(tmp_path / "data", service_environment)
    try:
        yield service.start()
    finally:
        service.stop()
        subprocess.run(["umount", "-l", str(disk)], check=True)


def sent(service: RunningService, token: str, batch: int) -> tuple[int, dict[str, object]]:
    events = [
        factory.units_scrapped(event_id=f"e-{batch}-{part}", lot_id=f"L-{batch}", reason="x" * 500)
        for part in range(20)
    ]
    status, answer = service.post(
        "/ingest/events", b"\n".join(map(encode, events)), token, "application/x-ndjson"
    )
    return status, json.loads(answer)


def readiness(service: RunningService) -> dict[str, str]:
    return dict(json.loads(service.get("/readyz")[1])["checks"])


def test_a_full_disk_refuses_the_sender_raises_an_alarm_and_heals_by_itself(service: RunningService) -> None:
    token, since = service.token("integration"), moment()
    batch, answers = 0, list[tuple[int, dict[str, object]]]()
    while not answers or answers[-1][0] == 200:
        batch += 1
        answers.append(sent(service, token, batch))
    assert len(answers) > 5
    assert (answers[-1][0], answers[-1][1]["code"]) == (503, "outbox.full")
    assert b"outbox_alarm 1.0" in service.get("/metrics")[1]
    wait_until(lambda: "its disk is full" in readiness(service)["outbox"], WITHIN_S, service.log)
    wait_until(lambda: open_faults(service) >= 1, WITHIN_S, service.log)

    disk, healed = service.data_dir / "outbox", moment()
    subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
    wait_until(lambda: readiness(service)["outbox"] == "ok", WITHIN_S, service.log)
    status, answer = sent(service, token, batch)
    assert (status, answer["accepted"]) == (200, 20)
    assert b"outbox_alarm 0.0" in service.get("/metrics")[1]

    def over() -> bool:
        alarms = told(service, "outbox", since)
        return open_faults(service) == 0 and bool(alarms) and all(one["clearedAt"] for one in alarms)

    wait_until(over, WITHIN_S, service.log)
    alarm = min(told(service, "outbox", since), key=lambda one: str(one["setAt"]))
    assert datetime.fromisoformat(alarm["setAt"]) < datetime.fromisoformat(healed)
    assert "its disk is full" in alarm["text"]
    assert len(told(service, "outbox", since)) == 1
