"""What every request gets: an id, safe headers, and a masked answer when something breaks."""

from __future__ import annotations

import re
from random import Random
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schema.http.problem import RequestRefused, problem, unexpected
from schema.http.unread_body import UnreadBody
from twin.errors import TwinError

HEADER: Final = "x-request-id"
_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_SAFE: Final = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
_NO_STORE: Final = (b"cache-control", b"no-store")
_random: Final = Random()  # noqa: S311 - tells requests apart and guards nothing; the system's would wait
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
        name = given if given and _WELL_FORMED.fullmatch(given) else _new_id()
        connection.state.request_id = name
        started = False
        body = UnreadBody(scope, receive)

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _complete(message, name)
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
    return found or _new_id()


def _new_id() -> str:
    return f"{_random.getrandbits(128):032x}"


def _complete(message: Message, name: str) -> None:
    """Add to the head of an answer what every answer says."""
    headers = [*message.get("headers", ()), *_SAFE, (HEADER.encode(), name.encode())]
    if all(header[0] != _NO_STORE[0] for header in headers):
        headers.append(_NO_STORE)
    message["headers"] = headers


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
