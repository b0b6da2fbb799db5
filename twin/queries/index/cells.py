"""How a lot that needs no walk is told by one row of numbers."""

from __future__ import annotations

from typing import Final, NamedTuple

from twin.queries.index.alone import Alone, Handed
from twin.queries.index.flow import Shares
from twin.queries.index.line import Line
from twin.queries.index.lots import Row
from twin.vocabulary.states import Disposition

NONE: Final = -1
_MOST: Final = 2**31 - 1
NUMBER_OF: Final = {where: number for number, where in enumerate(Disposition)}

CALM, BY_MACHINES, LOUD = range(3)
"""Whether a lot raises findings: none, only when a machine of it is a stranger, perhaps."""


class Cells(NamedTuple):
    """One row: a lot by the material lot or the parent that alone gives it what it carries.

    ``first_at``: when that is; ``where`` its loose units are; ``is_heir``: its order is its parent's, if
    that ``makes_heirs``. ``out_*``: to which lot units went on, ``in_*``: how they came; ``part_*``: what
    was packed or shipped. ``since``: from when on it carried some, ``quantity``: its units in all.
    """

    lot: int
    first_at: int
    low: int
    high: int
    where: int
    loose_low: int
    loose_high: int
    scrapped_low: int
    scrapped_high: int
    order: int
    is_heir: bool
    makes_heirs: bool
    noise: int
    machines: int
    materials: int
    others: int
    out_lot: int
    out_event: int
    out_whole: int
    in_event: int
    in_whole: int
    part_box: int
    part_at: int
    part_low: int
    part_high: int
    since: int
    quantity: int


SIZES: Final = "iqiibiiiiibbbiiiiqiqiiqiiqi"
"""The sizes of the numbers of a row, as arrays name them."""


class Common(NamedTuple):
    """What all rows of one lot tell alike."""

    line: Line
    lot: int
    where: int
    order: int
    noise: int
    machines: int
    materials: int


def is_plain(line: Line, alone: Alone, handed: Handed | None) -> bool:
    """Whether one row tells it: it passed on once at most, packed once at most, and serves a clear order."""
    if len(alone.outs) > 1 or len(alone.parts) > 1 or line.total > _MOST or alone.scrapped[1] > _MOST:
        return False
    for taken, _, high in alone.parts:
        if high > _MOST or (taken.container is None and not taken.shipment):
            return False
    if alone.row is not None:
        if alone.row.high > _MOST:
            return False
        for place in alone.row.places:
            if place.high > _MOST:
                return False
    return handed is None or len(line.derived) == 1 or line.derived[0].order_id is not None


def whole(shares: Shares | None) -> int:
    """How many units went on, when all of them surely carry some; else none."""
    if shares is None:
        return NONE
    low, high = shares[0]
    return low if low == high <= _MOST and shares[0] == shares[1] == shares[2] else NONE


def noise(line: Line) -> int:
    """Whether a lot raises findings."""
    if not line.is_calm:
        return LOUD
    if not line.oddities:
        return CALM
    return BY_MACHINES if line.is_smooth else LOUD


def loose(line: Line, alone: Alone) -> tuple[int, int]:
    """What lies loose in the lot, without what was packed or shipped."""
    row: Row | None = alone.row
    here = [place for place in row.places if place.where is line.disposition] if row else []
    if not here:
        return 0, 0
    low, high = here[0].low, here[0].high
    if line.disposition is Disposition.SHIPPED:
        low -= sum(part_low for _, part_low, _ in alone.parts)
        high -= sum(part_high for _, _, part_high in alone.parts)
    return low, high
