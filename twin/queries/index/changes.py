"""What changed since an answer was read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias

Read: TypeAlias = Mapping[str, AbstractSet[str]]
"""What an answer was read from: keys of things, by their label."""

_MOST_CHANGES: Final = 20_000


class Changes:
    """Which things changed, in the order it was heard; only the latest."""

    def __init__(self) -> None:
        self._keys: defaultdict[str, list[str]] = defaultdict(list)
        self._dropped: defaultdict[str, int] = defaultdict(int)
        self._length = 0

    def note(self, things: Iterable[tuple[str, str]]) -> None:
        """Something was told of things."""
        for label, key in things:
            self._keys[label].append(key)
            self._length += 1
        if self._length > _MOST_CHANGES:
            self.forget()

    def forget(self) -> None:
        """Drop everything: what was read before is not known to hold any more."""
        for label, keys in self._keys.items():
            self._dropped[label] += len(keys) + 1
            keys.clear()
        self._length = 0

    def now(self) -> dict[str, int]:
        """How far each list of changes goes."""
        return {label: self._dropped[label] + len(keys) for label, keys in self._keys.items()}

    def touch(self, read: Read, since: Mapping[str, int]) -> bool:
        """Whether one of these things changed since then, as far as that is known."""
        for label, keys in read.items():
            heard, first = self._keys[label], since.get(label, 0) - self._dropped[label]
            if first < 0 or not keys.isdisjoint(heard[first:]):
                return True
        return False
