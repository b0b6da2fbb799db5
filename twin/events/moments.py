"""The moments inside facts, all brought to UTC so that one moment has one form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from msgspec import Struct, inspect
from msgspec.structs import replace

from twin.events.registry import FACTS

_Part = TypeVar("_Part", bound=Struct)


def in_utc(part: _Part) -> _Part:
    """The same fact or part with every moment told in UTC.

    Raises:
        OverflowError: a moment lies outside the years 1 to 9999 of UTC.
    """
    changed: dict[str, Any] = {}
    for field in part.__struct_fields__:
        value = getattr(part, field)
        if isinstance(value, datetime):
            if value.tzinfo is not UTC:
                changed[field] = value.astimezone(UTC)
        elif isinstance(value, tuple) and value and isinstance(value[0], Struct):
            changed[field] = tuple(in_utc(row) for row in value)
    return replace(part, **changed) if changed else part


def _has_moment(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.DateTimeType):
        return True
    if isinstance(kind, inspect.Metadata):
        return _has_moment(kind.type)
    if isinstance(kind, inspect.UnionType):
        return any(_has_moment(one) for one in kind.types)
    if isinstance(kind, inspect.VarTupleType):
        return _has_moment(kind.item_type)
    return isinstance(kind, inspect.StructType) and any(_has_moment(one.type) for one in kind.fields)


WITH_MOMENTS: Final = frozenset(fact for fact in FACTS.values() if _has_moment(inspect.type_info(fact)))
"""The facts that tell a moment beside the one they happened at."""
