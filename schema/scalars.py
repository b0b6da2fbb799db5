"""The scalars of the schema: moments, free-form data, cursors."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from twin.records.page import Cursor
from twin.vocabulary.instants import Instant, instant_of, written

Json = NewType("Json", object)
"""Any JSON value."""


_RFC_3339: Final = re.compile(r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$")


def moment_read(value: object) -> Instant:
    """The instant that a client wrote; an offset is demanded, because a bare time is ambiguous."""
    if not isinstance(value, str):
        raise GraphQLError(
            "DateTime must be a string: RFC 3339 with offset, such as 2026-03-02T09:00:00.000Z."
        )
    try:
        moment = datetime.fromisoformat(value) if _RFC_3339.match(value) else None
        if moment is not None:
            return instant_of(moment)
    except (ValueError, OverflowError):
        moment = None
    raise GraphQLError(
        f"DateTime {value[:40]!r} is not RFC 3339 with offset, such as 2026-03-02T09:00:00.000Z."
    )


def moment_written(value: datetime | int) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return written(instant_of(value) if isinstance(value, datetime) else value)


def _cursor_read(value: object) -> str:
    if not isinstance(value, str):
        raise GraphQLError("Cursor must be the string that this service gave out.")
    return value


def _unchanged(value: object) -> object:
    return value


SCALARS: Final[dict[object, ScalarDefinition]] = {
    Instant: strawberry.scalar(
        name="DateTime",
        description="A moment: RFC 3339 with offset, to the millisecond; always answered in UTC.",
        serialize=moment_written,
        parse_value=moment_read,
    ),
    Json: strawberry.scalar(
        name="JSON",
        description="Any JSON value.",
        serialize=_unchanged,
        parse_value=_unchanged,
    ),
    Cursor: strawberry.scalar(
        name="Cursor",
        description="An opaque place in a list: send back what endCursor said.",
        serialize=str,
        parse_value=_cursor_read,
    ),
}
"""Python type to scalar, for the schema's configuration."""
