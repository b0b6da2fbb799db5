from __future__ import annotations

import json
from typing import Any

from tests.service.running import RunningService

SERIES = """
    { parameterSeries(equipmentId: "SAMPLED-1", name: "force",
        from: "2026-03-02T08:00:00Z", to: "2026-03-02T09:00:00Z", buckets: 2) {
        count buckets { count min max mean } } }
"""


def sampled(number: int) -> dict[str, Any]:
    return {
        "event_id": f"sampled-{number}",
        "source": "samples-test",
        "occurred_at": f"2026-03-02T08:{number:02}:00.000Z",
        "type": "ParametersSampled",
        "data": {
            "equipment_id": "SAMPLED-1",
            "samples": [{"name": "force", "value": number}, {"name": "vacuum", "value": 1}],
        },
    }


def void(number: int) -> dict[str, Any]:
    return {
        "event_id": f"void-{number}",
        "source": "samples-test",
        "occurred_at": "2026-03-02T10:00:00.000Z",
        "type": "EventVoided",
        "data": {"voided_event_id": f"sampled-{number}", "reason": "DID_NOT_OCCUR", "by": "qa"},
    }


def sent(service: RunningService, token: str, *events: dict[str, Any]) -> str:
    body = "\n".join(map(json.dumps, events)).encode()
    status, answer = service.post("/ingest/events", body, token, "application/x-ndjson")
    assert status == 200, answer
    return str(json.loads(answer)["watermark"])


def test_samples_outlive_kills_and_are_read_at_their_watermark(shared_service: RunningService) -> None:
    service = shared_service
    integration, engineer = service.token("integration"), service.token("engineer")
    events = [sampled(number) for number in range(60)]
    full = {
        "count": 60,
        "buckets": [
            {"count": 30, "min": 0.0, "max": 29.0, "mean": 14.5},
            {"count": 30, "min": 30.0, "max": 59.0, "mean": 44.5},
        ],
    }
    watermark = sent(service, integration, *events)
    assert service.ask(engineer, SERIES, {}, watermark)["data"]["parameterSeries"] == full

    service.kill()
    service.start()
    watermark = sent(service, integration, *events, void(0))
    answer = service.ask(engineer, SERIES, {}, watermark)["data"]["parameterSeries"]
    assert answer == {
        "count": 59,
        "buckets": [{"count": 29, "min": 1.0, "max": 29.0, "mean": 15.0}, full["buckets"][1]],
    }
