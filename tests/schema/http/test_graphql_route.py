from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.schema.http.conftest import Edge
from tests.schema.http.plant import SECRET
from twin.vocabulary.roles import Role

JSON = "application/json"
RESPONSE = "application/graphql-response+json"


def code(response: httpx.Response) -> str:
    body = response.json()
    extensions = body["errors"][0]["extensions"]
    assert extensions["requestId"] == response.headers["x-request-id"]
    return str(extensions["code"])


async def test_a_question_is_answered(edge: Edge) -> None:
    response = await edge.ask("query Q($t: String!) { echo(text: $t) role }", {"t": "固晶"}, "Q")
    assert response.status_code == 200
    assert response.json() == {"data": {"echo": "固晶", "role": "engineer"}}
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        (RESPONSE, RESPONSE),
        (f"{RESPONSE}, application/json", RESPONSE),
        (f"application/json, {RESPONSE};q=0.5", "application/json"),
        (f"{RESPONSE};q=0.9, */*;q=0.1", RESPONSE),
        (f"application/json;q=0, {RESPONSE}", RESPONSE),
        (f"text/event-stream, {RESPONSE}", RESPONSE),
    ],
)
async def test_the_media_type_follows_the_accept_header(edge: Edge, accept: str, answered: str) -> None:
    response = await edge.ask("{ echo }", accept=accept)
    assert response.headers["content-type"] == f"{answered}; charset=utf-8"
    assert response.json() == {"data": {"echo": ""}}


async def test_no_acceptable_media_type_is_406(edge: Edge) -> None:
    response = await edge.ask("{ echo }", accept="text/html")
    assert (response.status_code, response.json()["code"]) == (406, "request.not_acceptable")


@pytest.mark.parametrize(
    ("query", "variables", "expected"),
    [
        ("{", None, "request.syntax"),
        ("{ nothing }", None, "request.invalid"),
        ("query Q($t: String!) { echo(text: $t) }", None, "request.bad_variable"),
        ("query Q($t: Int!) { items(first: $t) { number } }", {"t": "x"}, "request.bad_variable"),
        ("query A { echo } query B { echo }", None, "request.no_operation"),
        ("fragment F on Query { echo }", None, "request.invalid"),
        ("subscription { count(to: 1) }", None, "request.bad_transport"),
        ("{ echo @skip }", None, "request.invalid"),
    ],
)
async def test_a_request_error_is_400_or_for_plain_json_200(
    edge: Edge, query: str, variables: dict[str, Any] | None, expected: str
) -> None:
    exact = await edge.ask(query, variables, accept=RESPONSE)
    plain = await edge.ask(query, variables, accept="application/json")
    assert (exact.status_code, code(exact)) == (400, expected)
    assert (plain.status_code, code(plain)) == (200, expected)
    assert "data" not in exact.json()


async def test_an_unknown_operation_name_is_refused(edge: Edge) -> None:
    response = await edge.ask("query A { echo }", operation_name="B", accept=RESPONSE)
    assert (response.status_code, code(response)) == (400, "request.no_operation")


@pytest.mark.parametrize(
    ("content", "status", "expected"),
    [
        (b"", 400, "request.bad_json"),
        (b"{", 400, "request.bad_json"),
        (b"\xff\xfe", 400, "request.bad_json"),
        (b"[]", 400, "request.bad_form"),
        (b'[{"query":"{echo}"}]', 400, "request.bad_form"),
        (b"{}", 400, "request.bad_form"),
        (b'{"query":1}', 400, "request.bad_form"),
        (b'{"query":"{echo}","variables":[]}', 400, "request.bad_form"),
        (b'{"query":"{echo}","operationName":{}}', 400, "request.bad_form"),
        (b'{"query":"{echo}","extensions":3}', 400, "request.bad_form"),
        (b"[" * 100_000, 400, "request.bad_json"),
        (b" " * (256 * 1024 + 1), 413, "request.too_large"),
    ],
)
async def test_a_malformed_body_is_refused_in_every_media_type(
    edge: Edge, content: bytes, status: int, expected: str
) -> None:
    for accept in (RESPONSE, "application/json"):
        headers = edge.bearer(accept=accept) | {"content-type": "application/json"}
        response = await edge.http.post("/graphql", content=content, headers=headers)
        assert (response.status_code, code(response)) == (status, expected)


async def test_a_body_without_a_length_is_bounded_too(edge: Edge) -> None:
    async def endless() -> Any:
        for _ in range(300):
            yield b" " * 1024

    headers = edge.bearer() | {"content-type": "application/json"}
    response = await edge.http.post("/graphql", content=endless(), headers=headers)
    assert (response.status_code, code(response)) == (413, "request.too_large")


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
        "application/json; charset=utf-16",
    ],
)
async def test_only_json_in_utf8_is_read(edge: Edge, media_type: str) -> None:
    headers = edge.bearer() | {"content-type": media_type}
    response = await edge.http.post("/graphql", content=b'{"query":"{echo}"}', headers=headers)
    assert (response.status_code, code(response)) == (415, "request.bad_media_type")


async def test_get_answers_questions(edge: Edge) -> None:
    parameters = {"query": "query Q($t: String!) { echo(text: $t) }", "variables": '{"t":"x"}'}
    response = await edge.http.get("/graphql", params=parameters, headers=edge.bearer())
    assert (response.status_code, response.json()) == (200, {"data": {"echo": "x"}})


async def test_get_never_changes_anything(edge: Edge) -> None:
    before = edge.plant.bumped
    for accept in (RESPONSE, "application/json"):
        response = await edge.http.get(
            "/graphql", params={"query": "mutation { bump }"}, headers=edge.bearer(accept=accept)
        )
        assert (response.status_code, code(response)) == (405, "request.bad_method")
        assert response.headers["allow"] == "POST"
    assert edge.plant.bumped == before


async def test_get_with_broken_variables_is_refused(edge: Edge) -> None:
    response = await edge.http.get(
        "/graphql", params={"query": "{ echo }", "variables": "{"}, headers=edge.bearer()
    )
    assert (response.status_code, code(response)) == (400, "request.bad_json")


async def test_post_changes(edge: Edge) -> None:
    before = edge.plant.bumped
    response = await edge.ask("mutation { bump }")
    assert response.json() == {"data": {"bump": before + 1}}


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer x", "Basic eDp5"])
async def test_without_a_valid_token_nothing_is_answered(edge: Edge, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    response = await edge.http.post("/graphql", json={"query": "{ echo }"}, headers=headers)
    body = response.json()
    assert (response.status_code, body["code"], body["status"]) == (401, "access.unauthenticated", 401)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["www-authenticate"] == "Bearer"
    assert code(response) == "access.unauthenticated"


async def test_a_customer_token_does_not_work_here(edge: Edge) -> None:
    response = await edge.ask("{ echo }", role=Role.CUSTOMER)
    assert (response.status_code, response.json()["code"]) == (403, "access.forbidden")


async def test_the_clients_request_id_is_kept_when_it_is_well_formed(edge: Edge) -> None:
    kept = await edge.ask("{ echo }", x_request_id="board-7")
    made = await edge.ask("{ echo }", x_request_id="a b<script>")
    assert kept.headers["x-request-id"] == "board-7"
    assert len(made.headers["x-request-id"]) == 32


@pytest.mark.parametrize("field", ["boom", "must"])
async def test_an_internal_failure_is_masked(edge: Edge, field: str) -> None:
    response = await edge.ask(f"{{ {field} }}", accept=RESPONSE)
    body = response.json()
    assert response.status_code == 200
    assert body["data"] == ({"boom": None} if field == "boom" else None)
    assert (body["errors"][0]["message"], body["errors"][0]["path"]) == ("Unexpected error.", [field])
    assert code(response) == "twin.unexpected"
    assert "hunter2" not in response.text + str(response.headers)
    assert SECRET not in response.text


async def test_a_failure_of_the_twin_keeps_its_code_and_words(edge: Edge) -> None:
    response = await edge.ask("{ lost echo }")
    body = response.json()
    assert body["data"] == {"lost": None, "echo": ""}
    assert body["errors"][0]["message"] == "lot LOT-9 was never named"
    assert body["errors"][0]["extensions"]["field"] == "lotId"
    assert code(response) == "lot.not_found"


@pytest.mark.parametrize(
    ("watermark", "status", "expected"), [("later", 503, "twin.behind"), ("%%", 400, "watermark.bad")]
)
async def test_a_watermark_that_is_not_reached_is_an_error(
    edge: Edge, watermark: str, status: int, expected: str
) -> None:
    exact = await edge.ask("{ echo }", accept=RESPONSE, dieloom_min_watermark=watermark)
    plain = await edge.ask("{ echo }", dieloom_min_watermark=watermark)
    assert (exact.status_code, code(exact)) == (status, expected)
    assert (plain.status_code, code(plain)) == (200, expected)


async def test_a_reached_watermark_answers(edge: Edge) -> None:
    response = await edge.ask("{ echo }", dieloom_min_watermark="now")
    assert response.json() == {"data": {"echo": ""}}


async def test_an_operation_ends_by_its_deadline(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.http.execution.DEADLINE_S", 0.05)
    response = await edge.ask("{ endless }", accept=RESPONSE)
    assert (response.status_code, code(response)) == (504, "request.timeout")


async def test_a_client_that_leaves_stops_its_operation(edge: Edge) -> None:
    edge.plant.entered.clear()
    edge.plant.cancelled.clear()
    host, port = edge.address.split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    body = json.dumps({"query": "{ endless }"})
    head = f"POST /graphql HTTP/1.1\r\nHost: {edge.address}\r\nAuthorization: Bearer {edge.token()}\r\n"
    writer.write(
        f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    async with asyncio.timeout(60):
        await edge.plant.entered.wait()
        writer.close()
        await edge.plant.cancelled.wait()
        await writer.wait_closed()


async def test_unknown_paths_and_methods_are_problems(edge: Edge) -> None:
    lost = await edge.http.get("/nothing")
    wrong = await edge.http.put("/graphql")
    portal = await edge.http.post("/portal/graphql", json={"query": "{ echo }"}, headers=edge.bearer())
    assert (lost.status_code, lost.json()["code"]) == (404, "request.not_found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "request.method_not_allowed")
    assert portal.status_code == 404
