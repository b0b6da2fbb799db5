"""The dies that came to one substrate, or left it: packed, because a wafer has thousands of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from twin.events.substrate import DiesTransferred

Place: TypeAlias = tuple[int, int]
Site: TypeAlias = tuple[str, int, int]
"""A place on a named substrate."""

_FEW: Final = 32
"""Moves told at once that are not worth sorting in yet."""

_MOST_LOOSE: Final = 1_024
_BYTES_A_LOOSE: Final = 400
_LOW: Final = 0xFFFF_FFFF
_SIGN: Final = 0x8000_0000

_Places: TypeAlias = NDArray[np.int64]
"""Both coordinates of each place in one number, in the order of x, then y."""


class Moves(NamedTuple):
    """Places of a substrate in a column, and the other end of each: a place on a named substrate."""

    places: _Places
    names: Sequence[str]
    ends: _Places


def came(fact: DiesTransferred) -> Moves:
    """The sites that dies came to, each with where the die came from."""
    names, dies, sites = _columns(fact)
    return Moves(sites, names, dies)


def went(fact: DiesTransferred, key: str) -> Moves:
    """The dies of one substrate that went, each with where it went to."""
    names, dies, sites = _columns(fact)
    count = names.count(key)
    if 0 < count < len(names):
        mine = np.fromiter((name == key for name in names), np.bool_, len(names))
        dies, sites = dies[mine], sites[mine]
    return Moves(dies[:count], (fact.to_substrate_id,) * count, sites[:count])


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
        return {_unpacked(place) for place in (*self._places.tolist(), *self._loose)}

    def torn(self) -> list[tuple[Place, list[Site]]]:
        """The places that have several other ends, with all of these, in their order."""
        return [(_unpacked(place), self._sites(place)) for place in sorted(self._torn)]

    def add(self, moves: Moves) -> None:
        """Note one more other end of each of these places."""
        if len(moves.names) > _FEW or len(self._loose) >= _MOST_LOOSE:
            self._sort_in(moves)
            return
        ends = zip(moves.names, moves.ends.tolist(), strict=True)
        for place, end in zip(moves.places.tolist(), ends, strict=True):
            if self._ends_of(place) - {end}:
                self._torn.add(place)
            self._loose.setdefault(place, set()).add(end)

    def _sites(self, place: int) -> list[Site]:
        return sorted((name, *_unpacked(end)) for name, end in self._ends_of(place))

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
        for part in (self._loosened(), moves):
            self._places = np.concatenate([self._places, part.places])
            self._ends = np.concatenate([self._ends, part.ends])
            self._substrates = np.concatenate([self._substrates, self._coded(part.names)])
        self._loose = {}
        self._keep(np.lexsort((self._substrates, self._ends, self._places)))
        again = self._places[1:] == self._places[:-1]
        if again.any():
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
        places, ends = ([row[column] for row in rows] for column in (0, 2))
        return Moves(np.array(places, np.int64), [name for _, name, _ in rows], np.array(ends, np.int64))

    def _coded(self, names: Sequence[str]) -> NDArray[np.int64]:
        codes = self._codes
        for name in dict.fromkeys(names):
            codes.setdefault(name, len(codes))
        if len(codes) == 1:
            return np.zeros(len(names), np.int64)
        return np.fromiter(map(codes.__getitem__, names), np.int64, len(names))


class _Columns(NamedTuple):
    names: Sequence[str]
    dies: _Places
    sites: _Places


_latest: tuple[DiesTransferred, _Columns] | None = None
"""Each event is told to both of its substrates, one soon after the other."""


def _columns(fact: DiesTransferred) -> _Columns:
    """The transfers of an event: the wafer of each die, its place there, and its site."""
    global _latest  # noqa: PLW0603 - one that was replaced meanwhile is only worked out again
    latest = _latest
    if latest is not None and latest[0] is fact:
        return latest[1]
    names, from_xs, from_ys, to_xs, to_ys = zip(*fact.transfers, strict=True) if fact.transfers else ((),) * 5
    columns = _Columns(names, _packed(from_xs, from_ys), _packed(to_xs, to_ys))
    _latest = fact, columns
    return columns


def _packed(xs: Sequence[int], ys: Sequence[int]) -> _Places:
    return (np.array(xs, np.int64) << 32) | (np.array(ys, np.int64) + _SIGN)


def _unpacked(place: int) -> Place:
    return place >> 32, (place & _LOW) - _SIGN
