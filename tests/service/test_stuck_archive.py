from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import factory
from tests.service.own_alarms import moment, open_faults, told
from tests.service.running import DIELOOM, ROOT, RunningService, clean_environment, wait_until
from twin.events.codec import encode
from twin.events.event import Event

WITHIN_S = 120.0
LOTS = [factory.lot_created(lot_id=f"L-{n}", event_id=f"lot-{n}", quantity=1_000) for n in range(20)]
EVENTS = [
    factory.units_scrapped(event_id=f"scrap-{n}", lot_id=f"L-{n % 20}", quantity=1, reason="x" * 4_000)
    for n in range(4_200)
]
"""More bytes than a segment holds, so that one is due."""

QUANTITY = "query Q($v: String!) { lot(lotId: $v) { quantity } }"


@pytest.fixture
def service(tmp_path: Path, service_environment: dict[str, str]) -> Iterator[RunningService]:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "archive").write_text("a file where the folder should be", encoding="utf-8")
    service = RunningService(data, {**service_environment, "DIELOOM_OUTBOX_HOURS": "0"})
    yield service
    if service.process is not None:
        service.stop()


def send(service: RunningService, events: list[Event]) -> dict[str, Any]:
    status, answer = service.post(
        "/ingest/events",
        b"\n".join(map(encode, events)),
        service.token("integration"),
        "application/x-ndjson",
    )
    assert status == 200
    return dict(json.loads(answer))


def archived(service: RunningService) -> list[dict[str, Any]]:
    done = subprocess.run(
        [str(DIELOOM), "archive", "verify", "--json", "--data", str(service.data_dir)],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return list(json.loads(done.stdout)["archives"])


def test_an_archive_that_cannot_be_written_is_told_loses_nothing_and_heals_by_itself(
    service: RunningService,
) -> None:
    since = moment()
    service.start()
    wait_until(lambda: len(told(service, "archive", since)) == 1, WITHIN_S, service.log)
    assert b"archive_alarm 1.0" in service.get("/metrics")[1]
    answers = [send(service, [*LOTS, *EVENTS[:2_100]]), send(service, EVENTS[2_100:])]
    assert [(answer["accepted"], answer["rejected"]) for answer in answers] == [(2_120, []), (2_100, [])]
    behind = answers[1]["watermark"]

    def projected() -> bool:
        answer = service.ask(service.token("quality"), QUANTITY, {"v": "L-7"}, behind)
        return bool(answer == {"data": {"lot": {"quantity": 790}}})

    wait_until(projected, WITHIN_S, service.log)
    (alarm,) = told(service, "archive", since)
    assert (alarm["text"], alarm["clearedAt"]) == (
        "nothing can be archived: archive.disk_fails; the log says more",
        None,
    )
    assert (service.data_dir / "archive").is_file()

    (service.data_dir / "archive").unlink()

    def over() -> bool:
        return open_faults(service) == 0 and [
            bool(one["clearedAt"]) for one in told(service, "archive", since)
        ] == [True]

    wait_until(over, WITHIN_S, service.log)
    wait_until(lambda: b"archive_alarm 0.0" in service.get("/metrics")[1], WITHIN_S, service.log)
    wait_until(lambda: list(service.data_dir.glob("archive/*/*.zst")) != [], WITHIN_S, service.log)
    (archive,) = archived(service)
    assert (archive["broken"], archive["last"] > 3_000) == (None, True)
    again = send(service, EVENTS[:2_100])
    assert (again["accepted"], again["duplicates"]) == (0, 2_100)
