"""How a refusal looks on the wire: a code, words without internals, and the request's id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

import orjson
import structlog
from graphql import GraphQLError
from starlette.responses import Response

from schema import problems
from twin.errors import TwinError

UNEXPECTED_CODE: Final = "twin.unexpected"
LONGEST_MESSAGE: Final = 1_000
_log = structlog.get_logger("dieloom.http")


class RequestRefused(TwinError):
    """A request that is not carried out, with the HTTP status that says so."""

    code = "request.bad"

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: int = 400,
        field: str | None = None,
        errors: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(message, code=code, field=field)
        self.status = status
        self.errors = list(errors)


def problem(refused: TwinError, status: int, request_id: str, *, graphql: bool = False) -> Response:
    """The refusal as RFC 9457 problem details; for GraphQL callers with ``errors`` beside."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": refused.message[:LONGEST_MESSAGE],
        "code": refused.code,
        "requestId": request_id,
    }
    if refused.field is not None:
        body["field"] = refused.field
    if graphql:
        body["errors"] = errors_of(refused, request_id)
    headers = {"www-authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    return Response(orjson.dumps(body), status, headers, media_type="application/problem+json")


def errors_of(refused: TwinError, request_id: str) -> list[dict[str, Any]]:
    """The refusal as a GraphQL ``errors`` list."""
    if isinstance(refused, RequestRefused) and refused.errors:
        return [with_request_id(error, request_id) for error in refused.errors]
    return [_error(refused.message, refused.code, request_id, field=refused.field)]


def with_request_id(error: Mapping[str, Any], request_id: str) -> dict[str, Any]:
    """The same error, naming the request in which it happened."""
    return {**error, "extensions": {**error.get("extensions", {}), "requestId": request_id}}


def shown(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """An execution error as the client may see it: typed, or masked and logged under the request's id."""
    told = problems.shown(error)
    described = dict(told.formatted)
    described["message"] = told.message[:LONGEST_MESSAGE]
    if told.message == problems.UNEXPECTED:
        _log.error("request.failed", request_id=request_id, path=error.path)
    return with_request_id(described, request_id)


def unexpected(failure: BaseException, request_id: str) -> TwinError:
    """What a client hears of a failure that nobody foresaw; the log hears the rest."""
    _log.error("request.failed", request_id=request_id, exc_info=failure)
    return TwinError(problems.UNEXPECTED, code=UNEXPECTED_CODE)


def _error(message: str, code: str, request_id: str, *, field: str | None = None) -> dict[str, Any]:
    extensions = {"code": code, "requestId": request_id}
    if field is not None:
        extensions["field"] = field
    return {"message": message[:LONGEST_MESSAGE], "extensions": extensions}
