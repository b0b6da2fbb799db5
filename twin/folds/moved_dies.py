"""The dies that came to one substrate, or left it: packed, because a wafer has thousands of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from twin.events.substrate import DiesTransferred
from twin.events.transfers import Codes, Places, coordinates, packed

Place: TypeAlias = tuple[int, int]
Site: TypeAlias = tuple[str, int, int]
"""A place on a named substrate."""

_FEW: Final = 32
"""Moves told at once that are not worth sorting in yet."""

_MOST_LOOSE: Final = 1_024
_BYTES_A_LOOSE: Final = 400
_NONE: Final = -1


class Moves(NamedTuple):
    """Places of a substrate in a column, and the other end of each: a place on a named substrate.

    ``codes`` tells of each which of the ``names`` it is.
    """

    places: Places
    names: Sequence[str]
    codes: Codes
    ends: Places


def came(fact: DiesTransferred) -> Moves:
    """The sites that dies came to, each with where the die came from."""
    moved = packed(fact.transfers)
    return Moves(moved.sites, moved.sources, moved.codes, moved.dies)


def went(fact: DiesTransferred, key: str) -> Moves:
    """The dies of one substrate that went, each with where it went to."""
    moved = packed(fact.transfers)
    dies, sites = moved.dies, moved.sites
    if moved.sources != (key,):
        mine = moved.codes == (moved.sources.index(key) if key in moved.sources else _NONE)
        dies, sites = dies[mine], sites[mine]
    return Moves(dies, (fact.to_substrate_id,), np.zeros(len(dies), np.int64), sites)


class MovedDies:
    """What is at the other end of each place of a substrate; some places may have several ends."""

    __slots__ = ("_codes", "_ends", "_loose", "_places", "_substrates", "_torn")

    def __init__(self) -> None:
        self._torn: set[int] = set()
        self._codes: dict[str, int] = {}
        self._loose: dict[int, set[tuple[str, int]]] = {}
        self._places = self._ends = self._substrates = np.empty(0, np.int64)

    @property
    def size(self) -> int:
        """About how many bytes they take."""
        return self._places.nbytes * 3 + len(self._loose) * _BYTES_A_LOOSE

    def places(self) -> set[Place]:
        """Every place that has another end."""
        return {coordinates(place) for place in (*self._places.tolist(), *self._loose)}

    def torn(self) -> list[tuple[Place, list[Site]]]:
        """The places that have several other ends, with all of these, in their order."""
        return [(coordinates(place), self._sites(place)) for place in sorted(self._torn)]

    def add(self, moves: Moves) -> None:
        """Note one more other end of each of these places."""
        if len(moves.places) > _FEW or len(self._loose) >= _MOST_LOOSE:
            self._sort_in(moves)
            return
        names = map(moves.names.__getitem__, moves.codes.tolist())
        ends = zip(names, moves.ends.tolist(), strict=True)
        for place, end in zip(moves.places.tolist(), ends, strict=True):
            if self._ends_of(place) - {end}:
                self._torn.add(place)
            self._loose.setdefault(place, set()).add(end)

    def _sites(self, place: int) -> list[Site]:
        return sorted((name, *coordinates(end)) for name, end in self._ends_of(place))

    def _ends_of(self, place: int) -> set[tuple[str, int]]:
        loose = self._loose.get(place, set())
        if not self._places.size:
            return loose
        first, last = (np.searchsorted(self._places, place, side) for side in ("left", "right"))
        names = list(self._codes)
        codes, ends = self._substrates[first:last].tolist(), self._ends[first:last].tolist()
        return loose | {(names[code], end) for code, end in zip(codes, ends, strict=True)}

    def _sort_in(self, moves: Moves) -> None:
        """Take in these moves and the loose ones, in the order of their places; what was told twice, once."""
        parts = [moves, self._loosened()] if self._loose else [moves]
        self._places = np.concatenate([self._places, *(part.places for part in parts)])
        self._ends = np.concatenate([self._ends, *(part.ends for part in parts)])
        self._substrates = np.concatenate([self._substrates, *map(self._coded, parts)])
        self._loose = {}
        order = np.argsort(self._places)
        again = self._places[order[1:]] == self._places[order[:-1]]
        if not again.any():
            self._keep(order)
            return
        self._keep(np.lexsort((self._substrates, self._ends, self._places)))
        differs = self._ends[1:] != self._ends[:-1]
        differs |= self._substrates[1:] != self._substrates[:-1]
        self._torn.update(self._places[1:][again & differs].tolist())
        self._keep(np.flatnonzero(np.concatenate([[True], ~again | differs])))

    def _keep(self, chosen: NDArray[np.intp]) -> None:
        self._places = self._places[chosen]
        self._ends = self._ends[chosen]
        self._substrates = self._substrates[chosen]

    def _loosened(self) -> Moves:
        rows = [(place, *end) for place, ends in self._loose.items() for end in ends]
        place, names, ends = zip(*rows, strict=True)
        known = {name: code for code, name in enumerate(dict.fromkeys(names))}
        codes = np.fromiter(map(known.__getitem__, names), np.int64, len(names))
        return Moves(np.array(place, np.int64), tuple(known), codes, np.array(ends, np.int64))

    def _coded(self, moves: Moves) -> NDArray[np.int64]:
        codes = self._codes
        mine = [codes.setdefault(name, len(codes)) for name in moves.names]
        return np.array(mine, np.int64)[moves.codes]
