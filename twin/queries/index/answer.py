"""What a spread over the lines means: the same exposure as over all events."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Final, TypeAlias

from twin.errors import NotFound
from twin.lineage.arithmetic import NONE, Bounds
from twin.lineage.carrying import DEFINITE
from twin.lineage.exposure import QUANTITY_UNKNOWN
from twin.lineage.impact import disposition_rows
from twin.lineage.scope import thing_of
from twin.queries.index.clues import Clues
from twin.queries.index.findings import findings_of
from twin.queries.index.flow import Flow
from twin.queries.index.further import Further, Part, has_parts
from twin.queries.index.lots import AffectedLots, Place, Row
from twin.queries.index.reading import Reading
from twin.queries.index.seeds import seeds_of
from twin.queries.index.spread import Spread
from twin.queries.index.units import AffectedUnits
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

Reached: TypeAlias = tuple[
    tuple[AffectedOrder, ...], tuple[AffectedCustomer, ...], tuple[AffectedShipment, ...]
]

_lot_id: Final = attrgetter("lot_id")


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
        self._units: list[tuple[str, int, int]] = []
        self._pinned: dict[str, list[int]] = {}
        self._scrapped_low = self._scrapped_high = 0

    def exposure(self) -> Exposure:
        spread = self._spread
        rows = [row for flow in spread.flows.values() if (row := self._told(flow)) is not None]
        unitless = self._unitless()
        rows += [Row(lot_id, since, 0, 0, 0, ()) for lot_id, since in unitless.items()]
        rows.sort(key=_lot_id)
        listed = [line for row in rows if (line := self._reading.lot(row.lot_id)) is not None]
        shipments = self._further.shipments()
        orders = self._further.orders(rows, listed, shipments)
        customers = self._further.customers(orders, shipments)
        complete = all(self._is_known(lot_id) for lot_id in unitless)
        return Exposure(
            lots=AffectedLots(rows),
            units=AffectedUnits(self._units),
            totals=self._totals(rows, (orders, customers, shipments)),
            orders=orders,
            customers=customers,
            shipments=shipments,
            material_lots=tuple(
                AffectedMaterialLot(material_lot, since)
                for material_lot, since in sorted(spread.materials.items())
            ),
            findings=findings_of(self._reading, spread, listed),
            complete=complete,
            limit_hit=None if complete else QUANTITY_UNKNOWN,
            witness=Clues(spread, self._pinned),
        )

    def _is_known(self, lot_id: str) -> bool:
        line = self._reading.lot(lot_id)
        return line is not None and line.is_known

    def _unitless(self) -> dict[str, Instant]:
        found = dict(self._spread.seeds.unitless)
        for lot_id, flow in self._spread.flows.items():
            if flow.unitless is not None:
                found.setdefault(lot_id, flow.unitless)
        return found

    def _told(self, flow: Flow) -> Row | None:
        """The row of a lot that carries any; its parts, scrap and units are noted beside."""
        self._scrapped_low += flow.scrapped.low
        self._scrapped_high += flow.scrapped.high
        parts = self._further.take(flow) if flow.parts else ()
        row = self._row(flow, parts) if flow.is_live else None
        if flow.line.cohorts:
            self._take_units(flow, is_whole=row is not None and 0 < row.low == row.quantity)
        return row

    def _row(self, flow: Flow, parts: Sequence[Part]) -> Row | None:
        line, low, high = flow.line, flow.low, flow.high
        counted = _all_counted(flow)
        if counted is not None:
            low, high = _narrowed(low, high, counted)
        if high == 0 or line.total == 0:
            return None
        return Row(line.lot_id, flow.since, low, high, line.total, _places(flow, counted, parts))

    def _take_units(self, flow: Flow, *, is_whole: bool) -> None:
        pinned: list[int] = []
        for number, cohort in enumerate(flow.line.cohorts):
            level = flow.levels[number]
            if is_whole and cohort.is_listed and not cohort.in_doubt:
                pinned.append(number)
                level = DEFINITE
            if level and not cohort.is_scrapped:
                self._units.append((cohort.names, cohort.size, level))
        if pinned:
            self._pinned[flow.line.lot_id] = pinned

    def _totals(self, rows: Sequence[Row], further: Reached) -> RecallTotals:
        """The sums over all reached things."""
        definite = low = high = 0
        for row in rows:
            low += row.low
            high += row.high
            definite += row.low > 0
        orders, customers, shipments = further
        return RecallTotals(
            low=low,
            high=high,
            lots=len(rows),
            definite_lots=definite,
            possible_lots=len(rows) - definite,
            orders=len(orders),
            customers=len(customers),
            shipments=len(shipments),
            by_disposition=self._by_disposition(rows),
        )

    def _by_disposition(self, rows: Sequence[Row]) -> tuple[DispositionBound, ...]:
        """The dispositions of all lots added up, with all that scrap took."""
        lows, highs = dict.fromkeys(_NAMES, 0), dict.fromkeys(_NAMES, 0)
        for row in rows:
            for where, low, high in row.places:
                name = where.value
                lows[name] += low
                highs[name] += high
        sums = {where: Bounds(lows[where.value], highs[where.value]) for where in Disposition}
        sums[Disposition.SCRAPPED] = Bounds(self._scrapped_low, self._scrapped_high)
        return disposition_rows(sums)


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
    if counted is not None and not has_parts(line):
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


_DISPOSITIONS: Final = tuple(Disposition)
_NAMES: Final = tuple(where.value for where in Disposition)
