"""Wafer maps: every die of each with its bin, and its transfer onto a strip, from POST to committed."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bench.service import BenchService, Client
from twin.vocabulary.roles import Role

MAPS: Final = 1_000
SIDE: Final = 50
DIES: Final = SIDE * SIDE
_MAPS_A_BODY: Final = 50
_START: Final = datetime(2026, 3, 20, tzinfo=UTC)
_BINS: Final = [{"bin": 1, "quality": "PASS"}, {"bin": 7, "quality": "FAIL"}]

WAFER: Final = """query Wafer($on: String!) {
  substrate(substrateId: $on) {
    map { binCounts { bin count } }
    transfers(direction: DESCENDANTS) { totalCount }
  }
}"""


@dataclass(frozen=True)
class MapFigures:
    """What one run measured."""

    seconds: float
    rss_mb: float | None

    @property
    def dies_a_second(self) -> float:
        """Dies with bin and transfer."""
        return MAPS * DIES / self.seconds


def measure(service: BenchService) -> MapFigures:
    """Send the maps of a thousand wafers and the transfers of all their dies."""
    bodies = [list(_events(first)) for first in range(0, MAPS, _MAPS_A_BODY)]
    client, asking = service.connect(Role.INTEGRATION), service.connect()
    started = time.perf_counter()
    for body in bodies:
        watermark = client.ingest(body)
    asking.until_committed(watermark)
    seconds = time.perf_counter() - started
    rss_mb = service.rss_mb()
    _check(asking)
    client.close()
    asking.close()
    return MapFigures(seconds, rss_mb)


def _check(client: Client) -> None:
    found = client.ask(WAFER, {"on": f"BW{MAPS - 1:05d}"})["substrate"]
    assert sum(row["count"] for row in found["map"]["binCounts"]) == DIES, found
    assert found["transfers"]["totalCount"] == DIES, found


def _events(first: int) -> Iterator[bytes]:
    for number in range(first, first + _MAPS_A_BODY):
        wafer, strip = f"BW{number:05d}", f"BS{number:05d}"
        at = _START + timedelta(seconds=number)
        bins = b"".join((7 if (die + number) % 29 == 0 else 1).to_bytes(2, "little") for die in range(DIES))
        yield _event("SubstrateMapped", number * 2, at, substrate_id=wafer, kind="WAFER", columns=SIDE,
                     rows=SIDE, origin="LOWER_LEFT", axis="UP_RIGHT", orientation_deg=0, null_bin=0,
                     bins=base64.b64encode(bins).decode(), bin_definitions=_BINS)  # fmt: skip
        moves = [[wafer, x, y, x, y] for y in range(SIDE) for x in range(SIDE)]
        yield _event("DiesTransferred", number * 2 + 1, at + timedelta(hours=1), to_substrate_id=strip,
                     to_kind="STRIP", operation="DIE_BONDING", equipment_id="DI-01",
                     transfers=moves)  # fmt: skip


def _event(told: str, number: int, at: datetime, **data: Any) -> bytes:
    event = {
        "event_id": f"bench-map-{number:06d}",
        "type": told,
        "source": "bench-maps",
        "occurred_at": at.isoformat(timespec="milliseconds"),
        "data": data,
    }
    return json.dumps(event, separators=(",", ":")).encode()
