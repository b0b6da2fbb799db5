"""Which lots units went on to, and which lots used a material lot, as rows of numbers."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.int32]

_NOBODY: Final = -1
_SEVERAL: Final = -2


class Heirs:
    """By a lot's number, who got units of it, one or a row of several, and how many events name it.

    By a material lot, who used it.
    """

    def __init__(self) -> None:
        self._of = array("i")
        self._told = array("i")
        self._several: dict[int, array[int]] = {}
        self._users: dict[str, array[int]] = {}

    @property
    def size_bytes(self) -> int:
        """What the numbers occupy, roughly."""
        rows = (*self._several.values(), *self._users.values())
        return 4 * (2 * len(self._of) + sum(map(len, rows))) + 150 * len(rows)

    def name_lot(self, number: int) -> None:
        """A lot has a new number, one higher than any before."""
        while len(self._of) <= number:
            self._of.append(_NOBODY)
            self._told.append(0)

    def events(self, lots: Numbers) -> int:
        """How many counted events name these lots; one that names several counts for each."""
        return int(np.frombuffer(self._told, np.int32)[lots].sum()) if len(lots) else 0

    def take(self, number: int, events: int, heirs: Iterable[int]) -> None:
        """So many counted events name a lot, of which units went on to these, and to no others."""
        row = array("i", heirs)
        self._told[number] = events
        self._several.pop(number, None)
        if len(row) > 1:
            self._several[number] = row
        self._of[number] = _SEVERAL if len(row) > 1 else row[0] if row else _NOBODY

    def use(self, material_lot_id: str, lots: Iterable[int]) -> None:
        """A material lot was used by these, and by no others."""
        row = array("i", lots)
        if row:
            self._users[material_lot_id] = row
        else:
            self._users.pop(material_lot_id, None)

    def reached(self, material_lots: Iterable[str], lots: Iterable[int]) -> Numbers:
        """The lots that units of these, or of what used these material lots, may be in; in their order."""
        nobody = array("i")
        users = (self._users.get(each, nobody) for each in material_lots)
        found = np.concatenate([np.fromiter(lots, np.int32), *(np.array(each, np.int32) for each in users)])
        seen = np.zeros(len(self._of), np.bool_)
        while found.size:
            fresh = _once(found)
            seen[fresh] = True
            found = self._next(fresh)
            found = found[~seen[found]]
        return np.flatnonzero(seen).astype(np.int32)

    def _next(self, lots: Numbers) -> Numbers:
        heirs = np.frombuffer(self._of, np.int32)[lots]
        several = [self._several[number] for number in lots[heirs == _SEVERAL].tolist()]
        return np.concatenate([heirs[heirs >= 0], *several]) if several else heirs[heirs >= 0]


def _once(numbers: Numbers) -> Numbers:
    """Each of some numbers, of which there is one at least; four times as quick as asking numpy for them."""
    ordered = np.sort(numbers)
    is_first = np.ones(len(ordered), np.bool_)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_first]
