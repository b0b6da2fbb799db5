from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from tests.patience import PATIENCE_S
from tests.schema.http.conftest import Edge
from tests.schema.http.plant import SECRET
from twin.vocabulary.roles import Role

PROTOCOL = Subprotocol("graphql-transport-ws")


@asynccontextmanager
async def socket(edge: Edge, **options: Any) -> AsyncIterator[ClientConnection]:
    chosen = {"subprotocols": [PROTOCOL], "max_size": None, "open_timeout": PATIENCE_S} | options
    async with asyncio.timeout(PATIENCE_S), connect(f"ws://{edge.address}/graphql", **chosen) as opened:
        yield opened


@asynccontextmanager
async def ready(edge: Edge, token: str | None = None, **options: Any) -> AsyncIterator[ClientConnection]:
    async with socket(edge, **options) as opened:
        await send(
            opened, type="connection_init", payload={"Authorization": f"Bearer {token or edge.token()}"}
        )
        assert await received(opened) == {"type": "connection_ack"}
        yield opened


async def send(opened: ClientConnection, **message: Any) -> None:
    await opened.send(json.dumps(message))


async def subscribe(opened: ClientConnection, name: str, query: str, **variables: Any) -> None:
    payload = {"query": query, "variables": variables}
    await send(opened, id=name, type="subscribe", payload=payload)


async def received(opened: ClientConnection) -> Any:
    return json.loads(await opened.recv())


async def closed(opened: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed):
        while True:
            await opened.recv()
    assert opened.close_code is not None
    return opened.close_code


async def test_a_subscription_sends_each_value_and_completes(edge: Edge) -> None:
    async with ready(edge) as opened:
        assert opened.subprotocol == PROTOCOL
        await subscribe(opened, "1", "subscription S($n: Int!) { count(to: $n) }", n=2)
        assert [await received(opened) for _ in range(3)] == [
            {"id": "1", "type": "next", "payload": {"data": {"count": 1}}},
            {"id": "1", "type": "next", "payload": {"data": {"count": 2}}},
            {"id": "1", "type": "complete"},
        ]


async def test_questions_and_changes_are_answered_too(edge: Edge) -> None:
    before = edge.plant.bumped
    async with ready(edge) as opened:
        await subscribe(opened, "q", '{ echo(text: "x") }')
        assert await received(opened) == {"id": "q", "type": "next", "payload": {"data": {"echo": "x"}}}
        assert await received(opened) == {"id": "q", "type": "complete"}
        await subscribe(opened, "q", "mutation { bump }")
        assert (await received(opened))["payload"] == {"data": {"bump": before + 1}}


async def test_a_bad_token_closes_with_4403(edge: Edge) -> None:
    for payload in (None, {}, {"authorization": "Bearer x"}, {"authorization": 7}, {"token": "x"}):
        async with socket(edge) as opened:
            await send(opened, type="connection_init", payload=payload)
            assert await closed(opened) == 4403


async def test_a_customer_token_closes_with_4403(edge: Edge) -> None:
    async with socket(edge) as opened:
        token = edge.token(Role.CUSTOMER)
        await send(opened, type="connection_init", payload={"authorization": f"Bearer {token}"})
        assert await closed(opened) == 4403


async def test_a_token_in_the_upgrade_is_enough(edge: Edge) -> None:
    async with socket(edge, additional_headers=edge.bearer()) as opened:
        await send(opened, type="connection_init")
        assert await received(opened) == {"type": "connection_ack"}


async def test_asking_before_the_acknowledgement_closes_with_4401(edge: Edge) -> None:
    async with socket(edge) as opened:
        await subscribe(opened, "1", "{ echo }")
        assert await closed(opened) == 4401


async def test_silence_closes_with_4408(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.http.graphql_ws.INIT_DEADLINE_S", 0.05)
    async with socket(edge) as opened:
        assert await closed(opened) == 4408


async def test_initialising_twice_closes_with_4429(edge: Edge) -> None:
    async with ready(edge) as opened:
        await send(opened, type="connection_init")
        assert await closed(opened) == 4429


async def test_an_id_in_use_closes_with_4409(edge: Edge) -> None:
    async with ready(edge) as opened:
        await subscribe(opened, "1", "subscription { ticks }")
        await subscribe(opened, "1", "subscription { ticks }")
        assert await closed(opened) == 4409


@pytest.mark.parametrize("protocols", [["graphql-ws"], None])
async def test_other_subprotocols_close_with_4406(edge: Edge, protocols: list[Any] | None) -> None:
    async with socket(edge, subprotocols=protocols) as opened:
        assert await closed(opened) == 4406


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_pages_of_other_hosts_are_refused(edge: Edge, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with socket(edge, origin=Origin(origin)):
            pass
    assert refused.value.response.status_code == 403


async def test_our_own_page_is_accepted(edge: Edge) -> None:
    async with ready(edge, origin=Origin(f"http://{edge.address}")) as opened:
        await send(opened, type="ping", payload={"n": 1})
        assert await received(opened) == {"type": "pong"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "[]",
        "1",
        "{}",
        '{"type":7}',
        '{"type":"start"}',
        '{"type":"subscribe"}',
        '{"type":"subscribe","id":1,"payload":{"query":"{echo}"}}',
        '{"type":"subscribe","id":"","payload":{"query":"{echo}"}}',
        '{"type":"subscribe","id":"1","payload":{}}',
        '{"type":"subscribe","id":"1","payload":[]}',
        '{"type":"complete"}',
        '{"type":"ping","payload":1}',
        "[" * 5000,
    ],
)
async def test_what_is_no_message_closes_with_4400(edge: Edge, text: str) -> None:
    async with ready(edge) as opened:
        await opened.send(text)
        assert await closed(opened) == 4400


async def test_bytes_close_with_4400(edge: Edge) -> None:
    async with ready(edge) as opened:
        await opened.send(b'{"type":"ping"}')
        assert await closed(opened) == 4400


async def test_a_message_over_64_kib_closes_with_1009(edge: Edge) -> None:
    async with ready(edge) as opened:
        await opened.send(json.dumps({"type": "ping", "payload": {"x": "x" * 65_536}}))
        assert await closed(opened) == 1009


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "request.syntax"),
        ("{ nothing }", "request.invalid"),
        ("{ " + " ".join(f"a{n}: echo" for n in range(21)) + " }", "limit.root_fields"),
        ("query Q($n: Int!) { items(first: $n) { number } }", "request.bad_variable"),
        ("subscription S($n: Int!) { count(to: $n) }", "request.bad_variable"),
    ],
)
async def test_a_request_error_ends_only_its_operation(edge: Edge, query: str, code: str) -> None:
    async with ready(edge) as opened:
        await subscribe(opened, "1", query)
        answer = await received(opened)
        assert (answer["id"], answer["type"]) == ("1", "error")
        assert answer["payload"][0]["extensions"]["code"] == code
        await subscribe(opened, "1", "{ echo }")
        assert (await received(opened))["type"] == "next"


async def test_a_subscription_that_may_not_begin_says_why(edge: Edge) -> None:
    async with ready(edge) as opened:
        await subscribe(opened, "1", "subscription { unready }")
        answer = await received(opened)
        assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == (
            "error",
            "subscription.not_available_yet",
        )


async def test_an_internal_failure_is_masked(edge: Edge) -> None:
    async with ready(edge) as opened:
        await subscribe(opened, "1", "subscription { breaks }")
        texts = [await opened.recv(), await opened.recv()]
        assert json.loads(texts[1])["payload"][0]["message"] == "Unexpected error."
        assert not any(SECRET in str(text) for text in texts)


async def test_complete_stops_the_source(edge: Edge) -> None:
    async with ready(edge) as opened:
        await subscribe(opened, "1", "subscription { ticks }")
        await received(opened)
        assert edge.plant.following == 1
        await send(opened, id="1", type="complete")
        await subscribe(opened, "1", "{ echo }")
        assert [(await received(opened))["type"] for _ in range(2)] == ["next", "complete"]
        assert edge.plant.following == 0


async def test_closing_stops_every_source(edge: Edge) -> None:
    async with ready(edge) as opened:
        for name in ("1", "2"):
            await subscribe(opened, name, "subscription { ticks }")
            await received(opened)
        assert edge.plant.following == 2
    async with asyncio.timeout(60):
        while edge.plant.following:
            await asyncio.sleep(0.01)


async def test_operations_of_one_connection_are_bounded(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.http.graphql_ws.MOST_OPERATIONS", 2)
    async with ready(edge) as opened:
        for name in ("1", "2", "3"):
            await subscribe(opened, name, "subscription { ticks }")
        answers = {answer["id"]: answer for answer in [await received(opened) for _ in range(3)]}
        assert [answers[name]["type"] for name in ("1", "2", "3")] == ["next", "next", "error"]
        assert answers["3"]["payload"][0]["extensions"]["code"] == "limit.operations"


async def test_connections_are_bounded(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.http.graphql_ws.MOST_CONNECTIONS", 0)
    async with socket(edge) as opened:
        assert await closed(opened) == 1013


async def test_an_expired_token_ends_the_subscription(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.viewer.Viewer.is_expired", True)
    async with ready(edge) as opened:
        await subscribe(opened, "1", "subscription { ticks }")
        assert await closed(opened) == 4403


async def test_an_idle_connection_is_pinged(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.http.graphql_ws.PING_EVERY_S", 0.02)
    async with ready(edge) as opened:
        assert await received(opened) == {"type": "ping"}
        await send(opened, type="pong")
        assert await received(opened) == {"type": "ping"}


async def test_a_watermark_is_awaited_here_too(edge: Edge) -> None:
    async with ready(edge) as opened:
        payload = {"query": "{ echo }", "extensions": {"dieloom-min-watermark": "later"}}
        await send(opened, id="1", type="subscribe", payload=payload)
        assert (await received(opened))["payload"][0]["extensions"]["code"] == "twin.behind"
