"""A GraphQL request as clients write it: JSON in a body, or parameters in an address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from starlette.requests import Request

from schema.http.body import body_of
from schema.http.execution import Question
from schema.http.problem import RequestRefused
from schema.http.request_envelope import request_id

LARGEST_BODY: Final = 256 * 1024
LARGEST_ADDRESS: Final = 32 * 1024
WATERMARK: Final = "dieloom-min-watermark"


async def question_posted(request: Request) -> Question:
    """The question in a JSON body.

    Raises:
        RequestRefused: the body is not JSON, too large, or not a GraphQL request.
    """
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    if kind.strip().lower() != "application/json" or not _is_utf8(rest):
        raise RequestRefused(
            "send application/json in UTF-8", code="request.bad_media_type", status=415, field="content-type"
        )
    body = _json(await body_of(request, LARGEST_BODY), "the body")
    return question(body, request.headers.get(WATERMARK), request_id(request))


def question_in_address(request: Request) -> Question:
    """The question in the parameters of a GET.

    Raises:
        RequestRefused: a parameter is not of its form.
    """
    if len(request.url.query) > LARGEST_ADDRESS:
        raise RequestRefused("the address is too long; use POST", code="request.too_large", status=414)
    given = request.query_params
    body: dict[str, Any] = {name: given[name] for name in ("query", "operationName") if given.get(name)}
    for name in ("variables", "extensions"):
        if given.get(name):
            body[name] = _json(given[name].encode(), name)
    return question(body, request.headers.get(WATERMARK), request_id(request))


def question(body: object, watermark: str | None, name: str) -> Question:
    """The question in decoded JSON, from any transport.

    Raises:
        RequestRefused: a member is missing or not of its type.
    """
    if not isinstance(body, dict):
        raise RequestRefused("a request is one JSON object; batches are not served", code="request.bad_form")
    text = body.get("query")
    if not isinstance(text, str) or not text.strip():
        raise _not_a(body, "query", "a GraphQL document as text")
    operation_name = body.get("operationName")
    if operation_name is not None and not isinstance(operation_name, str):
        raise _not_a(body, "operationName", "text")
    for member in ("variables", "extensions"):
        if body.get(member) is not None and not isinstance(body[member], dict):
            raise _not_a(body, member, "an object")
    asked = (body.get("extensions") or {}).get(WATERMARK, watermark)
    if asked is not None and not isinstance(asked, str):
        raise RequestRefused("the watermark must be text", code="watermark.bad", field=WATERMARK)
    return Question(text, body.get("variables"), operation_name or None, asked, name)


def _not_a(body: Mapping[str, Any], member: str, form: str) -> RequestRefused:
    found = "missing" if body.get(member) is None else f"{type(body[member]).__name__}"
    return RequestRefused(f"{member} must be {form}; it is {found}", code="request.bad_form", field=member)


def _json(text: bytes, name: str) -> Any:  # noqa: ANN401 - JSON may hold anything
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise RequestRefused(
            f"{name} is not JSON: {error.msg} at {error.pos}", code="request.bad_json"
        ) from None


def _is_utf8(parameters: str) -> bool:
    for parameter in parameters.lower().split(";"):
        name, _, value = parameter.strip().partition("=")
        if name == "charset":
            return value.strip('" ') in {"utf-8", "utf8"}
    return True
