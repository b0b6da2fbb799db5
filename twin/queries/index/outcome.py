"""What one lot comes to at the end of its way: its row, and the units that carry the suspect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from twin.lineage.arithmetic import NONE
from twin.lineage.carrying import DEFINITE
from twin.queries.index.flow import Flow
from twin.queries.index.line import Line, Taken
from twin.queries.index.lots import Place, Row
from twin.vocabulary.states import Disposition

Part: TypeAlias = tuple[str | None, int, int]
"""The shipment, if any, with which packed or shipped units of a lot left, and how many are exposed."""


Units: TypeAlias = tuple[tuple[str, int, int], ...]
"""Names of units joined, how many, and what they carry."""


def row_of(flow: Flow, parts: Sequence[Part]) -> Row | None:
    """The row of a lot that carries any."""
    if not flow.is_live:
        return None
    line, low, high = flow.line, flow.low, flow.high
    counted = _all_counted(flow)
    if counted is not None:
        low, high = _narrowed(low, high, counted)
    if high == 0 or line.total == 0:
        return None
    return Row(line.lot_id, flow.since, low, high, line.total, _places(flow, counted, parts))


def units_of(flow: Flow, row: Row | None) -> tuple[Units, tuple[int, ...]]:
    """The units that carry any, and which cohorts do because the whole lot does."""
    is_whole = row is not None and 0 < row.low == row.quantity
    units: list[tuple[str, int, int]] = []
    pinned: list[int] = []
    for number, cohort in enumerate(flow.line.cohorts):
        level = flow.levels[number]
        if is_whole and cohort.is_listed and not cohort.in_doubt:
            pinned.append(number)
            level = DEFINITE
        if level and not cohort.is_scrapped:
            units.append((cohort.names, cohort.size, level))
    return tuple(units), tuple(pinned)


def _all_counted(flow: Flow) -> tuple[int, int] | None:
    """The units of a lot by what each carries, when all are known and none is in doubt."""
    total = flow.line.total
    if not flow.line.cohorts:
        return NONE if total == 0 else None
    size = low = high = 0
    for cohort, level in zip(flow.line.cohorts, flow.levels, strict=True):
        if cohort.is_listed:
            if cohort.in_doubt:
                return None
            size += cohort.size
            low += cohort.size if level == DEFINITE else 0
            high += cohort.size if level else 0
    return (low, high) if size == total else None


def _narrowed(low: int, high: int, counted: tuple[int, int]) -> tuple[int, int]:
    """The bounds of a lot of which every unit is known."""
    high = min(high, counted[1])
    return min(max(low, counted[0]), high), high


def _places(flow: Flow, counted: tuple[int, int] | None, parts: Sequence[Part]) -> tuple[Place, ...]:
    line, low, high = flow.line, flow.loose_low, flow.loose_high
    if counted is not None and not _has_parts(line):
        low, high = _narrowed(low, high, counted)
    if not parts and flow.scrapped is NONE:
        return (Place(line.disposition, low, high),) if high else ()
    found = [Place(line.disposition, low, high), Place(Disposition.SCRAPPED, *flow.scrapped)]
    for shipment, part_low, part_high in parts:
        where = Disposition.IN_STOCK if shipment is None else Disposition.SHIPPED
        found.append(Place(where, part_low, part_high))
    return _summed(found)


def _summed(places: Sequence[Place]) -> tuple[Place, ...]:
    """The places where any suspect unit may be, each once, in the order of the vocabulary."""
    found = [place for place in places if place.high > 0]
    if len(found) <= 1:
        return tuple(found)
    rows: list[Place] = []
    for where in _DISPOSITIONS:
        here = [place for place in found if place.where is where]
        if len(here) == 1:
            rows += here
        elif here:
            rows.append(Place(where, sum(place.low for place in here), sum(place.high for place in here)))
    return tuple(rows)


def _has_parts(line: Line) -> bool:
    """Whether anything of the lot was ever packed or shipped."""
    return any(type(step) is Taken for step in line.steps)


_DISPOSITIONS: Final = tuple(Disposition)
