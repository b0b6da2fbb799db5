from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from schema.http.ingest_route import LARGEST_BODY
from tests.schema.http.conftest import Edge, Result, edge_of
from tests.schema.http.plant import SECRET
from twin.errors import TwinError
from twin.vocabulary.roles import Role


async def post(edge: Edge, content: Any, path: str = "/ingest/events", role: Role = Role.INTEGRATION) -> Any:
    return await edge.http.post(path, content=content, headers=edge.bearer(role))


async def test_the_answer_has_the_form_of_the_contract(tmp_path: Path) -> None:
    bad = SimpleNamespace(index=4, event_id="e-4", code="event.unknown_field", message="lot.colour")

    async def take(body: bytes) -> Result:
        assert body == b'{"a":1}\n{"b":2}'
        return Result(3, 1, [bad], "w1.x")

    async with edge_of(tmp_path, ingest=take) as edge:
        response = await post(edge, b'{"a":1}\n{"b":2}')
        assert response.status_code == 200
        assert response.json() == {
            "accepted": 3,
            "duplicates": 1,
            "rejected": [
                {"index": 4, "event_id": "e-4", "code": "event.unknown_field", "message": "lot.colour"}
            ],
            "watermark": "w1.x",
        }
        metrics = (await edge.http.get("/metrics")).text
        assert 'ingest_events_total{result="accepted",source="http"} 3.0' in metrics
        assert 'ingest_events_total{result="rejected",source="http"} 1.0' in metrics


async def test_counts_begin_with_nothing_so_that_a_rate_sees_the_first(tmp_path: Path) -> None:
    async with edge_of(tmp_path) as edge:
        metrics = (await edge.http.get("/metrics")).text.splitlines()
    assert {line for line in metrics if line.startswith("ingest_events_total")} == {
        f'ingest_events_total{{result="{result}",source="{source}"}} 0.0'
        for result in ("accepted", "duplicate", "rejected", "refused")
        for source in ("http", "file")
    }


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.INTEGRATION])
async def test_only_integrations_bring_facts(edge: Edge, role: Role) -> None:
    for path in ("/ingest/events", "/ingest/files"):
        response = await post(edge, b"{}", path, role)
        assert (response.status_code, response.json()["code"]) == (403, "access.forbidden")


async def test_a_token_is_needed(edge: Edge) -> None:
    response = await edge.http.post("/ingest/events", content=b"{}")
    assert (response.status_code, response.json()["code"]) == (401, "access.unauthenticated")


async def test_a_body_over_16_mib_is_413(edge: Edge) -> None:
    async def parts() -> Any:
        for _ in range(17):
            yield b" " * (1024 * 1024)

    for content in (b" " * (LARGEST_BODY + 1), parts()):
        response = await post(edge, content)
        assert (response.status_code, response.json()["code"]) == (413, "request.too_large")


async def test_a_compressed_body_is_refused(edge: Edge) -> None:
    headers = edge.bearer(Role.INTEGRATION) | {"content-encoding": "gzip"}
    response = await edge.http.post("/ingest/events", content=b"x", headers=headers)
    assert (response.status_code, response.json()["code"]) == (415, "request.bad_encoding")


@pytest.mark.parametrize("code", ["outbox.full", "outbox.refused", "stream.unavailable"])
async def test_a_refused_acknowledgement_is_503(tmp_path: Path, code: str) -> None:
    async def take(_body: bytes) -> Result:
        raise TwinError("no room", code=code)

    async with edge_of(tmp_path, ingest=take) as edge:
        response = await post(edge, b"{}")
        assert (response.status_code, response.json()["code"]) == (503, code)


async def test_an_internal_failure_is_masked(tmp_path: Path) -> None:
    async def take(_body: bytes) -> Result:
        raise RuntimeError(SECRET)

    async with edge_of(tmp_path, ingest=take) as edge:
        response = await post(edge, b"{}")
        assert (response.status_code, response.json()["code"]) == (500, "twin.unexpected")
        assert "hunter2" not in response.text


async def test_what_takes_too_long_is_503(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def take(_body: bytes) -> Result:
        await asyncio.Event().wait()
        return Result()

    monkeypatch.setattr("schema.http.ingest_route.WORK_DEADLINE_S", 0.05)
    async with edge_of(tmp_path, ingest=take) as edge:
        response = await post(edge, b"{}")
        assert (response.status_code, response.json()["code"]) == (503, "ingest.timeout")


async def test_too_many_at_once_are_asked_to_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = asyncio.Event()
    entered = asyncio.Semaphore(0)

    async def take(_body: bytes) -> Result:
        entered.release()
        await go.wait()
        return Result(accepted=1)

    monkeypatch.setattr("schema.http.ingest_route.AT_ONCE", 2)
    monkeypatch.setattr("schema.http.ingest_route.QUEUE_DEADLINE_S", 0.05)
    async with edge_of(tmp_path, ingest=take) as edge:
        working = [asyncio.create_task(post(edge, b"{}")) for _ in range(2)]
        for _ in working:
            await entered.acquire()
        refused = await post(edge, b"{}")
        go.set()
        assert (refused.status_code, refused.json()["code"]) == (503, "ingest.busy")
        assert [(await done).json()["accepted"] for done in working] == [1, 1]
        assert (await post(edge, b"{}")).status_code == 200


async def test_a_file_is_handed_on_with_its_name(tmp_path: Path) -> None:
    got: list[tuple[str, bytes]] = []

    async def import_file(name: str, body: bytes) -> Result:
        got.append((name, body))
        return Result(accepted=2)

    async with edge_of(tmp_path, import_file=import_file) as edge:
        response = await post(edge, b"\x00\x01", "/ingest/files?name=strip.xml")
        assert (response.status_code, response.json()["accepted"]) == (200, 2)
        assert got == [("strip.xml", b"\x00\x01")]


@pytest.mark.parametrize("name", ["", "a/b", "..%2Fx", "a%00b", "x" * 256])
async def test_a_strange_file_name_is_refused(edge: Edge, name: str) -> None:
    response = await post(edge, b"x", f"/ingest/files?name={name}")
    assert (response.status_code, response.json()["code"]) == (400, "file.bad_name")


async def test_a_service_without_parsers_says_so(edge: Edge) -> None:
    response = await post(edge, b"x", "/ingest/files")
    assert (response.status_code, response.json()["code"]) == (415, "file.not_supported")
