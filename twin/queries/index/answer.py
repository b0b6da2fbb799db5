"""What a spread over the lines means: the same exposure as over all events."""

from __future__ import annotations

from collections.abc import Iterable

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
from twin.queries.index.further import Further
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
            counted = self._all_counted(flow)
            lot = self._lot(flow, counted) if flow.is_live else None
            self._take_units(flow, is_whole=lot is not None and 0 < lot.low == lot.quantity)
            self._further.take(flow)
            if lot is not None:
                yield lot

    def _lot(self, flow: Flow, counted: Bounds | None) -> AffectedLot | None:
        line = flow.line
        bounds = flow.total if counted is None else narrowed(flow.total, counted)
        if bounds.high == 0 or line.total == 0:
            return None
        return AffectedLot(
            line.lot_id,
            flow.since,
            certainty(bounds),
            *bounds,
            line.total,
            self._dispositions(flow, counted),
        )

    def _all_counted(self, flow: Flow) -> Bounds | None:
        """The units of a lot by what each carries, when all are known and none is in doubt."""
        cohorts = flow.line.cohorts
        if not cohorts:
            return NONE if flow.line.total == 0 else None
        listed = tuple((n, each.size) for n, each in enumerate(cohorts) if each.is_listed)
        if sum(size for _, size in listed) != flow.line.total:
            return None
        if any(cohorts[number].in_doubt for number, _ in listed):
            return None
        return flow.counted(listed)

    def _dispositions(self, flow: Flow, counted: Bounds | None) -> tuple[DispositionBound, ...]:
        line = flow.line
        packed = self._further.packed(flow)
        loose = flow.loose
        if counted is not None and not self._further.has_parts(line):
            loose = narrowed(loose, counted)
        if not packed and flow.scrapped.high == 0:
            if loose.high == 0:
                return ()
            return (DispositionBound(line.disposition, *loose),)
        sums = {line.disposition: loose}
        for where, bounds in packed:
            sums[where] = joined(sums.get(where, NONE), bounds)
        if flow.scrapped.high > 0:
            sums[Disposition.SCRAPPED] = joined(sums.get(Disposition.SCRAPPED, NONE), flow.scrapped)
        return disposition_rows(sums)

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
