"""Refuses JSON that gives a key twice: such a key has no one meaning."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from twin.events.rejection import BAD_JSON, BAD_VALUE, SHOWN, Rejected, shortened

_KEY: Final = re.compile(rb'"\s*:')
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def refuse_doubled_keys(line: bytes, expected: int) -> None:
    """Count the keys, which clears nearly all events of as many as ``expected``; the rest are parsed.

    Raises:
        Rejected: a key is there twice, or a NUL character.
    """
    if b"\\" not in line and len(_KEY.findall(line)) == expected:
        return
    json.loads(line.decode(), object_pairs_hook=_once, parse_int=str, parse_float=str)
    if _NUL.search(line):
        raise Rejected("the event holds a NUL character", code=BAD_VALUE)


def _once(pairs: list[tuple[str, Any]]) -> None:
    names: set[str] = set()
    for name, _ in pairs:
        if name in names:
            raise Rejected(f"{shortened(name)} is given twice", code=BAD_JSON, field=name[:SHOWN])
        names.add(name)
