"""What operators of the service measure, as Prometheus text (promises.md section 14)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from schema.http.documents import Operation

_SECONDS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)


class Metrics:
    """The counters of one process, in a registry of their own; no label names a person or a thing."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.request_seconds = Histogram(
            "graphql_request_seconds",
            "Time from the request to its answer.",
            ("operation_id", "code"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.rejected = Counter(
            "graphql_rejected",
            "Operations refused before they reached the graph.",
            ("limit",),
            registry=self._registry,
        )
        self.subscriptions = Gauge(
            "subscriptions_active", "Subscriptions being fed.", registry=self._registry
        )
        self.ingested = Counter(
            "ingest_events", "Events by what became of them.", ("source", "result"), registry=self._registry
        )

    def watch(self, name: str, help_text: str, read: Callable[[], float]) -> None:
        """Show a number that another part of the process keeps, read at each scrape."""
        Gauge(name, help_text, registry=self._registry).set_function(read)

    async def scrape(self, _request: Request) -> Response:
        """``GET /metrics``."""
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)


def operation_id(operation: Operation) -> str:
    """A bounded name for an operation: its kind and what it asks at the root."""
    fields = operation.root_fields
    return f"{operation.kind.value}.{next(iter(fields)) if len(fields) == 1 else 'several'}"
