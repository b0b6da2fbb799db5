"""What the lots of a block come to together: places, shipments, orders, and which of them say more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from twin.lineage.arithmetic import Bounds
from twin.queries.index.block import Block
from twin.queries.index.cells import BY_MACHINES, LOUD, NONE
from twin.queries.index.columns import Numbers
from twin.queries.index.line import Line
from twin.vocabulary.states import Disposition

_PLACES: Final = tuple(Disposition)


def counts(block: Block) -> tuple[int, int, int, int]:
    """Suspect units at least and at most, lots, and lots that surely carry some."""
    low, high = block.told["low"], block.told["high"]
    return int(low.sum()), int(high.sum()), int((high > 0).sum()), int((low > 0).sum())


def scrapped(block: Block) -> Bounds:
    """What was thrown away of all of them."""
    return Bounds(int(block.told["scrapped_low"].sum()), int(block.told["scrapped_high"].sum()))


def dispositions(block: Block) -> Iterator[tuple[Disposition, int, int]]:
    """Where their suspect units are, what was thrown away left out."""
    told = block.told
    is_listed = told["high"] > 0
    for number in np.unique(told["where"]).tolist():
        here = is_listed & (told["where"] == number)
        yield _PLACES[number], int(told["loose_low"][here].sum()), int(told["loose_high"][here].sum())
    is_part = is_listed & (told["part_box"] != NONE)
    for where, here in (
        (Disposition.SHIPPED, is_part & (block.left != NONE)),
        (Disposition.IN_STOCK, is_part & (block.left == NONE)),
    ):
        yield where, int(told["part_low"][here].sum()), int(told["part_high"][here].sum())


def shipped(block: Block) -> Iterator[tuple[str, int, int]]:
    """The shipments that took parts of them, and how many suspect units each."""
    gone = block.left != NONE
    told = block.told
    for number, low, high, _ in _grouped(block.left[gone], told["part_low"][gone], told["part_high"][gone]):
        yield block.columns.shipments.values[number], low, high


def ordered(block: Block) -> tuple[list[tuple[str, int, int, bool]], list[tuple[Line, int, int]]]:
    """The orders of listed lots with their sums; and lots whose orders have to be looked for."""
    told = block.told
    order = told["order"].copy()
    heirs = np.nonzero(told["is_heir"])[0]
    of_parent = _parents_orders(block, heirs)
    order[heirs] = np.maximum(of_parent, NONE)
    is_listed = told["high"] > 0
    known = is_listed & (order != NONE)
    found = [
        (block.columns.orders.values[number], low, high, is_sure)
        for number, low, high, is_sure in _grouped(order[known], told["low"][known], told["high"][known])
    ]
    places = heirs[is_listed[heirs] & (of_parent == _UNCLEAR)]
    unclear = [
        (line, int(told["low"][place]), int(told["high"][place]))
        for place, line in zip(places.tolist(), _lines(block, places), strict=True)
    ]
    return found, unclear


_UNCLEAR: Final = NONE - 1


def _parents_orders(block: Block, heirs: Numbers) -> Numbers:
    """The orders that lots inherit from a parent that was created for one; of others it is unclear."""
    told = block.told
    at = np.full(len(block.lines) + 1, _UNCLEAR)
    made = told["makes_heirs"] != 0
    at[block.places[made]] = told["order"][made]
    found: Numbers = at[block.parents[block.places[heirs]]]
    return found


def _grouped(keys: Numbers, low: Numbers, high: Numbers) -> Iterator[tuple[int, int, int, bool]]:
    """Each key with its sums, and whether one of them is sure."""
    numbers, group = np.unique(keys, return_inverse=True)
    lows = np.bincount(group, low).astype(np.int64)  # sums of so few small numbers are exact
    highs = np.bincount(group, high).astype(np.int64)
    return zip(numbers.tolist(), lows.tolist(), highs.tolist(), (lows > 0).tolist(), strict=True)


def used_by_listed(block: Block) -> set[str]:
    """All material lots that listed lots used."""
    codes = np.unique(block.told["materials"][block.told["high"] > 0]).tolist()
    return set[str]().union(*map(block.columns.materials.values.__getitem__, codes))


def telling(block: Block, machines: set[str], timed: set[str]) -> list[Line]:
    """Listed lots that may raise a finding: restless ones, on strange machines, with timed materials."""
    told, columns = block.told, block.columns
    is_telling = told["noise"] == LOUD
    of_machines = np.unique(told["machines"][told["noise"] == BY_MACHINES]).tolist()
    strange = [code for code in of_machines if not columns.machines.values[code] <= machines]
    if strange:
        is_telling |= (told["noise"] == BY_MACHINES) & np.isin(told["machines"], strange)
    if timed:
        values = columns.materials.values
        codes = [code for code in np.unique(told["materials"]).tolist() if not timed.isdisjoint(values[code])]
        is_telling |= np.isin(told["materials"], codes)
    return _lines(block, np.nonzero(is_telling & (told["high"] > 0))[0])


def passed(block: Block) -> list[Line]:
    """Restless lots that carried some and do not any more."""
    places = np.nonzero((block.told["noise"] == LOUD) & (block.told["high"] == 0))[0]
    is_touched = [bool(block.alones[place].is_touched) for place in block.places[places].tolist()]
    return _lines(block, places[np.array(is_touched, np.bool_)])


def _lines(block: Block, places: Numbers) -> list[Line]:
    lines: Sequence[Line] = block.lines
    return [lines[place] for place in block.places[places].tolist()]
