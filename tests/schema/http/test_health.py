from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S
from tests.schema.http.conftest import Edge, edge_of
from tests.schema.http.plant import SECRET
from twin.errors import GraphUnavailable


class Part:
    def __init__(self, reason: str | None = None) -> None:
        self.reason = reason
        self.asked = 0

    async def check(self) -> str | None:
        self.asked += 1
        return self.reason


async def test_the_process_lives_without_a_token(edge: Edge) -> None:
    response = await edge.http.get("/livez")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_readiness_names_what_is_missing(tmp_path: Path) -> None:
    async def broken() -> str | None:
        raise RuntimeError(SECRET)

    async def unreachable() -> str | None:
        raise GraphUnavailable("the graph did not answer")

    stream = Part()
    checks = {
        "graph": unreachable,
        "stream": stream.check,
        "migrations": broken,
        "projector": Part("9 s late").check,
    }
    async with edge_of(tmp_path, checks=checks) as edge:
        response = await edge.http.get("/readyz")
        assert response.status_code == 503
        assert response.json() == {
            "status": "unavailable",
            "checks": {
                "graph": "the graph did not answer",
                "stream": "ok",
                "migrations": "check failed; see the log",
                "projector": "9 s late",
            },
            "reasons": {
                "graph": "the graph did not answer",
                "migrations": "check failed; see the log",
                "projector": "9 s late",
            },
        }


async def test_readiness_is_looked_at_once_for_many_probes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schema.http.health.FRESH_S", PATIENCE_S)
    graph = Part()
    async with edge_of(tmp_path, checks={"graph": graph.check}) as edge:
        answers = await asyncio.gather(*(edge.http.get("/readyz") for _ in range(10)))
        assert [answer.status_code for answer in answers] == [200] * 10
        assert graph.asked == 1


async def test_a_stalled_dependency_does_not_stall_the_probe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stalled() -> str | None:
        await asyncio.Event().wait()
        return None

    monkeypatch.setattr("schema.http.health.CHECK_DEADLINE_S", 1)
    async with edge_of(tmp_path, checks={"graph": stalled}) as edge:
        response = await edge.http.get("/readyz")
        assert (response.status_code, response.json()["reasons"]) == (503, {"graph": "no answer within 1 s"})


async def test_the_start_is_over_once_the_first_projection_is_done(tmp_path: Path) -> None:
    projection = Part("not done yet")
    async with edge_of(tmp_path, started=projection.check) as edge:
        assert (await edge.http.get("/startupz")).status_code == 503
        projection.reason = None
        assert (await edge.http.get("/startupz")).status_code == 200
        projection.reason = "late again"
        assert (await edge.http.get("/startupz")).status_code == 200


async def test_questions_are_measured_without_names(edge: Edge) -> None:
    await edge.ask("query Secret { echo }")
    await edge.ask("{ " + " ".join(f"a{n}: echo" for n in range(21)) + " }")
    text = (await edge.http.get("/metrics")).text
    assert 'graphql_request_seconds_count{code="ok",operation_id="query.echo"}' in text
    assert 'graphql_rejected_total{limit="root_fields"} 1.0' in text
    assert "subscriptions_active 0.0" in text
    assert "Secret" not in text


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/startupz", "/metrics"])
async def test_probes_are_never_cached(edge: Edge, path: str) -> None:
    assert (await edge.http.get(path)).headers["cache-control"] == "no-store"
