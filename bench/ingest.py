"""Ingest: events a second from POST to committed, beside one MERGE a row on the same store."""

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
from bench.row_at_a_time import merge_rate
from bench.service import BenchService
from twin.vocabulary.roles import Role

SENDERS: Final = 4
LOTS_A_BODY: Final = 100
SUSTAINED_S: Final = 20.0
_FOREVER: Final = float("inf")
_MERGE_ROWS: Final = 400

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

    @property
    def ratio(self) -> float:
        """How many times the peer."""
        return self.rate / self.merge_rate


def measure(service: BenchService, plant_lots: int) -> IngestFigures:
    """Fill a plant, send on for the sustained time, each sender waiting for its commits.

    The peer runs before and after, and its better figure counts.
    """
    numbers = itertools.count(0, LOTS_A_BODY)
    _send(service, itertools.takewhile(lambda lot: lot < plant_lots, numbers), _FOREVER)
    _check(service, plant_lots)
    peer_before = _peer(service, 0)
    first = itertools.count(plant_lots, LOTS_A_BODY)
    computed, started = service.cpu_seconds(), time.perf_counter()
    sent = _send(service, first, SUSTAINED_S)
    took = time.perf_counter() - started
    computed_then = service.cpu_seconds()
    _check(service, plant_lots + sent // EVENTS_A_LOT)
    cpu_us = None if computed is None or computed_then is None else 1e6 * (computed_then - computed) / sent
    return IngestFigures(sent, sent / took, max(peer_before, _peer(service, _MERGE_ROWS)), cpu_us)


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
            return await merge_rate(graph, first, _MERGE_ROWS)
        finally:
            await graph.close()

    return asyncio.run(run())
