"""The words of a KLARF file: bare, quoted, and the marks between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from connectors.errors import UnreadableMessage

MAX_BYTES: Final = 64 * 1024 * 1024

_WORD = re.compile(r'"([^"]*)"|([;{}])|([^\s;{},"]+)|(")')
_START = re.compile(r"\s*(?:FileVersion\s+\d+\s+\d+\s*;|Record\s+FileRecord\b)", re.IGNORECASE)
_NEW_FORM = re.compile(r"\s*Record\b", re.IGNORECASE)


class Word(NamedTuple):
    """One word; a quoted one is never a mark, whatever it holds."""

    text: str
    is_quoted: bool = False

    def is_mark(self, mark: str) -> bool:
        """Whether it is that mark itself."""
        return self.text == mark and not self.is_quoted


def recognises(head: bytes) -> bool:
    """Whether the file begins with a KLARF file version or file record."""
    return _START.match(head.decode("latin-1").removeprefix("ï»¿")) is not None


def text_of(data: bytes) -> str:
    """The file as text, whatever its encoding."""
    if len(data) > MAX_BYTES:
        raise UnreadableMessage(f"{len(data)} bytes; a KLARF file holds at most {MAX_BYTES}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def is_nested(text: str) -> bool:
    """Whether it is the form of version 1.8, records within records."""
    return _NEW_FORM.match(text) is not None


def words(text: str) -> Iterator[Word]:
    """The words in order; commas only stand between them."""
    for match in _WORD.finditer(text):
        if match[4] is not None:
            raise UnreadableMessage("a quotation mark is never closed")
        if match[1] is not None:
            yield Word(match[1], is_quoted=True)
        else:
            yield Word(match[2] or match[3])
