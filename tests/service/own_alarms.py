"""What a running service tells of faults of its own stores."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any, Final

from tests.service.running import RunningService

ALARMS: Final = """
query Own($since: DateTime!) {
  alarms(filter: {equipmentId: {equals: "dieloom"}, setAt: {from: $since}}, first: 100) {
    nodes { alarmId code text setAt clearedAt equipment { equipmentType connected openAlarms { alarmId } } }
  }
}
"""


def moment() -> str:
    """Now, as a question names a moment."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def told(service: RunningService, store: str, since: str) -> list[dict[str, Any]]:
    """The alarms about one store that were set since then; none while nobody answers."""
    answer = service.ask(service.token("quality"), ALARMS, {"since": since})
    nodes = (answer.get("data") or {}).get("alarms", {}).get("nodes", [])
    return [node for node in nodes if node["code"] == f"store.{store}"]


def known_faults(service: RunningService) -> set[str]:
    """Which stores' faults the service has noted, as it keeps them before it tells them."""
    file = service.data_dir / "outbox/store-alarms.json"
    return {str(one["store"]) for one in json.loads(file.read_bytes())} if file.exists() else set()


def open_faults(service: RunningService) -> int:
    """How many faults the service has told and not cleared, by its metrics."""
    found = re.search(rb"^store_alarms (\d+)", service.get("/metrics")[1], re.MULTILINE)
    assert found is not None
    return int(found[1])
