from __future__ import annotations

from tests.schema.http.conftest import Edge


async def test_every_answer_is_named_and_safe(edge: Edge) -> None:
    answer = await edge.http.get("/livez")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.headers.get_list("x-request-id")[0]) == 32


async def test_a_request_keeps_a_well_formed_name_and_gets_another_instead_of_a_bad_one(edge: Edge) -> None:
    kept = await edge.http.get("/livez", headers={"x-request-id": "line-7:42"})
    assert kept.headers["x-request-id"] == "line-7:42"
    renamed = await edge.http.get("/livez", headers={"x-request-id": "no spaces"})
    assert len(renamed.headers["x-request-id"]) == 32


async def test_no_two_requests_get_one_name(edge: Edge) -> None:
    names = {(await edge.http.get("/livez")).headers["x-request-id"] for _ in range(50)}
    assert len(names) == 50
