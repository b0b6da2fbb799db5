from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.schema.http.conftest import Edge
from tests.schema.http.plant import SECRET
from twin.vocabulary.roles import Role


async def streamed(edge: Edge, query: str, **variables: Any) -> list[tuple[str, Any]]:
    body = {"query": query, "variables": variables}
    headers = edge.bearer(accept="text/event-stream")
    async with edge.http.stream("POST", "/graphql/stream", json=body, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        text = "".join([part async for part in response.aiter_text()])
    events = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            events.append((fields["event"], json.loads(fields["data"]) if fields["data"] else None))
    return events


async def test_a_subscription_is_streamed_to_its_end(edge: Edge) -> None:
    assert await streamed(edge, "subscription S($n: Int!) { count(to: $n) }", n=2) == [
        ("next", {"data": {"count": 1}}),
        ("next", {"data": {"count": 2}}),
        ("complete", None),
    ]


async def test_a_question_is_one_event(edge: Edge) -> None:
    assert await streamed(edge, "{ echo }") == [("next", {"data": {"echo": ""}}), ("complete", None)]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "request.syntax"),
        ("{ nothing }", "request.invalid"),
        ("subscription { unready }", "subscription.not_available_yet"),
    ],
)
async def test_a_request_error_is_an_event(edge: Edge, query: str, code: str) -> None:
    first, last = await streamed(edge, query)
    assert (first[0], first[1]["errors"][0]["extensions"]["code"]) == ("next", code)
    assert last == ("complete", None)


async def test_an_internal_failure_is_masked(edge: Edge) -> None:
    events = await streamed(edge, "subscription { breaks }")
    assert [event for event, _ in events] == ["next", "next", "complete"]
    assert events[1][1]["errors"][0]["message"] == "Unexpected error."
    assert SECRET not in str(events)


async def test_a_token_is_needed(edge: Edge) -> None:
    body = {"query": "subscription { ticks }"}
    nobody = await edge.http.post("/graphql/stream", json=body)
    customer = await edge.http.post("/graphql/stream", json=body, headers=edge.bearer(Role.CUSTOMER))
    assert (nobody.status_code, nobody.json()["code"]) == (401, "access.unauthenticated")
    assert (customer.status_code, customer.json()["code"]) == (403, "access.forbidden")


async def test_the_single_connection_mode_is_not_served(edge: Edge) -> None:
    assert (await edge.http.put("/graphql/stream", headers=edge.bearer())).status_code == 405


async def test_a_client_that_cannot_read_streams_is_refused(edge: Edge) -> None:
    headers = edge.bearer(accept="application/json")
    response = await edge.http.post("/graphql/stream", json={"query": "{ echo }"}, headers=headers)
    assert (response.status_code, response.json()["code"]) == (406, "request.not_acceptable")


async def test_a_client_that_leaves_stops_the_source(edge: Edge) -> None:
    body = {"query": "subscription { ticks }"}
    async with edge.http.stream("POST", "/graphql/stream", json=body, headers=edge.bearer()) as response:
        async for line in response.aiter_lines():
            if line.startswith("data"):
                assert json.loads(line.removeprefix("data: ")) == {"data": {"ticks": 1}}
                break
        assert edge.plant.following == 1
    async with asyncio.timeout(60):
        while edge.plant.following:
            await asyncio.sleep(0.01)


async def test_a_quiet_stream_shows_that_it_lives(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.http.stream_route.QUIET_S", 0.02)
    body = {"query": "subscription { ticks }"}
    seen: list[str] = []
    async with edge.http.stream("POST", "/graphql/stream", json=body, headers=edge.bearer()) as response:
        async for line in response.aiter_lines():
            seen.append(line)
            if seen.count(":") == 3:
                break
    assert [line for line in seen if line.startswith("event")] == ["event: next"]
