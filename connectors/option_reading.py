"""Checks the options of one connector, and says precisely which one is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Final, TypeAlias, get_type_hints

import msgspec

from connectors.contract import Options
from connectors.errors import BadOption
from connectors.factory_file import Steps, Value

Complaint: TypeAlias = Callable[[dict[str, Any]], str | None]
_AT: Final = re.compile(r" - at (?:`key` in )?`\$(?P<path>[^`]*)`$")
_STEP: Final = re.compile(r"\.(?P<name>[A-Za-z_]\w*)|\[(?P<index>\d+)\]|\[(?P<any>\.\.\.)\]")


def options_of(given: dict[str, Any], config: type[Options], folder: Path) -> Options:
    """The options of one entry; paths are relative to the folder of factory.yaml.

    Raises:
        BadOption: one of them is missing, unknown or not allowed.
    """
    try:
        return _converted(given, config, folder)
    except msgspec.ValidationError as error:
        raise _explained(error, given, config, folder) from None


def _converted(given: Mapping[str, Any], config: type[Options], folder: Path) -> Options:
    def read(wanted: type, written: Value) -> Value:
        if wanted is Path and isinstance(written, str) and written:
            return folder.absolute() / written
        raise msgspec.ValidationError(f"Expected {wanted.__name__}, got {written!r}")

    return msgspec.convert(given, config, dec_hook=read)


def _explained(
    error: msgspec.ValidationError, given: dict[str, Any], config: type[Options], folder: Path
) -> BadOption:
    if isinstance(error.__cause__, BadOption):
        return error.__cause__
    text = str(error)
    found = _AT.search(text)
    steps = _steps(found["path"]) if found else []

    def complaint(part: dict[str, Any]) -> str | None:
        try:
            _converted(part, config, folder)
        except msgspec.ValidationError as again:
            return str(again)
        return None

    path = _with_keys(steps, text, given, complaint)
    return BadOption(path, _AT.sub("", text) + _allowed(config, path))


def _steps(path: str) -> list[str | int | None]:
    return [
        int(step["index"]) if step["index"] else None if step["any"] else step["name"]
        for step in _STEP.finditer(path)
    ]


def _with_keys(
    steps: list[str | int | None], text: str, given: dict[str, Any], complaint: Complaint
) -> Steps:
    """The path with the keys of maps, which msgspec leaves out: the key that alone still fails."""
    path: list[str | int] = []
    for step in steps:
        if step is None:
            keys = _at(given, path)
            found = [key for key in keys if complaint(_only(given, path, key)) == text]
            if not found:
                break
            path.append(found[0])
        else:
            path.append(step)
    return tuple(path)


def _at(given: Value, path: list[str | int]) -> Value:
    for step in path:
        given = given[step]
    return given


def _only(given: Value, path: list[str | int], key: str | int) -> Value:
    if not path:
        return {key: given[key]}
    first, *rest = path
    if isinstance(given, list):
        return [_only(part, rest, key) if at == first else part for at, part in enumerate(given)]
    return {**given, first: _only(given[first], rest, key)}


def _allowed(config: type[Any], path: Steps) -> str:
    hint: Any = config
    for step in path:
        hints = get_type_hints(hint) if isinstance(hint, type) and issubclass(hint, msgspec.Struct) else {}
        hint = hints.get(str(step))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return f"; allowed: {', '.join(str(member.value) for member in hint)}"
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        names = [name for name in hint.__struct_fields__ if name != "state_dir"]
        return f"; allowed: {', '.join(names)}"
    return ""
