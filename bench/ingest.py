"""Ingest: events a second from POST to committed, beside the same events by MERGE, one a transaction."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Final

from bench.mixed_events import EVENTS_A_LOT, lot_events
from bench.row_at_a_time import seconds_of_merges
from bench.service import BenchService
from twin.vocabulary.roles import Role

SENDERS: Final = 4
LOTS_A_BODY: Final = 100
SUSTAINED_S: Final = 60.0
WARM_S: Final = 45.0
"""A service runs for months: its graph's compiler needs this minute once, and the peer has it too."""

_FOREVER: Final = float("inf")
_PEER_LOTS: Final = 150
_PEER_FIRST: Final = (900_000, 910_000)

LOT: Final = """query Lot($lotId: String!) {
  lot(lotId: $lotId) { status quantity quality runs { operation good scrap } }
}"""


@dataclass(frozen=True)
class IngestFigures:
    """What one run measured."""

    sent: int
    rate: float
    merge_rate: float
    cpu_us: float | None
    rss_mb: float | None

    @property
    def ratio(self) -> float:
        """How many times the peer."""
        return self.rate / self.merge_rate


def measure(service: BenchService, plant_lots: int) -> IngestFigures:
    """Fill a plant, warm up, send on for the sustained time, each sender waiting for its commits.

    The peer runs before and after on the same warm store, and both its times count: the machine's speed
    wanders within minutes.
    """
    first = itertools.count(0, LOTS_A_BODY)
    filled = _send(service, itertools.islice(first, plant_lots // LOTS_A_BODY), _FOREVER)
    filled += _send(service, first, WARM_S)
    _check(service, filled // EVENTS_A_LOT)
    peer_s = _peer(service, _PEER_FIRST[0])
    computed, started = service.cpu_seconds(), time.perf_counter()
    sent = _send(service, first, SUSTAINED_S)
    took = time.perf_counter() - started
    computed_then = service.cpu_seconds()
    rss_mb = service.rss_mb()
    _check(service, (filled + sent) // EVENTS_A_LOT)
    cpu_us = None if computed is None or computed_then is None else 1e6 * (computed_then - computed) / sent
    peer_s += _peer(service, _PEER_FIRST[1])
    peer = len(_PEER_FIRST) * _PEER_LOTS * EVENTS_A_LOT / peer_s
    return IngestFigures(sent, sent / took, peer, cpu_us, rss_mb)


def _send(service: BenchService, first_lots: Iterator[int], seconds: float) -> int:
    end = time.monotonic() + seconds
    taking = Lock()

    def bodies() -> Iterator[list[bytes]]:
        while time.monotonic() < end:
            with taking:
                lot = next(first_lots, None)
            if lot is None:
                return
            yield lot_events(LOTS_A_BODY, lot)

    def send(_sender: int) -> int:
        client, asking = service.connect(Role.INTEGRATION), service.connect()
        sent = 0
        for body in bodies():
            asking.until_committed(client.ingest(body))
            sent += len(body)
        client.close()
        asking.close()
        return sent

    with ThreadPoolExecutor(SENDERS) as senders:
        return sum(senders.map(send, range(SENDERS)))


def _check(service: BenchService, lots: int) -> None:
    client = service.connect()
    for lot in (0, lots // 2, lots - 1):
        found = client.ask(LOT, {"lotId": f"BL{lot:06d}"})["lot"]
        assert found["status"] == "COMPLETED", found
        assert found["quantity"] == 597, found
        assert [run["good"] for run in found["runs"]] == [1000, 999, 998], found
    client.close()


def _peer(service: BenchService, first: int) -> float:
    async def run() -> float:
        graph = await service.graph.open()
        try:
            return await seconds_of_merges(graph, lot_events(_PEER_LOTS, first))
        finally:
            await graph.close()

    return asyncio.run(run())
