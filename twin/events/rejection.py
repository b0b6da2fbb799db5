"""Why an event from outside is not taken, in words its sender can act on."""

from __future__ import annotations

import json
import math
import re
from contextlib import suppress
from typing import Final

import msgspec

from twin.errors import Refused
from twin.events.allowed import allowed_at

BAD_JSON: Final = "event.bad_json"
UNKNOWN_TYPE: Final = "event.unknown_type"
UNKNOWN_FIELD: Final = "event.unknown_field"
MISSING_FIELD: Final = "event.missing_field"
BAD_VALUE: Final = "event.bad_value"
TOO_LARGE: Final = "event.too_large"
ID_REUSED: Final = "event.id_reused"

SHOWN: Final = 64
"""Characters of a refused value that a message repeats."""


class Rejected(Refused):
    """An event that breaks the contract: code, words, the field and the event's id where readable."""

    code = BAD_VALUE

    def __init__(
        self, message: str, *, code: str, field: str | None = None, event_id: str | None = None
    ) -> None:
        super().__init__(message, code=code, field=field)
        self.event_id = event_id


def shortened(value: object) -> str:
    """A value as JSON, cut to what a message can carry."""
    if isinstance(value, str):
        value = value[: SHOWN + 1]
    elif isinstance(value, (list, dict)):
        return f"a list of {len(value)}" if isinstance(value, list) else f"an object of {len(value)} fields"
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= SHOWN + 2 else text[:SHOWN] + "…"


def named_fault(fault: msgspec.ValidationError, given: object, wanted: type, inside: str = "") -> Rejected:
    """The fault of a structure, with its path, the value given there and what is allowed.

    ``inside`` is the envelope's field that holds the structure.
    """
    text = str(fault)
    found = _AT.search(text)
    steps = _steps(found["path"]) if found else ()
    for pattern, code, words in _FIELD_FAULTS:
        if (match := pattern.match(text)) is not None:
            field = _path(inside, (*steps, match["field"]))
            return Rejected(words.format(field), code=code, field=field)
    field = _path(inside, steps)
    value, known = _value_at(given, steps)
    what = f"{field} is {shortened(value)}" if known else f"{field} is not as it must be"
    rule = allowed_at(wanted, steps) or (text[: found.start()] if found else text)
    if not text.startswith(_MSGSPEC_WORDS):
        rule = text[: found.start()] if found else text
    return Rejected(f"{what}; allowed: {rule}", code=BAD_VALUE, field=field)


def number_out_of_range(text: bytes) -> Rejected:
    """The fault of JSON that holds a number which no computer number can be, with its place."""
    pending: list[tuple[tuple[str | int, ...], object]] = []
    with suppress(RecursionError, ValueError):
        pending.append(((), json.loads(text, parse_int=_number, parse_float=_number)))
    while pending:
        steps, value = pending.pop()
        if isinstance(value, _Huge):
            field = _path("", steps)
            return Rejected(f"{field} is {shortened(value)}; allowed: {_RANGE}", code=BAD_VALUE, field=field)
        if isinstance(value, dict):
            pending += [((*steps, name), inner) for name, inner in value.items()]
        elif isinstance(value, list):
            pending += [((*steps, index), inner) for index, inner in enumerate(value)]
    return Rejected(f"a number is out of range; allowed: {_RANGE}", code=BAD_VALUE)


class _Huge(str):
    """A number as it was written, too large to be one."""


def _number(written: str) -> object:
    return _Huge(written) if math.isinf(float(written)) else None


_RANGE: Final = "a finite number"
_AT: Final = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_FIELD_FAULTS: Final = (
    (re.compile("Object contains unknown field `(?P<field>.*?)`"), UNKNOWN_FIELD, "{} is not a field here"),
    (re.compile("Object missing required field `(?P<field>.*?)`"), MISSING_FIELD, "{} is missing"),
)
_MSGSPEC_WORDS: Final = ("Expected ", "Invalid ", "Number ", "Integer ")


def _steps(path: str) -> tuple[str | int, ...]:
    return tuple(name or (int(index) if index.isdigit() else index) for name, index in _STEP.findall(path))


def _path(inside: str, steps: tuple[str | int, ...]) -> str:
    path = inside
    for step in steps:
        name = str(step)[: SHOWN * 2]
        path += f"[{name}]" if isinstance(step, int) else f".{name}" if path else name
    return path or "event"


def _value_at(given: object, steps: tuple[str | int, ...]) -> tuple[object, bool]:
    for step in steps:
        below = (
            given if isinstance(given, dict) else dict(enumerate(given)) if isinstance(given, list) else {}
        )
        if step not in below:
            return None, False
        given = below[step]
    return given, True
