"""The ASGI application: every endpoint of the contract, wired from what the process hands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import strawberry
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route, WebSocketRoute

from resolvers.tokens import Verifier
from schema.http.access import Gate
from schema.http.dossier_route import DossierRoute
from schema.http.execution import ContextOf, Execution, Reached
from schema.http.graphql_route import GraphQLRoute
from schema.http.graphql_ws import WebSocketRoute as GraphQLSocket
from schema.http.head_limits import HeadLimits
from schema.http.health import Check, Health
from schema.http.ingest_route import ImportFile, Ingest, IngestRoutes, no_files
from schema.http.metrics import Metrics
from schema.http.pages import Pages
from schema.http.request_envelope import RequestEnvelope, refused_by_routing
from schema.http.stream_route import StreamRoute
from schema.limits import Limits
from twin.vocabulary.roles import STAFF, Role

SERVER_OPTIONS: Final[Mapping[str, Any]] = {
    "http": HeadLimits,
    "ws_max_size": 64 * 1024,
    "ws_per_message_deflate": False,
    "ws_max_queue": 32,
    "timeout_graceful_shutdown": 10,
    "server_header": False,
    "lifespan": "on",
}
"""What uvicorn is to be started with: bounds that only the server itself can keep."""

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


async def _well() -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Deps:
    """What the endpoints need from the rest of the process.

    ``context_of`` makes a resolver context per operation; ``reached`` waits for a watermark, at most
    the seconds given, and raises ``Behind``, or a refusal with the code ``watermark.bad``.
    """

    schema: strawberry.Schema
    verifier: Verifier
    context_of: ContextOf
    reached: Reached
    ingest: Ingest
    import_file: ImportFile = no_files
    checks: Mapping[str, Check] = field(default_factory=dict)
    started: Check = _well
    web: Path = Path("web/dist")
    limits: Limits = field(default_factory=Limits)
    metrics: Metrics = field(default_factory=Metrics)
    lifespan: Lifespan | None = None


def build_application(deps: Deps) -> Starlette:
    """All endpoints of one process."""
    execution = Execution(deps.schema, deps.limits, deps.context_of, deps.reached)
    staff = Gate(deps.verifier, STAFF)
    health = Health(deps.checks, deps.started)
    graphql = GraphQLRoute(execution, staff, deps.metrics)
    routes: list[BaseRoute] = [  # in the order in which they are asked for most often
        *_ingest_routes(deps),
        Route("/graphql", graphql.respond, methods=["GET", "POST"]),
        WebSocketRoute("/graphql", GraphQLSocket(execution, staff, deps.metrics).serve),
        Route("/graphql/stream", StreamRoute(execution, staff, deps.metrics).respond, methods=["POST"]),
        *_dossier_routes(deps, "/dossier", staff),
        *_dossier_routes(deps, "/portal/dossier", Gate(deps.verifier, {Role.CUSTOMER})),
        Route("/livez", health.livez),
        Route("/readyz", health.readyz),
        Route("/startupz", health.startupz),
        Route("/metrics", deps.metrics.scrape),
        *_page_routes(deps.web),
    ]
    application = Starlette(
        routes=routes,
        middleware=[Middleware(RequestEnvelope)],
        exception_handlers={HTTPException: refused_by_routing},
        lifespan=deps.lifespan,
    )
    application.state.health = health
    return application


def _dossier_routes(deps: Deps, under: str, gate: Gate) -> list[BaseRoute]:
    dossier = DossierRoute(deps.schema, gate, deps.context_of, deps.reached)
    return [
        Route(f"{under}/recall.{{form}}", dossier.recall, methods=["GET"]),
        Route(f"{under}/trace.{{form}}", dossier.trace, methods=["GET"]),
    ]


def _ingest_routes(deps: Deps) -> list[BaseRoute]:
    gate = Gate(deps.verifier, {Role.INTEGRATION})
    ingest = IngestRoutes(gate, deps.metrics, deps.ingest, deps.import_file)
    return [
        Route("/ingest/events", ingest.events, methods=["POST"]),
        Route("/ingest/files", ingest.files, methods=["POST"]),
    ]


def _page_routes(folder: Path) -> list[BaseRoute]:
    pages = Pages(folder)
    return [Route(path, pages.respond, methods=["GET"]) for path in pages.paths]
