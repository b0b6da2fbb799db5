"""Which lot names which unit or substrate; one that several name cannot be followed lot by lot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

_COMPACT_FROM: Final = 50_000
NOWHERE: Final = -1
"""The owner of what a container, a shipment or an assembly names without a lot."""


class Owners:
    """Sorted hashes with the numbers of their owners, and a small table of the newest ones.

    Two names of one hash only make a lot look odd that is not: it is asked about in the graph.
    """

    def __init__(self) -> None:
        self._hashes = np.empty(0, np.int64)
        self._owners = np.empty(0, np.int32)
        self._new: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._hashes) + len(self._new)

    @property
    def size_bytes(self) -> int:
        """What it occupies, roughly."""
        return int(self._hashes.nbytes + self._owners.nbytes) + 150 * len(self._new)

    def claim(self, names: Iterable[str], owner: int) -> set[int]:
        """Things are named by an owner; the other owners that named one of them before."""
        others: set[int] = set()
        fresh: list[int] = []
        for number in map(hash, names):
            before = self._new.get(number)
            if before is None:
                fresh.append(number)
            elif before != owner:
                others.add(before)
        self._claim_fresh(fresh, owner, others)
        if len(self._new) > _COMPACT_FROM:
            self._compact()
        return others

    def _claim_fresh(self, fresh: list[int], owner: int, others: set[int]) -> None:
        """Those that are not in the small table: in the large one, or new."""
        if fresh and len(self._hashes):
            numbers = np.array(fresh, np.int64)
            places = np.minimum(np.searchsorted(self._hashes, numbers), len(self._hashes) - 1)
            known = self._hashes[places] == numbers
            others.update(int(each) for each in np.unique(self._owners[places[known]]) if each != owner)
            fresh = numbers[~known].tolist()
        self._new.update(dict.fromkeys(fresh, owner))

    def owner(self, name: str) -> int | None:
        """Who named a thing first."""
        return self._of(hash(name))

    def _of(self, number: int) -> int | None:
        found = self._new.get(number)
        if found is not None or not len(self._hashes):
            return found
        place = int(np.searchsorted(self._hashes, number))
        if place < len(self._hashes) and self._hashes[place] == number:
            return int(self._owners[place])
        return None

    def _compact(self) -> None:
        hashes = np.concatenate([self._hashes, np.fromiter(self._new.keys(), np.int64, len(self._new))])
        owners = np.concatenate([self._owners, np.fromiter(self._new.values(), np.int32, len(self._new))])
        places = np.argsort(hashes, kind="stable")
        self._hashes, self._owners = hashes[places], owners[places]
        self._new = {}
