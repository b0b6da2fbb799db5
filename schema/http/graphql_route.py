"""``/graphql`` over HTTP: POST for everything, GET for questions only."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Final

import orjson
from graphql import OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from schema.http.access import Gate
from schema.http.documents import Operation
from schema.http.execution import Answer, Execution, Question, failed
from schema.http.graphql_request import question_in_address, question_posted
from schema.http.leaving import unless_gone
from schema.http.media import JSON, RESPONSE, preferred
from schema.http.metrics import Metrics, operation_id
from schema.http.problem import RequestRefused, errors_of, problem
from schema.http.request_envelope import request_id, status_of
from twin.errors import TwinError

_MALFORMED: Final = frozenset(
    {"request.bad_json", "request.bad_form", "request.bad_media_type", "request.too_large", "request.bad"}
)


class GraphQLRoute:
    """Answers queries and mutations in the media type that the client asks for."""

    def __init__(self, execution: Execution, gate: Gate, metrics: Metrics) -> None:
        self._execution, self._gate, self._metrics = execution, gate, metrics

    async def respond(self, request: Request) -> Response:
        """One request, one answer; a client that leaves stops its operation."""
        name = request_id(request)
        media = preferred(request.headers.get("accept"))
        try:
            viewer = await self._gate.viewer(request)
            if media is None:
                raise _not_acceptable()
            is_get = request.method == "GET"
            question = question_in_address(request) if is_get else await question_posted(request)
        except TwinError as refusal:
            return problem(refusal, status_of(refusal), name, graphql=True)
        started = time.perf_counter()
        operation: Operation | None = None
        try:
            operation = self._operation(question, request.method)
            work = self._execution.answer(operation, question, viewer)
            answer, status = await unless_gone(work, request), 200
        except ClientDisconnect:
            return Response(status_code=499)
        except Exception as failure:  # noqa: BLE001 - masked and logged in one place
            told = failed(failure, name)
            answer, status = Answer(None, errors_of(told, name), executed=False), status_of(told)
        self._measure(operation, answer.code, time.perf_counter() - started)
        return _response(answer, status, media)

    def _operation(self, question: Question, method: str) -> Operation:
        operation = self._execution.read(question)
        if operation.kind is OperationType.SUBSCRIPTION:
            raise RequestRefused(
                "subscriptions are served over WebSocket, or by POST /graphql/stream",
                code="request.bad_transport",
            )
        if method == "GET" and operation.kind is not OperationType.QUERY:
            raise RequestRefused(
                "GET may only ask; send mutations by POST", code="request.bad_method", status=405
            )
        return operation

    def _measure(self, operation: Operation | None, code: str, seconds: float) -> None:
        asked = operation_id(operation) if operation else "refused"
        self._metrics.request_seconds.labels(asked, code).observe(seconds)
        if code.startswith("limit."):
            self._metrics.rejected.labels(code.removeprefix("limit.")).inc()


def _not_acceptable() -> RequestRefused:
    return RequestRefused(f"answers are {RESPONSE} or {JSON}", code="request.not_acceptable", status=406)


def encoded(body: object) -> bytes:
    """JSON as every transport sends it."""
    return orjson.dumps(body, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _response(answer: Answer, status: int, media: str) -> Response:
    code = answer.code
    if media == JSON and status != 405 and code not in _MALFORMED:
        status = 200
    headers = {"allow": "POST"} if status == 405 else {}
    return Response(encoded(answer.body), status, headers, media_type=f"{media}; charset=utf-8")
