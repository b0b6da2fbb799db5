from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

from tests.service.running import RunningService, wait_until

_NUMBER = count(1)
_TOKENS: dict[tuple[Path, str], str] = {}


def token_of(service: RunningService, role: str) -> str:
    """A token of that role, made once for each service: it holds for hours."""
    key = (service.data_dir, role)
    if key not in _TOKENS:
        _TOKENS[key] = service.token(role)
    return _TOKENS[key]


def send(service: RunningService, *facts: tuple[str, str, dict[str, Any]]) -> str:
    """Post (type, time, data) rows; the watermark that covers them."""
    rows: Sequence[dict[str, Any]] = [
        {
            "event_id": f"web-{next(_NUMBER)}",
            "source": "web-test",
            "type": kind,
            "occurred_at": at,
            "data": data,
        }
        for kind, at, data in facts
    ]
    body = "\n".join(json.dumps(row) for row in rows).encode()
    status, answer = service.post(
        "/ingest/events", body, token_of(service, "integration"), "application/x-ndjson"
    )
    result = json.loads(answer)
    assert (status, result["rejected"], result["accepted"]) == (200, [], len(rows))
    watermark = str(result["watermark"])
    reader = token_of(service, "quality")
    wait_until(
        lambda: "errors" not in service.ask(reader, "{ watermark { token } }", {}, watermark),
        120.0,
        lambda: "the events that were sent are not projected",
    )
    return watermark


def machine(equipment_id: str, line_id: str) -> tuple[str, str, dict[str, Any]]:
    data = {"equipment_id": equipment_id, "equipment_type": "DIE_BONDER", "line_id": line_id}
    return ("EquipmentRegistered", "2026-03-02T07:00:00Z", data)


def state(equipment_id: str, at: str, name: str) -> tuple[str, str, dict[str, Any]]:
    return ("EquipmentStateChanged", at, {"equipment_id": equipment_id, "state": name})
