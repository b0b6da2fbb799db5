"""Live recall cases: from an accepted event to the frame that says what joined, under a shift's load."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench.mixed_events import lot_events
from bench.service import BenchService, Client
from bench.wire import Wire, wire
from resolvers.tokens import OwnIssuer
from twin.vocabulary.roles import Role

CASES: Final = 50
LOTS_A_CASE: Final = 20
A_SECOND: Final = 500
BODY: Final = 10
PROBES_A_SECOND: Final = 10
WARM_S: Final = 10
"""A Java that has just been started is still compiling what it is asked."""
TIMED_S: Final = 20
_SOCKETS: Final = 5
_START: Final = datetime(2026, 4, 1, tzinfo=UTC)
_PROTOCOL: Final = Subprotocol("graphql-transport-ws")
_DRAIN_S: Final = 90.0
_NOISE_FIRST: Final = 950_000
"""Lots that no other bench of the same run writes; the peer of the ingest puts its own into the graph."""

FOLLOW: Final = """subscription($id: String!) { recallCaseChanges(caseId: $id) {
  kind seq addedLots { lot { lotId } } removedLots { lot { lotId } } because { eventId } } }"""
_DRAFT: Final = """mutation($scope: RecallScope!) {
  draftRecallCase(input: {scope: $scope, reason: "bench"}) { case { caseId } } }"""
_SIMULATE: Final = """mutation($id: String!) {
  simulateRecallCase(input: {caseId: $id}) { case { state simulation { lots } } } }"""
_OPEN: Final = """mutation($id: String!) {
  openRecallCase(input: {caseId: $id, reason: "bench"}) { case { state } } }"""


@dataclass(frozen=True)
class CaseFigures:
    """Milliseconds by share of the probes; the rate is the one that was reached."""

    rate: float
    probes: int
    from_accepted: dict[int, float]
    cpu_us: float | None


async def measure(service: BenchService) -> CaseFigures:
    """Open the cases, follow them all, send the load with probes in it, and time each probe's frame."""
    cases = await asyncio.to_thread(_open_cases, service)
    issuer = OwnIssuer(service.data_dir)
    watch = _Watch()
    async with AsyncExitStack() as stack:
        for place in range(_SOCKETS):
            socket = await stack.enter_async_context(
                connect(
                    f"ws://127.0.0.1:{service.port}/graphql",
                    subprotocols=[_PROTOCOL],
                    compression=None,
                    max_size=None,
                )
            )
            await _follow(socket, issuer.issue(Role.QUALITY), cases[place::_SOCKETS])
            reading = asyncio.create_task(watch.read(socket))
            stack.callback(reading.cancel)
        async with asyncio.timeout(_DRAIN_S):
            await watch.until(lambda: watch.snapshots == CASES)
        client = await stack.enter_async_context(
            wire(service.port, "/ingest/events", issuer.issue(Role.INTEGRATION), "application/x-ndjson")
        )
        computed, started = service.cpu_seconds(), time.perf_counter()
        sent = await _send(client, watch, (WARM_S + TIMED_S) * A_SECOND)
        took = time.perf_counter() - started
        async with asyncio.timeout(_DRAIN_S):
            await watch.until(lambda: watch.seen.keys() >= watch.accepted.keys())
            computed_then = service.cpu_seconds()
    cpu_us = None if computed is None or computed_then is None else 1e6 * (computed_then - computed) / sent
    return _figures(watch, sent / took, cpu_us)


def tell(done: CaseFigures) -> None:
    """Print the figures."""
    print(f"\n{CASES} live recall cases at {done.rate:.0f} events/s, {done.probes} events that join one, ms")
    shares = "".join(f"{done.from_accepted[share]:9.1f}" for share in (50, 95, 99))
    print(f"  {'accepted to frame, p50 p95 p99 (target p95 250)':50s}{shares}")
    if done.cpu_us is not None:
        print(f"  {'CPU of service and its stores, us an event':50s}{done.cpu_us:9.0f}")


def _open_cases(service: BenchService) -> list[str]:
    """Fifty material lots, each in twenty lots of which some were split, and a case about each."""
    integration, quality = service.connect(Role.INTEGRATION), service.connect()
    lines = [line for case in range(CASES) for line in _suspects(case)]
    probes = PROBES_A_SECOND * (WARM_S + TIMED_S)
    lines += [
        _event(f"probe-lot-{n}", "LotCreated", n, lot_id=f"PROBE-{n}", product_id="P", quantity=50)
        for n in range(probes)
    ]
    watermark = integration.ingest(lines)
    quality.until_committed(watermark)
    opened = [_case(quality, case) for case in range(CASES)]
    integration.close()
    quality.close()
    return opened


def _case(client: Client, case: int) -> str:
    scope = {"materialLot": {"materialLotId": f"SUSPECT-{case}"}}
    case_id = str(client.ask(_DRAFT, {"scope": scope})["draftRecallCase"]["case"]["caseId"])
    simulated = client.ask(_SIMULATE, {"id": case_id})["simulateRecallCase"]["case"]
    assert simulated["simulation"]["lots"] == LOTS_A_CASE + LOTS_A_CASE // 2, simulated
    assert client.ask(_OPEN, {"id": case_id})["openRecallCase"]["case"]["state"] == "OPENED"
    return case_id


def _suspects(case: int) -> Iterator[bytes]:
    for number in range(LOTS_A_CASE):
        name = f"SUS-{case}-{number}"
        yield _lot(name, number, 100)
        yield _consumed(f"{name}-m", number, name, case)
        if number % 2:
            child = [{"lot_id": f"{name}.A", "quantity": 40}]
            yield _event(f"{name}-s", "LotSplit", 1_000 + number, parent_lot_id=name, children=child)


def _lot(name: str, second: int, quantity: int) -> bytes:
    return _event(f"{name}-c", "LotCreated", second, lot_id=name, product_id="P", quantity=quantity)


def _consumed(event_id: str, second: int, lot_id: str, case: int) -> bytes:
    return _event(
        event_id,
        "MaterialConsumed",
        100 + second,
        lot_id=lot_id,
        operation="DIE_BONDING",
        equipment_id="DB-BENCH",
        material_lot_id=f"SUSPECT-{case}",
        quantity=1.0,
        unit="G",
        method="EQUIPMENT",
    )


def _event(event_id: str, kind: str, second: int, **data: Any) -> bytes:
    at = (_START + timedelta(seconds=second)).isoformat(timespec="milliseconds")
    event = {
        "event_id": f"lc-{event_id}",
        "type": kind,
        "source": "bench-cases",
        "occurred_at": at,
        "data": data,
    }
    return json.dumps(event).encode()


class _Watch:
    """When each probe was accepted, and when a frame named it as the cause or showed its lot."""

    def __init__(self) -> None:
        self.accepted: dict[int, float] = {}
        self.seen: dict[int, float] = {}
        self.snapshots = 0
        self._moved = asyncio.Condition()

    async def read(self, socket: ClientConnection) -> None:
        async for text in socket:
            now = time.perf_counter()
            message: dict[str, Any] = json.loads(text)
            if message["type"] == "ping":
                await socket.send('{"type":"pong"}')
            if message["type"] != "next":
                continue
            frame = message["payload"]["data"]["recallCaseChanges"]
            assert frame["kind"] != "RESYNC", "the subscriber was too slow"
            async with self._moved:
                self.snapshots += frame["kind"] == "SNAPSHOT"
                for row in (*frame["addedLots"], *frame["removedLots"]):
                    kind, _, number = row["lot"]["lotId"].partition("-")
                    if kind == "PROBE":
                        self.seen.setdefault(int(number), now)
                self._moved.notify_all()

    async def until(self, condition: Any) -> None:
        async with self._moved:
            await self._moved.wait_for(condition)


async def _follow(socket: ClientConnection, token: str, cases: list[str]) -> None:
    init = {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
    await socket.send(json.dumps(init))
    assert json.loads(await socket.recv())["type"] == "connection_ack"
    for case_id in cases:
        asked = {"query": FOLLOW, "variables": {"id": case_id}}
        await socket.send(json.dumps({"id": case_id, "type": "subscribe", "payload": asked}))


async def _send(client: Wire, watch: _Watch, number: int) -> int:
    """Bodies of ten events at the set rate; every fifth body carries one probe."""
    noise = iter(lot_events(number // 12 + 1, first=_NOISE_FIRST))
    dice = Random(5)  # noqa: S311
    start, sending, probe = time.perf_counter(), set(), 0
    for place in range(number // BODY):
        due = start + place * BODY / A_SECOND
        if (left := due - time.perf_counter()) > 0:
            await asyncio.sleep(left)
        lines, carried = [next(noise) for _ in range(BODY)], None
        if place % (A_SECOND // BODY // PROBES_A_SECOND) == 0:
            carried, probe = probe, probe + 1
            lines[-1] = _consumed(
                f"probe-{carried}", 5_000 + carried, f"PROBE-{carried}", dice.randrange(CASES)
            )
        sending.add(asyncio.create_task(_post(client, watch, b"\n".join(lines), carried)))
    await asyncio.gather(*sending)
    return number


async def _post(client: Wire, watch: _Watch, body: bytes, probe: int | None) -> None:
    answer = await client.post(body)
    if probe is not None:
        watch.accepted[probe] = time.perf_counter()
    assert answer["accepted"] == BODY, answer


def _figures(watch: _Watch, rate: float, cpu_us: float | None) -> CaseFigures:
    timed = [probe for probe in watch.accepted if probe >= WARM_S * PROBES_A_SECOND]
    took = sorted(max(watch.seen[probe] - watch.accepted[probe], 0.0) for probe in timed)
    shares = {share: 1_000 * took[len(took) * share // 100] for share in (50, 95, 99)}
    return CaseFigures(rate, len(timed), shares, cpu_us)


def main() -> None:
    """Run this bench alone: ``python -m bench.live_cases``."""
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores before the start")
    with (
        tempfile.TemporaryDirectory(prefix="dieloom-bench-") as folder,
        BenchService(Path(folder)) as service,
    ):
        tell(asyncio.run(measure(service)))


if __name__ == "__main__":
    main()
