"""How the fields of a fact are filled from the variables of a report (see connect-equipment.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timezone
from typing import Final, TypeAlias

import msgspec
from msgspec.inspect import StructType, Type, VarTupleType, type_info

from connectors.errors import BadOption, UnreadableMessage
from connectors.secs_gem.fitting import fitting
from twin.events.fact import Fact
from twin.events.registry import FACTS

Values: TypeAlias = Mapping[str, object]
Source: TypeAlias = Callable[[Values], object]
Path: TypeAlias = tuple[str | int, ...]

_VARIABLE: Final = re.compile(r"(?P<name>[^?>=]+?)(?P<optional>\?)?(?:->(?P<table>[^?>]+))?")
EVERYTHING_ELSE: Final = "*"


@dataclass(frozen=True)
class Words:
    """What an expression may refer to: the variables of its report, the tables, the machine's zone."""

    variables: frozenset[str]
    tables: Mapping[str, Mapping[str | int, object]]
    zone: timezone


@dataclass(frozen=True)
class FactBuilder:
    """Builds one type of fact from the values of a report."""

    fact: type[Fact]
    sources: Mapping[str, Source]

    def build(self, values: Values) -> Fact:
        """The fact those values tell.

        Raises:
            UnreadableMessage: a value is missing or does not fit its field.
        """
        filled = {name: source(values) for name, source in self.sources.items()}
        told = {name: value for name, value in filled.items() if value is not None}
        try:
            return msgspec.convert(told, self.fact)
        except msgspec.ValidationError as error:
            raise UnreadableMessage(f"{self.fact.__name__}: {error}", stage="map") from None


def builder_of(event: str, fields: Mapping[str, object], words: Words, equipment_id: str) -> FactBuilder:
    """Checks a rule of factory.yaml and makes it ready to use.

    Raises:
        BadOption: an unknown type, field, variable or table, or a required field nobody fills.
    """
    fact = FACTS.get(event)
    if fact is None:
        raise BadOption(("event",), f"unknown event type {event!r}; allowed: {', '.join(FACTS)}")
    shape = type_info(fact)
    assert isinstance(shape, StructType)  # noqa: S101 - every Fact is a Struct
    known = {field.encode_name for field in shape.fields}
    given = dict(fields)
    if "equipment_id" in known:
        given.setdefault("equipment_id", "=" + equipment_id)
    sources = _struct(shape, given, words, ("fields",))
    return FactBuilder(fact, sources)


def _struct(shape: StructType, given: Mapping[str, object], words: Words, path: Path) -> dict[str, Source]:
    fields = {field.encode_name: field for field in shape.fields}
    for name in given:
        if name not in fields:
            raise BadOption((*path, name), f"no field {name!r}; {shape.cls.__name__} has {_said(fields)}")
    missing = [name for name, field in fields.items() if field.required and name not in given]
    if missing:
        raise BadOption(path, f"{shape.cls.__name__} needs {_said(missing)}")
    return {name: _source(fields[name].type, value, words, (*path, name)) for name, value in given.items()}


def _source(target: Type, written: object, words: Words, path: Path) -> Source:
    if isinstance(written, str) and not written.startswith("="):
        return _variable(target, written, words, path)
    if isinstance(written, Mapping) and isinstance(target, StructType):
        parts = _struct(target, written, words, path)
        return lambda values: _present({name: part(values) for name, part in parts.items()})
    if isinstance(written, list) and isinstance(target, VarTupleType):
        rows = [_source(target.item_type, row, words, (*path, at)) for at, row in enumerate(written)]
        return lambda values: [row(values) for row in rows]
    if isinstance(written, list | Mapping):
        raise BadOption(path, "a list or map does not fit here")
    literal = fitting(target, words.zone)(written[1:] if isinstance(written, str) else written)
    return lambda _values: literal


def _variable(target: Type, written: str, words: Words, path: Path) -> Source:
    parts = _VARIABLE.fullmatch(written)
    name = parts["name"].strip() if parts else written
    if parts is None or name not in words.variables:
        allowed = _said(sorted(words.variables)) or "no variable"
        raise BadOption(path, f"no variable {name!r} in the report; it has {allowed}; letters begin with =")
    fit = fitting(target, words.zone)
    look_up = _table(parts["table"], words, path)
    optional = parts["optional"] is not None

    def read(values: Values) -> object:
        value = values[name]
        if value is None:
            if optional:
                return None
            raise UnreadableMessage(f"{name} is empty", stage="map")
        return fit(look_up(value))

    return read


def _table(name: str | None, words: Words, path: Path) -> Callable[[object], object]:
    if name is None:
        return lambda value: value
    table = words.tables.get(name)
    if table is None:
        raise BadOption(path, f"no table {name!r}; there is {_said(words.tables) or 'none'}")

    def look_up(value: object) -> object:
        row = table.get(value) if isinstance(value, str | int) else None
        if row is None:
            row = table.get(EVERYTHING_ELSE)
        if row is None:
            raise UnreadableMessage(f"table {name} has no row for {value!r}", stage="map")
        return row

    return look_up


def _present(parts: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in parts.items() if value is not None}


def _said(names: Iterable[str]) -> str:
    return ", ".join(names)
