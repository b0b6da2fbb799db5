"""Cuts what a scanner sends into codes: by CR, LF, STX, ETX, or by silence."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_ENDS: Final = re.compile(rb"[\r\n\x02\x03]")


class Code(NamedTuple):
    """What lay between two ends; not whole when it was longer than a code may be."""

    raw: bytes
    whole: bool = True


class Framer:
    """The part of a code that has come so far, never more than the longest code."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._held = bytearray()
        self._too_long = False

    @property
    def partial(self) -> bool:
        """Whether a code has begun and not ended."""
        return bool(self._held)

    def feed(self, received: bytes) -> list[Code]:
        """The codes that ended now; empty ones are nothing."""
        codes: list[Code] = []
        *ended, rest = _ENDS.split(received)
        for part in ended:
            self._hold(part)
            codes += self.flush()
        self._hold(rest)
        return codes

    def flush(self) -> list[Code]:
        """What is held becomes a code, for silence or the end of the line ended it."""
        codes = [Code(bytes(self._held), not self._too_long)] if self._held else []
        self._held.clear()
        self._too_long = False
        return codes

    def _hold(self, part: bytes) -> None:
        room = self._longest - len(self._held)
        self._held += part[:room]
        self._too_long = self._too_long or len(part) > room
