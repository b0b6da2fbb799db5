"""What a request for a dossier asks, read from its address and checked as GraphQL checks its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

import orjson
import strawberry
from graphql import GraphQLError, coerce_input_value, is_input_type, validate_input_value
from strawberry.exceptions import StrawberryException
from strawberry.types.arguments import convert_argument

from resolvers.dossier import Asked
from schema.http.problem import RequestRefused
from schema.scalars import moment_read
from twin.dossier.formats import Format
from twin.records.dossier import Language
from twin.vocabulary.instants import Instant

ZIP: Final = "zip"
LONGEST_INPUT: Final = 4_096
LONGEST_NAME: Final = 128
_KNOWN: Final = frozenset(
    {"scope", "of", "direction", "asOf", "knownAt", "depth", "customer", "language", "files"}
)

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files are wanted, in which language, and how the answer is asked for."""

    forms: tuple[Format, ...]
    packed: bool
    language: Language
    asked: Asked


def wanted(form: str, given: Mapping[str, str]) -> Wanted:
    """The wish that an address spells.

    Raises:
        RequestRefused: a parameter is unknown, or not one of what is allowed.
    """
    for name in given.keys() - _KNOWN:
        raise _bad(name, f"{name[:40]!r} is no parameter; allowed: {', '.join(sorted(_KNOWN))}")
    packed = form == ZIP
    files = given.get("files", ",".join(Format)) if packed else form
    forms = tuple(dict.fromkeys(chosen(Format, "files", name) for name in files.split(",")))
    return Wanted(
        forms,
        packed,
        chosen(Language, "language", given.get("language", Language.EN)),
        Asked(_moment(given, "asOf"), _moment(given, "knownAt"), _depth(given), _customer(given)),
    )


def chosen(kinds: type[E], field: str, name: str) -> E:
    """One of an enumeration by its name.

    Raises:
        RequestRefused: it has none of that name.
    """
    try:
        return kinds(name)
    except ValueError:
        allowed = ", ".join(each.value for each in kinds)
        raise _bad(field, f"{name[:40]!r} is not allowed for {field}; allowed: {allowed}") from None


def input_of(schema: strawberry.Schema, given: Mapping[str, str], field: str, kind: type[T]) -> T:
    """The GraphQL input of a type, given as JSON.

    Raises:
        RequestRefused: it is missing, or not what the type allows.
    """
    text = given.get(field, "")
    try:
        value = orjson.loads(text) if len(text) <= LONGEST_INPUT else None
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise _bad(field, f"{field} must be {kind.__name__} as a JSON object, as in GraphQL variables")
    return _converted(schema, field, value, kind)


def _converted(schema: strawberry.Schema, field: str, value: dict[str, Any], kind: type[T]) -> T:
    declared = schema._schema.type_map[kind.__name__]  # noqa: SLF001 - strawberry has no public name for it
    assert is_input_type(declared)  # noqa: S101 - named by our own code
    wrong: list[str] = []
    try:
        validate_input_value(value, declared, lambda error, _path: wrong.append(error.message))
        coerced = None if wrong else coerce_input_value(value, declared)
        if coerced is not None:
            scalars = schema.schema_converter.scalar_registry
            converted: T = convert_argument(coerced, kind, scalars, schema.config)  # type: ignore[assignment]
            return converted
    except (GraphQLError, StrawberryException) as failure:
        wrong.append(str(failure))
    raise _bad(field, f"{field}: {wrong[0]}")


def _depth(given: Mapping[str, str]) -> int | None:
    text = given.get("depth")
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise _bad("depth", "depth counts edges and is 0 or more")
    return int(text)


def _customer(given: Mapping[str, str]) -> str | None:
    name = given.get("customer")
    if name is not None and not 0 < len(name) <= LONGEST_NAME:
        raise _bad("customer", f"customer is a name of 1 to {LONGEST_NAME} characters")
    return name


def _moment(given: Mapping[str, str], field: str) -> Instant | None:
    if field not in given:
        return None
    try:
        return moment_read(given[field])
    except GraphQLError as failure:
        raise _bad(field, failure.message) from None


def _bad(field: str, words: str) -> RequestRefused:
    return RequestRefused(words, code="request.bad_parameter", field=field[:40])
