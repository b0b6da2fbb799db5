from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
import time
from collections.abc import AsyncIterator, MutableMapping
from dataclasses import dataclass
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
from starlette.applications import Starlette

from resolvers.context import Context, Limits
from resolvers.dossier import REFUSED_AFTER_S
from resolvers.loaders import Loaders
from resolvers.tokens import OwnIssuer
from schema.build import build_schema
from schema.http.application import Deps, build_application
from tests import factory as f
from tests.graph_fixtures import wipe
from tests.schema.http.conftest import take
from tests.twin.dossier.led_day import worked_example
from tests.twin.projection.arrivals import project
from twin.graph.session import Graph
from twin.vocabulary.roles import Role

PASTE = {"materialLot": {"materialLotId": "PASTE-1"}}


@dataclass
class Door:
    http: httpx.AsyncClient
    issuer: OwnIssuer
    application: Starlette
    limits: Limits

    async def get(
        self, path: str, role: Role = Role.QUALITY, own: str | None = None, **query: Any
    ) -> httpx.Response:
        spelled = {name: json.dumps(v) if isinstance(v, dict) else str(v) for name, v in query.items()}
        token = self.issuer.issue(role, own)
        return await self.http.get(path, params=spelled, headers={"authorization": f"Bearer {token}"})


@pytest.fixture(scope="module")
async def door(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    await wipe(graph)
    foreign = f.order_received(occurred_at="08:00", order_id="ORD-X", customer_id="X", quantity=1)
    await project(graph, *worked_example(), foreign)
    issuer = OwnIssuer(tmp_path_factory.mktemp("door"))

    async def reached(_watermark: str, _seconds: float) -> None:
        return None

    limits = Limits()
    deps = Deps(
        schema=build_schema(),
        verifier=issuer,
        context_of=lambda viewer: Context(graph=graph, viewer=viewer, loaders=Loaders(graph), limits=limits),
        reached=reached,
        ingest=take,
    )
    application = build_application(deps)
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://twin") as http:
        yield Door(http, issuer, application, limits)
    await wipe(graph)


async def test_a_recall_is_downloaded_with_the_hash_of_its_bytes(door: Door) -> None:
    answer = await door.get("/dossier/recall.json", scope=PASTE)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == 'attachment; filename="recall.json"'
    digest = base64.b64encode(hashlib.sha256(answer.content).digest()).decode()
    assert answer.headers["repr-digest"] == f"sha-256=:{digest}:"
    told = answer.json()
    assert told["question"] == {"scope": PASTE}
    assert told["tables"]["totals"][0] == {"item": "units", "low": 50, "high": 100}
    assert [row["lot_id"] for row in told["tables"]["lots"]] == ["L4", "L5", "LOT-1"]


async def test_a_package_holds_the_wanted_files_and_their_manifest(door: Door) -> None:
    answer = await door.get("/dossier/recall.zip", scope=PASTE, files="csv,json", asOf="2026-03-02T09:30:00Z")
    with ZipFile(io.BytesIO(answer.content)) as package:
        assert package.namelist() == ["recall.csv", "recall.json", "manifest.json"]
        manifest = json.loads(package.read("manifest.json"))
        lots = json.loads(package.read("recall.json"))["tables"]["lots"]
    assert manifest["question"] == {"scope": PASTE, "asOf": "2026-03-02T09:30:00.000Z"}
    assert manifest["as_of"] == "2026-03-02T09:30:00.000Z"
    assert lots == []


async def test_a_walk_is_downloaded_as_far_as_wanted(door: Door) -> None:
    near: dict[str, Any] = {"of": {"kind": "LOT", "key": "L5"}, "direction": "ANCESTORS", "depth": 1}
    answer = await door.get("/dossier/trace.json", Role.ENGINEER, **near)
    told = answer.json()
    assert told["question"] == near
    assert [(row["level"], row["kind"], row["key"]) for row in told["tables"]["nodes"]] == [
        (0, "LOT", "L5"),
        (1, "LOT", "L3"),
    ]
    assert [
        (row["from"], row["relation"], row["to"], row["event_id"]) for row in told["tables"]["edges"]
    ] == [("LOT:L3", "SPLIT_INTO", "LOT:L5", "cut-c")]


async def test_a_mistyped_suspect_is_not_found(door: Door) -> None:
    answer = await door.get("/dossier/recall.csv", scope={"lot": {"lotId": "NO-SUCH"}})
    assert (answer.status_code, answer.json()["code"]) == (404, "thing.not_found")


async def test_a_mistyped_customer_is_not_found(door: Door) -> None:
    """A file that tells of nothing affected would be taken for an answer."""
    answer = await door.get("/dossier/recall.csv", scope=PASTE, customer="NO-SUCH")
    assert (answer.status_code, answer.json()["code"]) == (404, "thing.not_found")
    of = {"kind": "LOT", "key": "L5"}
    answer = await door.get("/dossier/trace.csv", of=of, direction="ANCESTORS", customer="NO-SUCH")
    assert (answer.status_code, answer.json()["code"]) == (404, "thing.not_found")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "scope"),
        ({"scope": "["}, "scope"),
        ({"scope": {}}, "scope"),
        ({"scope": {"materialLot": {}}}, "scope"),
        ({"scope": {"lot": {"lotId": "L"}, "tool": {"toolId": "T"}}}, "scope"),
        ({"scope": PASTE, "asOf": "yesterday"}, "asOf"),
        ({"scope": PASTE, "language": "tlh"}, "language"),
        ({"scope": PASTE, "depth": "-1"}, "depth"),
        ({"scope": PASTE, "customer": ""}, "customer"),
        ({"scope": PASTE, "surprise": "1"}, "surprise"),
    ],
)
async def test_a_bad_parameter_is_named(door: Door, query: dict[str, Any], field: str) -> None:
    answer = await door.get("/dossier/recall.csv", **query)
    told = answer.json()
    assert (answer.status_code, told["code"], told["field"]) == (400, "request.bad_parameter", field)


async def test_an_unknown_kind_of_file_is_refused_with_those_that_are_known(door: Door) -> None:
    answer = await door.get("/dossier/recall.docx", scope=PASTE)
    assert answer.json()["detail"] == (
        "'docx' is not allowed for files; allowed: csv, xlsx, json, pdf, epcis.json"
    )


@pytest.mark.parametrize(
    ("role", "recall", "trace"),
    [
        (Role.OPERATOR, 403, 403),
        (Role.ENGINEER, 403, 200),
        (Role.QUALITY, 200, 200),
        (Role.PLANNER, 403, 403),
        (Role.ADMIN, 200, 200),
        (Role.INTEGRATION, 403, 403),
    ],
)
async def test_only_who_may_export_gets_a_file(door: Door, role: Role, recall: int, trace: int) -> None:
    of = {"kind": "LOT", "key": "L5"}
    assert (await door.get("/dossier/recall.csv", role, scope=PASTE)).status_code == recall
    assert (await door.get("/dossier/trace.csv", role, of=of)).status_code == trace
    assert (await door.get("/portal/dossier/trace.csv", role, of=of)).status_code == 403


async def test_a_customer_gets_files_at_the_portal_only_and_about_own_things_only(door: Door) -> None:
    mine, foreign = {"kind": "LOT", "key": "L4"}, {"kind": "LOT", "key": "L5"}
    missing = {"kind": "LOT", "key": "NONE"}
    told = await door.get("/portal/dossier/trace.json", Role.CUSTOMER, "C", of=mine)
    assert [row["key"] for row in told.json()["tables"]["nodes"]] == ["L4"]
    assert (await door.get("/dossier/trace.json", Role.CUSTOMER, "C", of=mine)).status_code == 403
    refusals = [
        (await door.get("/portal/dossier/trace.json", Role.CUSTOMER, "C", of=of)).json()
        for of in (foreign, missing)
    ]
    assert [each["detail"] for each in refusals] == [
        "no counted event names LOT:L5",
        "no counted event names LOT:NONE",
    ]
    probe = await door.get("/portal/dossier/recall.json", Role.CUSTOMER, "C", scope=PASTE)
    assert (probe.status_code, probe.json()["code"]) == (403, "access.forbidden")
    lot = {"lot": {"lotId": "L5"}}
    other = await door.get("/portal/dossier/recall.json", Role.CUSTOMER, "C", scope=lot)
    assert (other.status_code, other.json()["detail"]) == (404, "no counted event names LOT:L5")
    stolen = await door.get("/portal/dossier/trace.json", Role.CUSTOMER, "C", of=mine, customer="X")
    assert stolen.json()["code"] == "access.forbidden"


async def test_a_customer_waits_alike_for_what_is_somebody_elses_and_for_what_is_nobodys(door: Door) -> None:
    """How soon the refusal comes would otherwise tell which names there are."""
    for key in ("L5", "NONE"):
        began = time.monotonic()
        scope = {"lot": {"lotId": key}}
        answer = await door.get("/portal/dossier/recall.json", Role.CUSTOMER, "C", scope=scope)
        assert answer.status_code == 404
        assert time.monotonic() - began >= REFUSED_AFTER_S


async def test_quality_sees_what_a_customer_would(door: Door) -> None:
    told = (await door.get("/dossier/recall.json", scope=PASTE, customer="C")).json()
    assert told["customer"] == "C"
    assert told["question"] == {"scope": {"materialLot": {}}}
    assert [row["shipment_id"] for row in told["tables"]["shipments"]] == ["SHIP-1"]
    none = (await door.get("/dossier/recall.json", scope=PASTE, customer="X")).json()
    assert {name: rows for name, rows in none["tables"].items() if name != "totals"} == {
        "lots": [],
        "units": [],
        "orders": [],
        "shipments": [],
        "findings": [],
    }


async def test_a_client_that_leaves_waits_for_no_file_any_more(door: Door) -> None:
    sent: list[MutableMapping[str, Any]] = []
    heard = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> MutableMapping[str, Any]:
        return next(heard, {"type": "http.disconnect"})

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    bearer = f"Bearer {door.issuer.issue(Role.QUALITY)}".encode()
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/dossier/recall.csv",
        "query_string": str(httpx.QueryParams({"scope": json.dumps(PASTE)})).encode(),
        "headers": [(b"authorization", bearer)],
    }
    async with door.limits.heavy, door.limits.heavy, asyncio.timeout(60):
        await door.application(scope, receive, send)
    assert sent[0]["status"] == 499
