"""The live path: from a machine's event, sent and accepted over HTTP, to the frame at a subscriber."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench.service import BenchService
from bench.wire import Wire, wire
from resolvers.tokens import OwnIssuer
from twin.vocabulary.roles import Role

A_SECOND: Final = 200
WARM_EVENTS: Final = 1_000
EVENTS: Final = 3_000
MACHINES: Final = 50
_PROTOCOL: Final = Subprotocol("graphql-transport-ws")
_STATES: Final = ("PRODUCTIVE", "STANDBY", "ENGINEERING", "UNSCHEDULED_DOWN")
_DRAIN_S: Final = 30.0

SUBSCRIPTION: Final = "subscription { equipmentStates { kind seq equipments { equipmentId reasonCode } } }"


@dataclass(frozen=True)
class LiveFigures:
    """Milliseconds, by share of the events; the rate is the one that was reached."""

    rate: float
    from_sent: dict[int, float]
    from_accepted: dict[int, float]
    frames: int


async def measure(service: BenchService) -> LiveFigures:
    """Send machine states at the set rate and watch each arrive."""
    address = f"127.0.0.1:{service.port}"
    issuer = OwnIssuer(service.data_dir)
    token = issuer.issue(Role.INTEGRATION)
    async with connect(
        f"ws://{address}/graphql", subprotocols=[_PROTOCOL], compression=None, max_size=None
    ) as socket:
        await _subscribe(socket, issuer.issue(Role.OPERATOR))
        watch = _Watch()
        watching = asyncio.create_task(watch.read(socket))
        try:
            await _send_all(service.port, token, watch, 0, WARM_EVENTS)
            rate = await _send_all(service.port, token, watch, WARM_EVENTS, EVENTS)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
    return _figures(watch, rate)


class _Watch:
    """When each event was sent, accepted and seen; a machine's later state counts for its earlier ones."""

    def __init__(self) -> None:
        self.sent: dict[int, float] = {}
        self.accepted: dict[int, float] = {}
        self.seen: dict[int, float] = {}
        self.frames = 0
        self._shown: dict[str, int] = {}
        self._moved = asyncio.Condition()

    async def read(self, socket: ClientConnection) -> None:
        seq = 0
        async for text in socket:
            now = time.perf_counter()
            message: dict[str, Any] = json.loads(text)
            if message["type"] != "next":
                if message["type"] == "ping":
                    await socket.send('{"type":"pong"}')
                continue
            frame = message["payload"]["data"]["equipmentStates"]
            assert frame["seq"] == seq + 1, "a frame is missing"
            seq = frame["seq"]
            assert frame["kind"] != "RESYNC", "the subscriber was too slow"
            async with self._moved:
                self._take(frame["equipments"], now)
                self._moved.notify_all()

    def _take(self, machines: list[dict[str, Any]], now: float) -> None:
        self.frames += 1
        for machine in machines:
            name, told = machine["equipmentId"], machine["reasonCode"]
            if not name.startswith("BENCH-") or told is None:
                continue
            number = int(told)
            before = self._shown.get(name, number % MACHINES - MACHINES)
            assert number >= before, "a state went backwards"
            for shown in range(before + MACHINES, number + 1, MACHINES):
                self.seen[shown] = now
            self._shown[name] = number

    async def until_seen(self, number: int) -> None:
        async with asyncio.timeout(_DRAIN_S), self._moved:
            await self._moved.wait_for(lambda: len(self.seen) == number)


async def _subscribe(socket: ClientConnection, token: str) -> None:
    init = {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
    await socket.send(json.dumps(init))
    assert json.loads(await socket.recv())["type"] == "connection_ack"
    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": SUBSCRIPTION}}))


async def _send_all(port: int, token: str, watch: _Watch, first: int, number: int) -> float:
    """Send on a connection of its own and wait for the last frame; events a second."""
    async with wire(port, "/ingest/events", token, "application/x-ndjson") as client:
        started = time.perf_counter()
        await _send(client, watch, first, number)
        rate = number / (time.perf_counter() - started)
    await watch.until_seen(first + number)
    return rate


async def _send(client: Wire, watch: _Watch, first: int, number: int) -> None:
    start = time.perf_counter()
    sending: set[asyncio.Task[None]] = set()
    for place in range(number):
        due = start + place / A_SECOND
        if (left := due - time.perf_counter()) > 0:
            await asyncio.sleep(left)
        sending.add(asyncio.create_task(_send_one(client, watch, first + place)))
    await asyncio.gather(*sending)


async def _send_one(client: Wire, watch: _Watch, number: int) -> None:
    body = _state(number)
    watch.sent[number] = time.perf_counter()
    answer = await client.post(body)
    watch.accepted[number] = time.perf_counter()
    assert answer["accepted"] == 1, answer


def _state(number: int) -> bytes:
    event = {
        "event_id": f"bench-state-{number}",
        "type": "EquipmentStateChanged",
        "source": "bench-live",
        "occurred_at": datetime.fromtimestamp(1_772_000_000 + number, UTC).isoformat(timespec="milliseconds"),
        "data": {
            "equipment_id": f"BENCH-{number % MACHINES:02d}",
            "state": _STATES[number // MACHINES % len(_STATES)],
            "reason_code": str(number),
        },
    }
    return json.dumps(event).encode()


def _figures(watch: _Watch, rate: float) -> LiveFigures:
    timed = range(WARM_EVENTS, WARM_EVENTS + EVENTS)
    return LiveFigures(
        rate=rate,
        from_sent=_shares([watch.seen[one] - watch.sent[one] for one in timed]),
        from_accepted=_shares([max(watch.seen[one] - watch.accepted[one], 0.0) for one in timed]),
        frames=watch.frames,
    )


def _shares(seconds: list[float]) -> dict[int, float]:
    ordered = sorted(seconds)
    return {share: 1_000 * ordered[len(ordered) * share // 100] for share in (50, 95, 99)}
