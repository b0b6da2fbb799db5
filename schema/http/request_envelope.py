"""What every request gets: an id, safe headers, and a masked answer when something breaks."""

from __future__ import annotations

import re
from typing import Final
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schema.http.problem import RequestRefused, problem, unexpected
from schema.http.unread_body import UnreadBody
from twin.errors import TwinError

HEADER: Final = "x-request-id"
_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_CODES: Final = {404: "request.not_found", 405: "request.method_not_allowed"}


class RequestEnvelope:
    """Names each request and masks failures that nobody handled."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on under its name."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        given = connection.headers.get(HEADER, "")
        name = given if _WELL_FORMED.fullmatch(given) else uuid4().hex
        connection.state.request_id = name
        started = False
        body = UnreadBody(scope, receive)

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers[HEADER] = name
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "no-referrer"
                headers.setdefault("cache-control", "no-store")
                await body.drop()
            await send(message)

        try:
            await self._app(scope, body.receive, sending)
        except Exception as failure:  # the last door: nothing internal may pass
            if started:
                raise
            await problem(unexpected(failure, name), 500, name)(scope, body.receive, sending)


def request_id(connection: HTTPConnection) -> str:
    """The id of the request, given by the client or by us."""
    found: str | None = getattr(connection.state, "request_id", None)
    return found or uuid4().hex


async def refused_by_routing(request: Request, failure: Exception) -> Response:
    """An unknown path or method, as a problem like any other."""
    status = failure.status_code if isinstance(failure, HTTPException) else 500
    words = "nothing is served here" if status == 404 else "this method is not served here"
    response = problem(
        RequestRefused(words, code=_CODES.get(status, "request.bad")), status, request_id(request)
    )
    for name, value in (getattr(failure, "headers", None) or {}).items():
        response.headers[name] = value
    return response


def status_of(refusal: TwinError) -> int:
    """The HTTP status that says the same as the code."""
    if isinstance(refusal, RequestRefused):
        return refusal.status
    domain, _, reason = refusal.code.partition(".")
    if domain == "access":
        return {"unauthenticated": 401, "forbidden": 403}.get(reason, 503)
    if reason in {"behind", "unavailable", "full", "busy"}:
        return 503
    return 500 if refusal.code == "twin.unexpected" else 400
