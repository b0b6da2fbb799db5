"""What a spread over the lines means: the same exposure as over all events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from twin.errors import NotFound
from twin.lineage.arithmetic import NONE, Bounds, joined
from twin.lineage.carrying import DEFINITE
from twin.lineage.exposure import QUANTITY_UNKNOWN, totals_of
from twin.lineage.impact import certainty, disposition_rows, narrowed
from twin.lineage.scope import thing_of
from twin.queries.index.book import Reading
from twin.queries.index.clues import Clues
from twin.queries.index.findings import findings_of
from twin.queries.index.flow import Flow
from twin.queries.index.further import Further, Part
from twin.queries.index.seeds import seeds_of
from twin.queries.index.spread import Spread
from twin.queries.index.units import AffectedUnits
from twin.records.recall import AffectedLot, AffectedMaterialLot, DispositionBound, Exposure, RecallScope
from twin.vocabulary.states import Certainty, Disposition


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
    return _Outcome(reading, spread).exposure()


class _Outcome:
    def __init__(self, reading: Reading, spread: Spread) -> None:
        self._reading, self._spread = reading, spread
        self._further = Further(reading)
        self._scrapped = NONE
        self._units: list[tuple[str, int, int]] = []
        self._pinned: dict[str, frozenset[int]] = {}

    def exposure(self) -> Exposure:
        spread = self._spread
        unitless = self._unitless()
        lots = tuple(sorted([*self._lots(), *unitless], key=lambda lot: lot.lot_id))
        shipments = self._further.shipments()
        orders = self._further.orders(lots, shipments)
        customers = self._further.customers(orders, shipments)
        complete = all(self._is_known(lot.lot_id) for lot in unitless)
        return Exposure(
            lots=lots,
            units=AffectedUnits(self._units),
            totals=totals_of(lots, self._by_disposition(lots), (orders, customers, shipments)),
            orders=orders,
            customers=customers,
            shipments=shipments,
            material_lots=tuple(
                AffectedMaterialLot(material_lot, since)
                for material_lot, since in sorted(spread.materials.items())
            ),
            findings=findings_of(self._reading, spread, lots),
            complete=complete,
            limit_hit=None if complete else QUANTITY_UNKNOWN,
            witness=Clues(spread, self._pinned),
        )

    def _is_known(self, lot_id: str) -> bool:
        line = self._reading.lot(lot_id)
        return line is not None and line.is_known

    def _unitless(self) -> list[AffectedLot]:
        found = dict(self._spread.seeds.unitless)
        for lot_id, flow in self._spread.flows.items():
            if flow.unitless is not None:
                found.setdefault(lot_id, flow.unitless)
        return [
            AffectedLot(lot_id, since, Certainty.POSSIBLE, 0, 0, 0, ()) for lot_id, since in found.items()
        ]

    def _lots(self) -> Iterable[AffectedLot]:
        for flow in self._spread.flows.values():
            self._scrapped = joined(self._scrapped, flow.scrapped)
            parts = self._further.take(flow)
            lot = self._lot(flow, parts) if flow.is_live else None
            self._take_units(flow, is_whole=lot is not None and 0 < lot.low == lot.quantity)
            if lot is not None:
                yield lot

    def _lot(self, flow: Flow, parts: Sequence[Part]) -> AffectedLot | None:
        line = flow.line
        counted = self._all_counted(flow)
        bounds = flow.total if counted is None else narrowed(flow.total, counted)
        if bounds.high == 0 or line.total == 0:
            return None
        return AffectedLot(
            line.lot_id,
            flow.since,
            certainty(bounds),
            *bounds,
            line.total,
            self._dispositions(flow, counted, parts),
        )

    def _all_counted(self, flow: Flow) -> Bounds | None:
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
        return Bounds(low, high) if size == total else None

    def _dispositions(
        self, flow: Flow, counted: Bounds | None, parts: Sequence[Part]
    ) -> tuple[DispositionBound, ...]:
        line = flow.line
        loose = flow.loose
        if counted is not None and not self._further.has_parts(line):
            loose = narrowed(loose, counted)
        if not parts and flow.scrapped.high == 0:
            if loose.high == 0:
                return ()
            return (DispositionBound(line.disposition, *loose),)
        places = [(line.disposition, loose), (Disposition.SCRAPPED, flow.scrapped)]
        for shipment, bounds in parts:
            places.append((Disposition.IN_STOCK if shipment is None else Disposition.SHIPPED, bounds))
        return _rows(places)

    def _take_units(self, flow: Flow, *, is_whole: bool) -> None:
        pinned: set[int] = set()
        for number, cohort in enumerate(flow.line.cohorts):
            level = flow.levels[number]
            if is_whole and cohort.is_listed and not cohort.in_doubt:
                pinned.add(number)
                level = DEFINITE
            if level and not cohort.is_scrapped:
                self._units.append((cohort.names, cohort.size, level))
        if pinned:
            self._pinned[flow.line.lot_id] = frozenset(pinned)

    def _by_disposition(self, lots: Iterable[AffectedLot]) -> tuple[DispositionBound, ...]:
        """The dispositions of all lots added up, with all that scrap took."""
        lows = dict.fromkeys(Disposition, 0)
        highs = dict.fromkeys(Disposition, 0)
        for lot in lots:
            for row in lot.dispositions:
                lows[row.disposition] += row.low
                highs[row.disposition] += row.high
        sums = {where: Bounds(lows[where], highs[where]) for where in Disposition if highs[where] > 0}
        sums[Disposition.SCRAPPED] = self._scrapped
        return disposition_rows(sums)


def _rows(places: Sequence[tuple[Disposition, Bounds]]) -> tuple[DispositionBound, ...]:
    """The places where any suspect unit may be, each once, in the order of the vocabulary."""
    rows: list[DispositionBound] = []
    for where in _DISPOSITIONS:
        low = high = 0
        for place, bounds in places:
            if place is where:
                low += bounds.low
                high += bounds.high
        if high > 0:
            rows.append(DispositionBound(where, low, high))
    return tuple(rows)


_DISPOSITIONS: Final = tuple(Disposition)
