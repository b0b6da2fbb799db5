"""The rows of an answer in the order of their lots, laid out only when somebody looks at them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final, overload

from twin.queries.index.alone import Alone
from twin.queries.index.block import Block
from twin.queries.index.cells import NONE
from twin.queries.index.lots import LaterRow, Place, Row
from twin.queries.index.units import Cohort

_NUMBERS: Final = ("since", "low", "high", "quantity")


class LaterPlaces(Sequence[Place]):
    """Where the units of a lot are, unpacked when somebody asks: most pages of lots tell nothing of it."""

    def __init__(self, alone: Alone, *, is_left: bool) -> None:
        self._alone, self._is_left = alone, is_left

    @cached_property
    def _told(self) -> tuple[Place, ...]:
        alone = self._alone
        row = alone.row if self._is_left or not alone.parts else alone.stocked
        assert row is not None  # noqa: S101 - a listed lot has one
        return row.places

    def __len__(self) -> int:
        return len(self._told)

    @overload
    def __getitem__(self, place: int) -> Place: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Place, ...]: ...
    def __getitem__(self, place: int | slice) -> Place | tuple[Place, ...]:
        return self._told[place]


class Rows(Sequence[Row | LaterRow]):
    """Rows that were laid out one by one, and those of a block."""

    def __init__(self, told: Sequence[Row], block: Block) -> None:
        self._told, self._block = told, block
        self._listed = (block.told["high"] > 0).nonzero()[0]

    def __len__(self) -> int:
        return len(self._told) + len(self._listed)

    @overload
    def __getitem__(self, place: int) -> Row | LaterRow: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row | LaterRow]: ...
    def __getitem__(self, place: int | slice) -> Row | LaterRow | list[Row | LaterRow]:
        if isinstance(place, slice):
            return [self._row(number) for number in self._order[place]]
        return self._row(self._order[place])

    @cached_property
    def _order(self) -> list[int]:
        """All rows by the name of their lot: first numbered those told one by one, then the block's."""
        lines, places = self._block.lines, self._block.places[self._listed].tolist()
        names = [row.lot_id for row in self._told] + [lines[place].lot_id for place in places]
        return sorted(range(len(names)), key=names.__getitem__)

    def _row(self, number: int) -> Row | LaterRow:
        if number < len(self._told):
            return self._told[number]
        block, place = self._block, int(self._listed[number - len(self._told)])
        at = int(block.places[place])
        since, low, high, quantity = (int(block.told[name][place]) for name in _NUMBERS)
        is_left = bool(block.left[place] != NONE)
        places = LaterPlaces(block.alones[at], is_left=is_left)
        return LaterRow(block.lines[at].lot_id, since, low, high, quantity, places)


class Cohorts(Iterable[Cohort]):
    """The units of a block's lots, unpacked when they are gone through; none of them is held on to."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def __iter__(self) -> Iterator[Cohort]:
        for place in self._block.places.tolist():
            yield from self._block.alones[place].units
