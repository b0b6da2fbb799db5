"""Two maps of one substrate that only fit when one of them is turned or mirrored."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from operator import eq
from sys import byteorder
from typing import Final, TypeAlias

from twin.events.event import Event
from twin.events.substrate import SubstrateMapped

_CLEARLY: Final = 0.05
"""By which share of all sites the turned map must fit better."""

_FULL_TURN: Final = 360

Codes: TypeAlias = "array[int]"


def turned_maps(maps: Iterable[Event]) -> Iterator[tuple[Event, str]]:
    """Each map that stands otherwise than the one before it, and how; the maps come in their order."""
    for older, newer in pairwise(maps):
        before, after = older.fact, newer.fact
        if isinstance(before, SubstrateMapped) and isinstance(after, SubstrateMapped):
            how = how_turned(before, after)
            if how is not None:
                yield newer, how


def how_turned(before: SubstrateMapped, after: SubstrateMapped) -> str | None:
    """How the later map stands to the earlier, or None when they stand alike."""
    told = (after.orientation_deg - before.orientation_deg) % _FULL_TURN
    if told:
        return f"turned by {told:g} degrees"
    if (before.origin, before.axis) != (after.origin, after.axis):
        return "counted from another corner"
    if (before.columns, before.rows) != (after.columns, after.rows) or before.bins == after.bins:
        return None
    return _fits_better(_codes(before), _codes(after), after.columns)


def _fits_better(before: Codes, after: Codes, columns: int) -> str | None:
    if len(before) != len(after) or not before:
        return None
    straight = _alike(before, after)
    most, how = max((_alike(before, turn(after, columns)), how) for how, turn in _TURNS.items())
    return how if most - straight > _CLEARLY * len(before) else None


def _alike(one: Codes, other: Codes) -> int:
    return sum(map(eq, one, other))


def _mirrored(codes: Codes, columns: int) -> Codes:
    return array("H", [code for row in _rows(codes, columns) for code in reversed(row)])


def _upside_down(codes: Codes, columns: int) -> Codes:
    return array("H", [code for row in reversed(list(_rows(codes, columns))) for code in row])


def _half_turn(codes: Codes, columns: int) -> Codes:  # noqa: ARG001 - one shape for all turns
    return codes[::-1]


_TURNS: Final[dict[str, Callable[[Codes, int], Codes]]] = {
    "turned by 180 degrees": _half_turn,
    "mirrored left to right": _mirrored,
    "mirrored top to bottom": _upside_down,
}


def _rows(codes: Codes, columns: int) -> Iterator[Codes]:
    return (codes[start : start + columns] for start in range(0, len(codes), columns))


def _codes(fact: SubstrateMapped) -> Codes:
    codes = array("H")
    codes.frombytes(fact.bins)
    if byteorder == "big":
        codes.byteswap()
    return codes
