"""Tells a second occurrence of the same message from a resend of the first."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from twin.vocabulary.instants import Instant

_REMEMBERED: Final = 4096


class Occurrences:
    """Counts equal messages within one tick of a machine's clock, over one connection.

    An equal message that comes sooner than a machine would send again is another occurrence; one
    that comes later is a resend and gets the number of the first. A new connection counts from
    the first again, so what a machine repeats after a break is a resend.
    """

    def __init__(self, resend_after_s: float) -> None:
        self._resend_after = int(resend_after_s * 1000)
        self._seen: OrderedDict[str, tuple[int, Instant]] = OrderedDict()

    def number(self, key: str, arrived: Instant) -> int:
        """Which occurrence within its tick this message is, from 0."""
        known = self._seen.get(key)
        if known is None:
            self._seen[key] = (0, arrived)
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
            return 0
        count, first = known
        if arrived - first >= self._resend_after:
            return 0
        self._seen[key] = (count + 1, first)
        return count + 1
