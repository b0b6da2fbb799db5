from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.service.running import DIELOOM, ROOT, RunningService, clean_environment
from tests.twin.projection.hard_day import a_hard_day
from twin.events.codec import encode


@pytest.fixture
def service(tmp_path: Path, service_environment: dict[str, str]) -> Iterator[RunningService]:
    service = RunningService(tmp_path / "data", service_environment).start()
    yield service
    service.stop()


def replayed(service: RunningService) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [str(DIELOOM), "replay", "--json", "--data", str(service.data_dir)],
        cwd=ROOT,
        env={**clean_environment(), **service.environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def own_events(service: RunningService) -> int:
    """What the service told of a store that was late on a busy machine."""
    rows = "SELECT count(*) FROM events WHERE instr(CAST(payload AS TEXT), 'dieloom.stores') > 0"
    with closing(sqlite3.connect(f"file:{service.data_dir}/outbox/outbox.sqlite?mode=ro", uri=True)) as db:
        return int(db.execute(rows).fetchone()[0])


def test_the_command_proves_the_running_twin_and_reports_a_corrupted_row(service: RunningService) -> None:
    day = a_hard_day()
    status, answer = service.post(
        "/ingest/events", b"\n".join(map(encode, day)), service.token("integration"), "application/x-ndjson"
    )
    assert status == 200, answer

    code, facts = replayed(service)
    told = len(day) + own_events(service)
    assert (code, facts["live"], facts["events"], facts["damaged"]) == (0, "same", told, [])
    assert facts["live_hash"] == facts["replayed_hash"]
    assert list(service.data_dir.glob("replay-*")) == []

    with closing(sqlite3.connect(service.data_dir / "outbox/outbox.sqlite")) as db, db:
        db.execute("UPDATE events SET payload = replace(payload, '100', '101') WHERE event_id = 'c1'")
    code, facts = replayed(service)
    told = len(day) + own_events(service)
    assert (code, facts["live"], facts["events"]) == (1, "differs", told - 1)
    assert [row["event_id"] for row in facts["damaged"]] == ["c1"]
