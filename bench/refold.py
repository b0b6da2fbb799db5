"""Late news of a lot with a long history: from POST to committed, beside news that comes in order."""

from __future__ import annotations

import json
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bench.service import BenchService, Client
from twin.vocabulary.roles import Role

EVENTS: Final = 2_000
_TRIES: Final = 20
_LOT: Final = "BENCH-LONG"
_START: Final = datetime(2026, 3, 1, tzinfo=UTC)

LOT: Final = """query Lot($lotId: String!) { lot(lotId: $lotId) { revision location } }"""


@dataclass(frozen=True)
class RefoldFigures:
    """Milliseconds from POST to committed, the middle of several tries."""

    late_ms: float
    newest_ms: float


def measure(service: BenchService) -> RefoldFigures:
    """Give a lot its history, then one more move at its end or far back, again and again."""
    client, asking = service.connect(Role.INTEGRATION), service.connect()
    created: dict[str, object] = {"lot_id": _LOT, "product_id": "BENCH-LED", "quantity": 100}
    lines = [_event("LotCreated", 0, 0, created)]
    lines += [_move(number, number) for number in range(1, EVENTS)]
    asking.until_committed(client.ingest(lines))
    newest = [_once(client, asking, _move(EVENTS + turn, EVENTS + turn)) for turn in range(_TRIES)]
    late = [_once(client, asking, _move(EVENTS + _TRIES + turn, 10 + turn)) for turn in range(_TRIES)]
    found = asking.ask(LOT, {"lotId": _LOT})["lot"]
    last = EVENTS + _TRIES - 1
    assert found == {"revision": EVENTS + 2 * _TRIES, "location": f"RACK-{last % 7}"}, found
    client.close()
    asking.close()
    return RefoldFigures(statistics.median(late), statistics.median(newest))


def _once(client: Client, asking: Client, line: bytes) -> float:
    started = time.perf_counter()
    asking.until_committed(client.ingest([line]))
    return 1_000 * (time.perf_counter() - started)


def _move(number: int, minute: int) -> bytes:
    told: dict[str, object] = {"lot_id": _LOT, "location_id": f"RACK-{number % 7}"}
    return _event("LotMoved", number, minute, told)


def _event(kind: str, number: int, minute: int, data: dict[str, object]) -> bytes:
    event = {
        "event_id": f"bench-long-{number:06d}",
        "type": kind,
        "source": "bench-long",
        "occurred_at": (_START + timedelta(minutes=minute)).isoformat(timespec="milliseconds"),
        "data": data,
    }
    return json.dumps(event, separators=(",", ":")).encode()
