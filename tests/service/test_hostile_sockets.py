import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, SHUT_WR
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.service.enemy import INTERNALS, Enemy, answered, line
from tests.service.running import wait_until

STATES = "subscription { equipmentStates { seq kind } }"


@contextmanager
def opened(enemy: Enemy, role: str | None = "quality") -> Iterator[ClientConnection]:
    address = f"ws://127.0.0.1:{enemy.service.port}/graphql"
    protocols = [Subprotocol("graphql-transport-ws")]
    with connect(address, subprotocols=protocols, compression=None, open_timeout=60.0) as client:
        if role is not None:
            payload = {"Authorization": f"Bearer {enemy.token(role)}"}
            client.send(json.dumps({"type": "connection_init", "payload": payload}))
            assert json.loads(client.recv(60.0)) == {"type": "connection_ack"}
        yield client


def subscribed(name: object, query: str = STATES) -> str:
    return json.dumps({"id": name, "type": "subscribe", "payload": {"query": query}})


CLOSING: list[tuple[str | None, list[str | bytes], int]] = [
    (None, [subscribed("1")], 4401),
    (None, [json.dumps({"type": "connection_init", "payload": {"Authorization": "Bearer x"}})], 4403),
    (None, [b"\x00\x01"], 4400),
    ("quality", [json.dumps({"type": "connection_init"})], 4429),
    ("quality", ["{"], 4400),
    ("quality", ["[]"], 4400),
    ("quality", ["[" * 60_000], 4400),
    ("quality", [b'{"type":"ping"}'], 4400),
    ("quality", ["x" * 66_000], 1009),
    ("quality", ['{"type":"nothing"}'], 4400),
    ("quality", [subscribed(5)], 4400),
    ("quality", [subscribed("x" * 200)], 4400),
    ("quality", [subscribed("1"), subscribed("1")], 4409),
]


@pytest.mark.parametrize(("role", "messages", "code"), CLOSING)
def test_who_breaks_the_protocol_is_closed_with_its_code(
    enemy: Enemy, role: str | None, messages: list[str | bytes], code: int
) -> None:
    with opened(enemy, role) as client:
        for message in messages:
            client.send(message)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                client.recv(60.0)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code


def test_a_connection_carries_fifty_subscriptions_and_no_more(enemy: Enemy) -> None:
    with opened(enemy) as client:
        for number in range(60):
            client.send(subscribed(str(number)))
        first: dict[str, Any] = {}
        while len(first) < 60:  # whoever is told already may be told of a change before the last hears no
            row = json.loads(client.recv(60.0))
            first.setdefault(row["id"], row)
    errors = [row["payload"][0]["extensions"]["code"] for row in first.values() if row["type"] == "error"]
    assert errors == ["limit.operations"] * 10


def test_clients_that_vanish_leave_nothing_behind(enemy: Enemy) -> None:
    for _ in range(30):
        with opened(enemy) as client:
            client.send(subscribed("1"))
            client.socket.shutdown(SHUT_RDWR)
    wait_until(
        lambda: b"subscriptions_active 0.0" in enemy.service.get("/metrics")[1],
        60.0,
        lambda: "subscriptions are still fed",
    )


def test_a_page_of_another_origin_is_not_let_in(enemy: Enemy) -> None:
    address = f"ws://127.0.0.1:{enemy.service.port}/graphql"
    for origin in ("http://evil.example", "null"):
        with (
            pytest.raises(InvalidStatus) as refused,
            connect(address, origin=Origin(origin), open_timeout=60.0),
        ):
            pass
        assert refused.value.response.status_code == 403


def request(enemy: Enemy, headers: str) -> bytes:
    head = (
        f"POST /ingest/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {enemy.token('integration')}\r\n"
    )
    return f"{head}{headers}\r\n\r\n".encode()


LIES = {
    "chunk of no number": ("Transfer-Encoding: chunked", b"ZZ\r\nabc\r\n0\r\n\r\n", b"400"),
    "chunk without end": ("Transfer-Encoding: chunked", b"FFFFFFFF\r\nabc", b""),
    "both lengths": ("Content-Length: 5\r\nTransfer-Encoding: chunked", b"0\r\n\r\n", b"400"),
    "two lengths": ("Content-Length: 5\r\nContent-Length: 6", b"hello", b"400"),
    "negative length": ("Content-Length: -5", b"", b"400"),
    "too short": ("Content-Length: 500", line("cut off"), b""),
    "a header without end": ("X: " + "a" * 1_000_000, b"", b"400"),
    "headers without end": ("X: a\r\n" * 200_000 + "Y: b", b"", b"400"),
    "trailers without end": ("Transfer-Encoding: chunked", b"0\r\n" + b"X: a\r\n" * 200_000, b"400"),
    "chunk extension without end": ("Transfer-Encoding: chunked", b"5;" + b"a" * 1_000_000, b"400"),
}


@pytest.mark.parametrize("name", LIES)
def test_who_lies_about_a_body_is_cut_off_and_nothing_is_written(enemy: Enemy, name: str) -> None:
    headers, body, status = LIES[name]
    before = enemy.events()
    with enemy.wire() as wire:
        with suppress(OSError):
            wire.sendall(request(enemy, headers) + body)
            wire.shutdown(SHUT_WR)
        answer = answered(wire)
    assert INTERNALS.search(answer.decode()) is None
    assert answer[9:12] in {status, b""}
    assert enemy.events() == before


def test_slow_senders_keep_nobody_waiting(enemy: Enemy) -> None:
    slow = [enemy.wire() for _ in range(100)]
    try:
        for number, wire in enumerate(slow):
            head = request(enemy, "Content-Length: 1000")
            wire.sendall(head + b"{" if number % 2 else head[:100])
        status, answer = enemy.ingest(line("beside the slow", "LotReleased", {"lot_id": "FAST"}))
        assert (status, answer["accepted"]) == (200, 1)
        enemy.until_well()
    finally:
        for wire in slow:
            wire.close()
