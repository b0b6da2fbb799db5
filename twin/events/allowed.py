"""What a field of a fact may hold, told in words, and its blanks taken off."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final

from msgspec import inspect
from msgspec.inspect import (
    BoolType,
    BytesType,
    DateTimeType,
    DictType,
    EnumType,
    Field,
    FloatType,
    IntType,
    Metadata,
    NoneType,
    StrType,
    StructType,
    TupleType,
    Type,
    UnionType,
    VarTupleType,
)

BLANKS: Final = (
    " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
"""What is taken off both ends of an identifier: blanks, and no control character."""

_EXACT: Final = 2**53
"""Up to here every whole number has a float of its own."""


def allowed_at(wanted: type, steps: Iterable[str | int]) -> str | None:
    """What may stand at a path inside a structure; ``None`` where nothing is known of it."""
    kind: Type | None = _type_of(wanted)
    for step in steps:
        kind = _below(kind, step)
    return None if kind is None else _in_words(kind)


def trimmed(given: object, wanted: type) -> object:
    """Decoded JSON with the blanks around every identifier of the wanted structure taken off.

    JSON has one kind of number: a whole one written as 5.0 becomes 5 where a whole number is wanted.
    """
    return _trim(given, _type_of(wanted))


@cache
def _type_of(wanted: type) -> Type:
    return inspect.type_info(wanted)


def _bare(kind: Type | None) -> Type | None:
    while isinstance(kind, Metadata):
        kind = kind.type
    if isinstance(kind, UnionType):
        others = [one for one in kind.types if not isinstance(one, NoneType)]
        return _bare(others[0]) if len(others) == 1 else kind
    return kind


def _below(kind: Type | None, step: str | int) -> Type | None:
    kind = _bare(kind)
    if isinstance(kind, StructType):
        return next((field.type for field in kind.fields if field.encode_name == step), None)
    if isinstance(kind, TupleType):
        return kind.item_types[step] if isinstance(step, int) and step < len(kind.item_types) else None
    if isinstance(kind, VarTupleType):
        return kind.item_type
    return kind.value_type if isinstance(kind, DictType) else None


def _in_words(kind: Type) -> str:
    if isinstance(kind, Metadata):
        said = (kind.extra_json_schema or {}).get("description")
        return said if said and isinstance(kind.type, StrType) else _in_words(kind.type)
    return _WORDS[type(kind)](kind) if type(kind) in _WORDS else "another value"


def _field_in_words(field: Field) -> str:
    return field.encode_name if field.required else f"{field.encode_name}?"


def _number_in_words(kind: IntType | FloatType) -> str:
    noun = "a whole number" if isinstance(kind, IntType) else "a finite number"
    if kind.ge is not None and kind.le is not None:
        return f"{noun} from {kind.ge} to {kind.le}"
    return noun if kind.ge is None else f"{noun} of at least {kind.ge}"


def _text_in_words(kind: StrType) -> str:
    least, most = kind.min_length or 0, kind.max_length
    length = "" if most is None else f" of {least} to {most} characters"
    return f"a text{length}" + (" without control characters" if kind.pattern else "")


_WORDS: Final[dict[type[Type], Callable[[Any], str]]] = {
    BoolType: lambda _: "true or false",
    BytesType: lambda _: "base64",
    DateTimeType: lambda _: "RFC 3339 with offset",
    DictType: lambda _: "an object",
    EnumType: lambda kind: ", ".join(str(one.value) for one in kind.cls),
    FloatType: _number_in_words,
    IntType: _number_in_words,
    NoneType: lambda _: "null",
    StrType: _text_in_words,
    StructType: lambda kind: "an object of " + ", ".join(map(_field_in_words, kind.fields)),
    TupleType: lambda kind: f"a list of {len(kind.item_types)}",
    UnionType: lambda kind: " or ".join(dict.fromkeys(map(_in_words, kind.types))),
    VarTupleType: lambda _: "a list",
}


def _trim(given: object, kind: Type | None) -> object:
    kind = _bare(kind)
    if isinstance(given, str):
        return given.strip(BLANKS) if isinstance(kind, StrType) and kind.pattern else given
    if isinstance(given, list):
        return [_trim(item, _below(kind, index)) for index, item in enumerate(given)]
    if isinstance(given, dict):
        return {name: _trim(item, _below(kind, name)) for name, item in given.items()}
    if isinstance(given, float) and isinstance(kind, IntType):
        return int(given) if given.is_integer() and abs(given) <= _EXACT else given
    return given
