"""What changed since an answer was read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias

Read: TypeAlias = Mapping[str, AbstractSet[str]]
"""What an answer was read from: keys of things, by their label."""

_MOST_THINGS: Final = 20_000


class Changes:
    """Which things changed, and when last; only the latest."""

    def __init__(self) -> None:
        self._last: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._heard = self._forgotten = 0

    def note(self, things: Iterable[tuple[str, str]]) -> None:
        """Something was told of things."""
        for label, key in things:
            self._heard += 1
            self._last[label][key] = self._heard
        if sum(map(len, self._last.values())) > _MOST_THINGS:
            self.forget()

    def forget(self) -> None:
        """Drop everything: what was read before is not known to hold any more."""
        self._last.clear()
        self._forgotten = self._heard

    def now(self) -> int:
        """How many changes were heard."""
        return self._heard

    def touch(self, read: Read, since: int) -> bool:
        """Whether one of these things changed since then, as far as that is known.

        What takes time is the shorter of both: thousands of answers are looked at in a row.
        """
        if since < self._forgotten:
            return True
        for label, keys in read.items():
            last = self._last.get(label)
            if last and not last.keys().isdisjoint(keys) and _is_later(last, keys, since):
                return True
        return False


def _is_later(last: Mapping[str, int], keys: AbstractSet[str], since: int) -> bool:
    if len(keys) < len(last):
        return any(last.get(key, 0) > since for key in keys)
    return any(number > since and key in keys for key, number in last.items())
