"""What a spread over the lines means: the same exposure as over all events."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Final, TypeAlias

from twin.errors import NotFound
from twin.lineage.arithmetic import Bounds, joined
from twin.lineage.exposure import QUANTITY_UNKNOWN
from twin.lineage.impact import disposition_rows
from twin.lineage.scope import thing_of
from twin.queries.index import block_sums as sums
from twin.queries.index.block import Settled
from twin.queries.index.block_rows import Cohorts, Rows
from twin.queries.index.clues import Clues
from twin.queries.index.findings import findings_of
from twin.queries.index.further import Further
from twin.queries.index.line import Line
from twin.queries.index.lots import AffectedLots, Row
from twin.queries.index.outcome import row_of, units_of
from twin.queries.index.reading import Declined, Reading
from twin.queries.index.seeds import seeds_of
from twin.queries.index.spread import Spread, walk_of
from twin.queries.index.units import AffectedUnits
from twin.queries.index.units import Cohorts as Carrying
from twin.records.recall import (
    AffectedCustomer,
    AffectedMaterialLot,
    AffectedOrder,
    AffectedShipment,
    DispositionBound,
    Exposure,
    RecallScope,
    RecallTotals,
)
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Disposition

LOG: Final = logging.getLogger(__name__)

Reached: TypeAlias = tuple[
    tuple[AffectedOrder, ...], tuple[AffectedCustomer, ...], tuple[AffectedShipment, ...]
]

Listed: TypeAlias = tuple[str, Row, Line | None]
"""A lot of the answer by its name, with its row and its line."""

_name: Final = itemgetter(0)


def answer(reading: Reading, scope: RecallScope) -> Exposure:
    """What a scope exposes, by the lines.

    Raises:
        NotFound: nothing names what the scope names.
        Declined: only the graph can tell.
    """
    seeds = seeds_of(reading, scope)
    if seeds is None:
        raise NotFound(f"no counted event names {thing_of(scope)}")
    spread = Spread(reading, seeds)
    spread.run()
    found = _Outcome(reading, spread).exposure()
    reading.ends()
    return found


def answer_known(reading: Reading, scope: RecallScope) -> Exposure | None:
    """The same; None where only the graph can tell, or a line that was wanted is out of date.

    Raises:
        NotFound: nothing names what the scope names.
    """
    try:
        return answer(reading, scope)
    except Declined as reason:
        LOG.debug("the index declines: %s", reason)
    except NotFound:
        if not reading.stale:
            raise
    return None


class _Outcome:
    def __init__(self, reading: Reading, spread: Spread) -> None:
        self._reading, self._spread = reading, spread
        self._further = Further(reading)
        self._units: list[tuple[str, int, int]] = []
        self._pinned: dict[str, Sequence[int]] = {}
        self._passed: list[Line] = []
        self._scrapped_low = self._scrapped_high = 0

    def exposure(self) -> Exposure:
        spread, block = self._spread, self._spread.block
        told = [*self._walked(), *self._settled()]
        unitless = self._unitless()
        told += [
            (lot_id, _empty(lot_id, since), self._reading.lot(lot_id)) for lot_id, since in unitless.items()
        ]
        told.sort(key=_name)
        rows = [row for _, row, _ in told]
        lines = [line for _, _, line in told if line is not None]
        if block is not None:
            self._further.ship(sums.shipped(block))
        reached = self._reached(told)
        complete = all(self._is_known(lot_id) for lot_id in unitless)
        return Exposure(
            lots=AffectedLots(rows if block is None else Rows(rows, block)),
            units=AffectedUnits(self._units, () if block is None else Cohorts(block)),
            totals=self._totals(rows, reached),
            orders=reached[0],
            customers=reached[1],
            shipments=reached[2],
            material_lots=tuple(
                AffectedMaterialLot(material_lot, since)
                for material_lot, since in sorted(spread.materials.items())
            ),
            findings=findings_of(self._reading, spread, lines, self._passed),
            complete=complete,
            limit_hit=None if complete else QUANTITY_UNKNOWN,
            witness=Clues(spread, self._every_pinned),
        )

    def _every_pinned(self) -> Mapping[str, Sequence[int]]:
        block = self._spread.block
        return self._pinned if block is None else self._pinned | block.pinned

    def _reached(self, told: Sequence[Listed]) -> Reached:
        """Orders, customers and shipments."""
        shipments = self._further.shipments()
        served = [(line, row.low, row.high) for _, row, line in told if line is not None]
        summed: Sequence[tuple[str, int, int, bool]] = ()
        if self._spread.block is not None:
            summed, unclear = sums.ordered(self._spread.block)
            served += unclear
        orders = self._further.orders(served, summed, shipments)
        return orders, self._further.customers(orders, shipments), shipments

    def _walked(self) -> Iterator[Listed]:
        """The rows of lots whose way was walked; their parts, scrap and units are noted beside."""
        for lot_id, flow in self._spread.flows.items():
            row = row_of(flow, self._further.take(flow.parts))
            self._note(lot_id, flow.scrapped, units_of(flow, row))
            if row is not None:
                yield lot_id, row, flow.line
            elif flow.touched:
                self._passed.append(flow.line)

    def _settled(self) -> Iterator[Listed]:
        """The rows of lots of which it was known what they come to; all else is noted beside."""
        for settled in self._spread.settled:
            line, alone, _ = settled
            if alone.units or alone.scrapped.high:
                self._note(line.lot_id, alone.scrapped, (alone.units, alone.pinned))
            row = self._placed(settled) if alone.parts else alone.row
            if row is not None:
                yield line.lot_id, row, line
            elif alone.is_touched:
                self._passed.append(line)

    def _placed(self, settled: Settled) -> Row | None:
        """The row of a lot of which something was packed or shipped."""
        alone = settled[1]
        parts = self._further.take(alone.parts)
        left = [shipment for shipment, _, _ in parts]
        if None not in left:
            return alone.row
        return alone.stocked if left.count(None) == len(left) else row_of(walk_of(settled), parts)

    def _note(self, lot_id: str, scrapped: Bounds, units: tuple[Carrying, Sequence[int]]) -> None:
        self._scrapped_low += scrapped.low
        self._scrapped_high += scrapped.high
        self._units += units[0]
        if units[1]:
            self._pinned[lot_id] = units[1]

    def _is_known(self, lot_id: str) -> bool:
        line = self._reading.lot(lot_id)
        return line is not None and line.is_known

    def _unitless(self) -> dict[str, Instant]:
        found = dict(self._spread.seeds.unitless)
        for lot_id, flow in self._spread.flows.items():
            if flow.unitless is not None:
                found.setdefault(lot_id, flow.unitless)
        return found

    def _totals(self, rows: Sequence[Row], further: Reached) -> RecallTotals:
        """The sums over all reached things."""
        block = self._spread.block
        low, high, lots, definite = (0, 0, 0, 0) if block is None else sums.counts(block)
        for _, _, row_low, row_high, _, _ in rows:
            low += row_low
            high += row_high
            definite += row_low > 0
        lots += len(rows)
        orders, customers, shipments = further
        return RecallTotals(
            low=low,
            high=high,
            lots=lots,
            definite_lots=definite,
            possible_lots=lots - definite,
            orders=len(orders),
            customers=len(customers),
            shipments=len(shipments),
            by_disposition=self._by_disposition(rows),
        )

    def _by_disposition(self, rows: Sequence[Row]) -> tuple[DispositionBound, ...]:
        """The dispositions of all lots added up, with all that scrap took."""
        lows, highs = dict.fromkeys(_DISPOSITIONS, 0), dict.fromkeys(_DISPOSITIONS, 0)
        for row in rows:
            for where, low, high in row.places:
                lows[id(where)] += low
                highs[id(where)] += high
        scrapped = Bounds(self._scrapped_low, self._scrapped_high)
        block = self._spread.block
        if block is not None:
            for where, low, high in sums.dispositions(block):
                lows[id(where)] += low
                highs[id(where)] += high
            scrapped = joined(scrapped, sums.scrapped(block))
        found = {where: Bounds(lows[key], highs[key]) for key, where in _DISPOSITIONS.items()}
        found[Disposition.SCRAPPED] = scrapped
        return disposition_rows(found)


_DISPOSITIONS: Final = {id(where): where for where in Disposition}
"""By what is cheaper to look up than their names."""


def _empty(lot_id: str, since: Instant) -> Row:
    """The row of a lot of which nobody told how many units it has."""
    return Row(lot_id, since, 0, 0, 0, ())
