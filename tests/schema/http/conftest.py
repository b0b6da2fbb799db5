from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from resolvers.tokens import OwnIssuer
from resolvers.viewer import Viewer
from schema.http.application import SERVER_OPTIONS, Deps, build_application
from tests.patience import PATIENCE_S
from tests.schema.http.plant import SCHEMA, Plant, reached
from twin.vocabulary.roles import Role


@dataclass
class Result:
    accepted: int = 0
    duplicates: int = 0
    rejected: list[Any] = field(default_factory=list)
    watermark: str = "w1"


async def take(body: bytes) -> Result:
    return Result(accepted=body.count(b"\n") + 1)


ABSENT = Path("absent")


class Edge:
    def __init__(self, address: str, issuer: OwnIssuer, plant: Plant) -> None:
        self.address, self.issuer, self.plant = address, issuer, plant
        kept = httpx.Limits(keepalive_expiry=PATIENCE_S)
        self.http = httpx.AsyncClient(base_url=f"http://{address}", timeout=PATIENCE_S, limits=kept)

    def token(self, role: Role = Role.ENGINEER) -> str:
        return self.issuer.issue(role, "ACME" if role is Role.CUSTOMER else None)

    def bearer(self, role: Role = Role.ENGINEER, **headers: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token(role)}", **headers}

    async def ask(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        operation_name: str | None = None,
        role: Role = Role.ENGINEER,
        **headers: str,
    ) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        body = {"query": query, "variables": variables, "operationName": operation_name}
        return await self.http.post("/graphql", json=body, headers=self.bearer(role, **sent))


@asynccontextmanager
async def serving(deps: Deps) -> AsyncIterator[str]:
    # A connection that is given up while nobody speaks is given up while a request is on its way.
    options = SERVER_OPTIONS | {"lifespan": "off", "timeout_keep_alive": 2 * int(PATIENCE_S)}
    config = uvicorn.Config(build_application(deps), host="127.0.0.1", port=0, log_config=None, **options)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(), name="edge")
    async with asyncio.timeout(60):
        while not server.started:
            await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()
    try:
        yield f"{host}:{port}"
    finally:
        server.should_exit = True
        server.force_exit = True
        async with asyncio.timeout(60):
            await running


def deps_of(issuer: OwnIssuer, plant: Plant, **changes: Any) -> Deps:
    def context_of(viewer: Viewer) -> dict[str, Any]:
        return {"viewer": viewer, "plant": plant}

    deps = Deps(
        schema=SCHEMA,
        verifier=issuer,
        context_of=context_of,
        reached=reached,
        ingest=take,
        web=Path("absent"),
    )
    return replace(deps, **changes)


@asynccontextmanager
async def edge_of(folder: Path, **changes: Any) -> AsyncIterator[Edge]:
    issuer, plant = OwnIssuer(folder), Plant()
    async with serving(deps_of(issuer, plant, **changes)) as address:
        edge = Edge(address, issuer, plant)
        try:
            yield edge
        finally:
            await edge.http.aclose()


@pytest.fixture(scope="module")
async def edge(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Edge]:
    async with edge_of(tmp_path_factory.mktemp("edge")) as running:
        yield running
