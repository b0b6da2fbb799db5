"""``/ingest``: facts from other systems, acknowledged only when they are durable."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Protocol

from starlette.requests import Request
from starlette.responses import Response

from schema.http.access import Gate
from schema.http.body import Buffers, NoRoom, body_of, declared_size
from schema.http.execution import failed
from schema.http.graphql_route import encoded
from schema.http.metrics import Metrics
from schema.http.problem import RequestRefused, problem
from schema.http.request_envelope import request_id, status_of
from twin.errors import TwinError

LARGEST_BODY: Final = 16 * 1024 * 1024
LARGEST_FILE: Final = 64 * 1024 * 1024
LONGEST_FILE_NAME: Final = 255
BUFFERED: Final = 256 * 1024 * 1024
AT_ONCE: Final = 8
QUEUE_DEADLINE_S: Final = 20.0
WORK_DEADLINE_S: Final = 120.0

_SOURCES: Final = ("http", "file")
_RESULTS: Final = ("accepted", "duplicate", "rejected", "refused")


class Rejection(Protocol):
    """One event that was not taken, and why."""

    @property
    def index(self) -> int:
        """Its place in the request."""

    @property
    def event_id(self) -> str | None:
        """Its id, when that could be read."""

    @property
    def code(self) -> str:
        """Which rule it broke."""

    @property
    def message(self) -> str:
        """Field, value and what is allowed."""


class Ingested(Protocol):
    """What became of the events of one request."""

    @property
    def accepted(self) -> int:
        """Events that are durable now and were not before."""

    @property
    def duplicates(self) -> int:
        """Events that were durable already."""

    @property
    def rejected(self) -> Sequence[Rejection]:
        """Events that were not taken."""

    @property
    def watermark(self) -> str:
        """Sent back with a read, it makes the read see these events."""


Ingest = Callable[[bytes], Awaitable[Ingested]]
ImportFile = Callable[[str, bytes], Awaitable[Ingested]]


class IngestRoutes:
    """The two doors for facts: event lists and files."""

    def __init__(self, gate: Gate, metrics: Metrics, ingest: Ingest, import_file: ImportFile) -> None:
        self._gate, self._metrics = gate, metrics
        self._ingest, self._import_file = ingest, import_file
        self._room, self._buffers = asyncio.Semaphore(AT_ONCE), Buffers(BUFFERED)
        for source in _SOURCES:
            for result in _RESULTS:  # told from the start: a rate cannot see what a count begins with
                metrics.ingested.labels(source, result)

    async def events(self, request: Request) -> Response:
        """``POST /ingest/events``: NDJSON or a JSON array, told apart by content."""
        return await self._respond(request, LARGEST_BODY, self._ingest, "http")

    async def files(self, request: Request) -> Response:
        """``POST /ingest/files?name=``: one map or test file, recognised by content."""
        name = request.query_params.get("name", "upload")
        if not 0 < len(name) <= LONGEST_FILE_NAME or not name.isprintable() or "/" in name:
            refusal = RequestRefused(
                f"name must be a file name of 1 to {LONGEST_FILE_NAME} characters without /",
                code="file.bad_name",
                field="name",
            )
            return problem(refusal, 400, request_id(request))
        return await self._respond(request, LARGEST_FILE, lambda body: self._import_file(name, body), "file")

    async def _respond(self, request: Request, largest: int, take: Ingest, source: str) -> Response:
        try:
            await self._gate.viewer(request)
            done = await self._taken(request, largest, take)
        except Exception as failure:  # noqa: BLE001 - masked and logged in one place
            told = _too_slow() if isinstance(failure, TimeoutError) else failed(failure, request_id(request))
            self._metrics.ingested.labels(source, "refused").inc()
            return problem(told, _status(told), request_id(request))
        self._count(source, done)
        return Response(encoded(_answer(done)), media_type="application/json")

    async def _taken(self, request: Request, largest: int, take: Ingest) -> Ingested:
        size = min(declared_size(request) or largest, largest)
        try:
            await self._buffers.hold(size, QUEUE_DEADLINE_S)
            try:
                body = await body_of(request, largest)
                await self._turn()
                try:
                    async with asyncio.timeout(WORK_DEADLINE_S):
                        return await take(body)
                finally:
                    self._room.release()
            finally:
                self._buffers.let_go(size)
        except NoRoom:
            raise RequestRefused(
                "too many ingest requests at once; send this one again", code="ingest.busy", status=503
            ) from None

    async def _turn(self) -> None:
        """A place among those who are worked for; whoever finds one free sets no deadline."""
        if not self._room.locked():
            await self._room.acquire()
            return
        try:
            async with asyncio.timeout(QUEUE_DEADLINE_S):
                await self._room.acquire()
        except TimeoutError:
            raise NoRoom from None

    def _count(self, source: str, done: Ingested) -> None:
        for result, number in (
            ("accepted", done.accepted),
            ("duplicate", done.duplicates),
            ("rejected", len(done.rejected)),
        ):
            if number:
                self._metrics.ingested.labels(source, result).inc(number)


def _answer(done: Ingested) -> dict[str, Any]:
    return {
        "accepted": done.accepted,
        "duplicates": done.duplicates,
        "rejected": [
            {"index": row.index, "event_id": row.event_id, "code": row.code, "message": row.message}
            for row in done.rejected
        ],
        "watermark": done.watermark,
    }


def _too_slow() -> RequestRefused:
    return RequestRefused(
        "the events could not be made durable in time; send them again, none is lost by that",
        code="ingest.timeout",
        status=503,
    )


def _status(refusal: TwinError) -> int:
    if refusal.code == "request.too_large":
        return 413
    return 503 if refusal.code.startswith(("outbox.", "stream.")) else status_of(refusal)


async def no_files(_name: str, _body: bytes) -> Ingested:
    """The answer where no file parser was wired in."""
    raise RequestRefused("this service takes no files", code="file.not_supported", status=415)
