"""Brings what a machine sent into the type a field wants: a count sent as text, an id sent as a number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timezone
from typing import TypeAlias

from msgspec.inspect import (
    BoolType,
    DateTimeType,
    FloatType,
    IntType,
    Metadata,
    NoneType,
    StrType,
    Type,
    UnionType,
    VarTupleType,
)

from connectors.secs_gem.clock import moment_in

Fitting: TypeAlias = Callable[[object], object]


def fitting(target: Type, zone: timezone) -> Fitting:
    """How to bring a value into a type; what cannot be brought stays, for the type to refuse."""
    if isinstance(target, Metadata):
        return fitting(target.type, zone)
    if isinstance(target, UnionType):
        wanted = [member for member in target.types if not isinstance(member, NoneType)]
        return fitting(wanted[0], zone) if len(wanted) == 1 else _as_it_is
    if isinstance(target, DateTimeType):
        return lambda value: (moment_in(value, zone) or value) if isinstance(value, str) else value
    if isinstance(target, VarTupleType):
        fit = fitting(target.item_type, zone)
        return lambda value: [fit(part) for part in value] if isinstance(value, list) else value
    return _SIMPLE.get(type(target), _as_it_is)


def _as_it_is(value: object) -> object:
    return value


def _words(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _whole(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return value
    return value


def _real(value: object) -> object:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _yes_or_no(value: object) -> object:
    return bool(value) if value in (0, 1) else value


_SIMPLE: dict[type[Type], Fitting] = {
    StrType: _words,
    IntType: _whole,
    FloatType: _real,
    BoolType: _yes_or_no,
}
