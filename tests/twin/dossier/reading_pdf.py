from __future__ import annotations

import re
import zlib

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_SHOWN = re.compile(rb"\(((?:\\.|[^\\()])*)\) ?Tj", re.DOTALL)
_PAIR = re.compile(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4,8})>")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(pdf: bytes) -> str:
    """The texts that the pages show, one a line, through the font's own table of characters."""
    parts = [zlib.decompress(part) if part[:1] == b"x" else part for part in _STREAM.findall(pdf)]
    letters = {
        int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
        for part in parts
        if b"beginbfchar" in part
        for code, text in _PAIR.findall(part)
    }
    shown = [found for part in parts if b" Tj" in part for found in _SHOWN.findall(part)]
    return "\n".join(_read(_ESCAPED.sub(_unescaped, text), letters) for text in shown)


def _unescaped(found: re.Match[bytes]) -> bytes:
    return _LETTERS.get(found[1], found[1])


def _read(text: bytes, letters: dict[int, str]) -> str:
    if not letters:
        return text.decode("latin-1")
    codes = (int.from_bytes(text[place : place + 2], "big") for place in range(0, len(text), 2))
    return "".join(letters[code] for code in codes)
