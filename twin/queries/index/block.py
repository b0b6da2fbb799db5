"""All lots that a recall meets once, taken together: sums of columns, not a walk from lot to lot."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from twin.queries.index.alone import Alone
from twin.queries.index.cells import NONE
from twin.queries.index.columns import SIMPLE, Columns, Numbers
from twin.queries.index.flow import Shares
from twin.queries.index.line import Line, Out
from twin.queries.index.reading import Reading
from twin.vocabulary.instants import Instant

Given: TypeAlias = tuple[str, Out, Shares]
"""The lot that suspect units came from, how they left it, and what they carry."""

Settled: TypeAlias = tuple[Line, Alone, Given | None]
"""A lot that is met once, what it comes to, and from where its units came, when that is how it is met."""

Flags: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Block:
    """Lots with their parents among them (NONE: the material lot itself), and what adds up of them.

    ``places``: which of the lots count; the others are told one by one. Of those that count, ``told`` is
    what their columns tell, ``left`` the number of the shipment that took their part (NONE: nothing did).
    """

    lines: Sequence[Line]
    alones: Sequence[Alone]
    parents: Numbers
    places: Numbers
    left: Numbers
    told: Mapping[str, Numbers]
    columns: Columns

    def settled(self, place: int) -> Settled:
        """One lot as it is met."""
        parent = int(self.parents[place])
        if parent == NONE:
            return self.lines[place], self.alones[place], None
        step, shares = self.alones[parent].outs[0]
        return self.lines[place], self.alones[place], (self.lines[parent].lot_id, step, shares)

    def every(self) -> Iterator[Settled]:
        """All that count."""
        return map(self.settled, self.places.tolist())

    @property
    def users(self) -> int:
        """How many of the lots used the material lot themselves."""
        return int((self.parents == NONE).sum())

    @property
    def pinned(self) -> dict[str, Sequence[int]]:
        """The cohorts of lots that carry the suspect because the whole lot does."""
        return {line.lot_id: alone.pinned for line, alone, _ in self.every() if alone.pinned}


_TOLD = (
    "lot",
    "low",
    "high",
    "where",
    "loose_low",
    "loose_high",
    "scrapped_low",
    "scrapped_high",
    "order",
    "is_heir",
    "makes_heirs",
    "noise",
    "machines",
    "materials",
    "part_box",
    "part_low",
    "part_high",
    "since",
    "quantity",
)
"""What the answer reads of the columns."""


def block_of(
    reading: Reading, material_lot: str, since: Instant | None, first: Collection[str]
) -> tuple[Block, list[Settled]] | None:
    """The lots that one material lot alone tells, and those they went to; some are told one by one.

    ``first``: all lots that used it. None when they are too few to be worth it.
    """
    columns = reading.book.columns
    rows = columns.users(material_lot)
    if len(rows) < reading.book.block_from:
        return None
    blocked = _blocked(reading, columns)
    lots = columns.column("lot")[rows]
    is_met = blocked[lots] == 0
    is_same = len(lots) == len(first) and bool(is_met.all())  # a lot out of date may not be a user any more
    if since is not None:
        is_met &= columns.column("first_at")[rows] >= since
    is_met &= _is_only_one(reading, columns, rows, material_lot)
    blocked[lots if is_same else _numbers(reading, first, len(blocked))] = 1
    rows, parents = _with_children(columns, rows[is_met], blocked)
    left, is_unclear = _leavings(reading, columns, rows)
    places = np.nonzero(~is_unclear)[0]
    boxes = columns.column("part_box")[rows]
    reading.read["Container"].update(map(columns.containers.values.__getitem__, boxes[boxes > NONE].tolist()))
    block = Block(
        lines=columns.lines_of(rows),
        alones=columns.alones_of(rows),
        parents=parents,
        places=places,
        left=left[places],
        told={name: columns.column(name)[rows[places]].astype(np.int64) for name in _TOLD},
        columns=columns,
    )
    children = np.nonzero(parents != NONE)[0].tolist()
    reading.read["Lot"].update(block.lines[place].lot_id for place in children)
    return block, [block.settled(place) for place in np.nonzero(is_unclear)[0].tolist()]


def _blocked(reading: Reading, columns: Columns) -> npt.NDArray[np.int8]:
    """The lots by number that have to be walked whatever they used: out of date, or sharing units."""
    blocked = np.array(columns.foreign[:], np.int8)  # of a copy: an array that is looked at cannot grow
    blocked[_numbers(reading, reading.stale_lots, len(blocked))] = 1
    return blocked


def _numbers(reading: Reading, lots: Collection[str], most: int) -> Numbers:
    """The numbers of lots, but of those that are heard of only now: they have no row."""
    numbers = np.array(reading.book.numbers_of(lots), np.int64)
    return numbers[numbers < most]


def _is_only_one(reading: Reading, columns: Columns, rows: Numbers, material_lot: str) -> Flags:
    """Whether nothing else that the runs used may be of the same material."""
    others = columns.column("others")[rows]
    alike = [
        code
        for code in np.unique(others).tolist()
        if any(reading.may_be_same(other, material_lot) for other in columns.others.values[code])
    ]
    return ~np.isin(others, alike)


def _with_children(columns: Columns, rows: Numbers, blocked: npt.NDArray[np.int8]) -> tuple[Numbers, Numbers]:
    """Rows with all that their units went to, and their parents; none of a family that does not fit.

    ``blocked``: lots by number that cannot be anybody's child here.
    """
    roots = np.arange(len(rows))
    fits = np.ones(len(rows), np.bool_)
    levels = [(rows, roots, np.full(len(rows), NONE))]
    begin = 0
    while True:
        last, root, _ = levels[-1]
        places = np.nonzero((columns.column("out_lot")[last] != NONE) & fits[root])[0]
        if not len(places):
            break
        children, is_fit = _children(columns, last[places], blocked)
        fits[root[places[~is_fit]]] = False
        places = places[is_fit]
        levels.append((children[is_fit], root[places], places + begin))
        begin += len(last)
    every, root, parents = (np.concatenate(part) for part in zip(*levels, strict=True))
    kept = fits[root]
    moved = np.append(np.cumsum(kept) - 1, NONE)  # what has no parent is found at the end
    return every[kept], moved[parents[kept]]


def _children(columns: Columns, rows: Numbers, blocked: npt.NDArray[np.int8]) -> tuple[Numbers, Flags]:
    """The rows of the lots that units went to, and whether what they got is surely all they carry."""
    lots = columns.column("out_lot")[rows]
    found = np.array(columns.handed[:], np.int64)[lots]
    is_fit = (found != NONE) & (blocked[lots] == 0)
    asked = np.where(is_fit, found, 0)
    whole = columns.column("out_whole")[rows]
    is_fit &= (whole > 0) & (columns.column("in_whole")[asked] == whole)
    is_fit &= columns.column("in_event")[asked] == columns.column("out_event")[rows]
    return found, is_fit


def _leavings(reading: Reading, columns: Columns, rows: Numbers) -> tuple[Numbers, Flags]:
    """With which shipments packed units left; and of which rows containers have to be looked at."""
    part = columns.column("part_box")[rows].astype(np.int64)
    left = np.where(part < NONE, NONE - 1 - part, NONE)
    is_boxed = part > NONE
    if not is_boxed.any():
        return left, np.zeros(len(rows), np.bool_)
    known = np.array(columns.boxes.known, np.int8)
    for key in reading.stale_boxes:
        number = columns.containers.known(key)
        if number is not None:
            known[number] = NONE
    box = part[is_boxed]
    taken = columns.column("part_at")[rows[is_boxed]]
    gone = np.frombuffer(columns.boxes.at, np.int64)[box]
    shipment = np.frombuffer(columns.boxes.shipment, np.int32)[box]
    left[is_boxed] = np.where(gone > taken, shipment, NONE)
    is_unclear = np.zeros(len(rows), np.bool_)
    is_unclear[is_boxed] = (known[box] != SIMPLE) | ((shipment != NONE) & (gone == taken))
    return left, is_unclear
