"""Ingest: events a second from POST to committed, beside one MERGE a row on the same store."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from bench.mixed_events import EVENTS_A_LOT, lot_events
from bench.row_at_a_time import merge_rate
from bench.service import BenchService, Client
from twin.graph.embedded import published_address
from twin.vocabulary.roles import Role

SENDERS: Final = 4
LOTS_A_BODY: Final = 100
WARM_S: Final = 6.0
SUSTAINED_S: Final = 20.0
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

    @property
    def ratio(self) -> float:
        """How many times the peer."""
        return self.rate / self.merge_rate


def measure(service: BenchService, first_lot: int = 0) -> IngestFigures:
    """Send for the sustained time, each sender waiting until its body is committed; then the peer."""
    first_lots = itertools.count(first_lot, LOTS_A_BODY)
    _send_for(service, first_lots, WARM_S)
    started = time.perf_counter()
    sent = _send_for(service, first_lots, SUSTAINED_S)
    took = time.perf_counter() - started
    _check(service, first_lot)
    return IngestFigures(sent, sent / took, _peer(service))


def _send_for(service: BenchService, first_lots: Iterator[int], seconds: float) -> int:
    end = time.monotonic() + seconds

    def send(_sender: int) -> int:
        client = service.connect(Role.INTEGRATION)
        asking = service.connect()
        sent = 0
        while time.monotonic() < end:
            body = lot_events(LOTS_A_BODY, next(first_lots))
            asking.until_committed(client.ingest(body))
            sent += len(body)
        client.close()
        asking.close()
        return sent

    with ThreadPoolExecutor(SENDERS) as senders:
        return sum(senders.map(send, range(SENDERS)))


def _check(service: BenchService, first_lot: int) -> None:
    client: Client = service.connect()
    for lot in (first_lot, first_lot + LOTS_A_BODY - 1):
        found = client.ask(LOT, {"lotId": f"BL{lot:06d}"})["lot"]
        assert found["status"] == "COMPLETED", found
        assert found["quantity"] == 597, found
        assert [run["good"] for run in found["runs"]] == [1000, 999, 998], found
    client.close()


def _peer(service: BenchService) -> float:
    address = published_address(service.data_dir / "graph")
    assert address is not None

    async def run() -> float:
        graph = await address.open()
        try:
            return await merge_rate(graph, _MERGE_ROWS)
        finally:
            await graph.close()

    return asyncio.run(run())


assert LOTS_A_BODY * EVENTS_A_LOT == 1_200
