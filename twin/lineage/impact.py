"""The exposed lots and units as an answer lists them (semantics.md sections 4 and 5)."""

from __future__ import annotations

from collections.abc import Iterable

from twin.events.lot import LotCancelled, LotCompleted
from twin.folds.step import Part
from twin.folds.whereabouts import Unit
from twin.lineage.arithmetic import NONE, Bounds, joined
from twin.lineage.carrying import DEFINITE, Carrying, Load
from twin.lineage.evidence import Link
from twin.lineage.plant import Plant
from twin.records.recall import AffectedLot, AffectedUnit, DispositionBound
from twin.vocabulary.states import Certainty, Disposition
from twin.vocabulary.things import Thing, ThingKind


class Impact:
    """What a finished sweep means for lots, parts and units."""

    def __init__(self, plant: Plant, carrying: Carrying) -> None:
        self.plant = plant
        self.carrying = carrying
        self.parts = self._exposed_parts()
        self.lots = tuple(sorted(self._lots(), key=lambda lot: lot.lot_id))
        self.units = tuple(sorted(self._units(), key=lambda unit: unit.unit_id))

    def by_disposition(self) -> tuple[DispositionBound, ...]:
        """The dispositions of all lots added up, with all that scrap took."""
        sums: dict[Disposition, Bounds] = {}
        for lot in self.lots:
            for row in lot.dispositions:
                if row.disposition is not Disposition.SCRAPPED:
                    _add(sums, row.disposition, Bounds(row.low, row.high))
        for bounds in self.carrying.scraps.values():
            _add(sums, Disposition.SCRAPPED, bounds)
        return disposition_rows(sums)

    def _exposed_parts(self) -> dict[Part, Bounds]:
        """The parts that took a share of an account, and those that hold exposed units."""
        units = self.plant.ledger.units.units
        held = (units[unit_id].part for unit_id in self.carrying.units)
        parts = dict.fromkeys([*self.carrying.parts, *(part for part in held if part is not None)])
        return {part: self._of_part(part) for part in parts}

    def _of_part(self, part: Part) -> Bounds:
        """A part that names its units counts them; any other keeps what the account gave it."""
        if part.counted:
            return self.carrying.counted(part.units)
        return self.carrying.parts.get(part, NONE)

    def _lots(self) -> Iterable[AffectedLot]:
        for lot_id, load in self.carrying.lots.items():
            lot = self._lot(lot_id, load)
            if lot is not None:
                yield lot
        for lot_id, since in self.carrying.unitless.items():
            parts = self._dispositions(lot_id, Load(since), None)
            yield AffectedLot(lot_id, since, Certainty.POSSIBLE, 0, 0, 0, parts)

    def _lot(self, lot_id: str, load: Load) -> AffectedLot | None:
        total = self.plant.ledger.accounts.lots[lot_id].total
        units = self._all_units(lot_id)
        bounds = load.total if units is None else narrowed(load.total, self._counted(units))
        if bounds.high == 0 or total == 0:
            return None
        return AffectedLot(
            lot_id, load.since, certainty(bounds), *bounds, total, self._dispositions(lot_id, load, units)
        )

    def _all_units(self, lot_id: str) -> list[Unit] | None:
        """The units of a lot when all are known and none is in doubt."""
        listed = list(self.plant.ledger.units.listed.get(lot_id, {}).values())
        total = self.plant.ledger.accounts.lots[lot_id].total
        if len(listed) != total or any(unit.in_doubt for unit in listed):
            return None
        return listed

    def _counted(self, units: Iterable[Unit]) -> Bounds:
        return self.carrying.counted(unit.unit_id for unit in units)

    def _dispositions(
        self, lot_id: str, load: Load, units: list[Unit] | None
    ) -> tuple[DispositionBound, ...]:
        sums: dict[Disposition, Bounds] = {}
        parts = self.plant.ledger.packing.parts_of.get(lot_id, ())
        loose = load.loose
        if units is not None and all(part.counted for part in parts):
            loose = narrowed(loose, self._counted(unit for unit in units if unit.part is None))
        _add(sums, loose_disposition(self.plant, lot_id), loose)
        for part in parts:
            where = Disposition.SHIPPED if part.shipment is not None else Disposition.IN_STOCK
            _add(sums, where, self.parts.get(part, NONE))
        if lot_id in self.carrying.scraps:
            _add(sums, Disposition.SCRAPPED, self.carrying.scraps[lot_id])
        return disposition_rows(sums)

    def _units(self) -> Iterable[AffectedUnit]:
        """Units that carry the suspect themselves, or lie in a lot of which every unit does."""
        whole = {lot.lot_id for lot in self.lots if 0 < lot.low == lot.quantity}
        for lot_id in whole:
            self._pin_all(lot_id)
        for unit_id, level in self.carrying.units.items():
            unit = self.plant.ledger.units.units[unit_id]
            if not unit.is_scrapped and unit.built_into is None:
                sure = Certainty.DEFINITE if level == DEFINITE else Certainty.POSSIBLE
                yield AffectedUnit(unit_id, sure)

    def _pin_all(self, lot_id: str) -> None:
        source, place = Thing(ThingKind.LOT, lot_id), len(self.plant.events)
        for unit in self.plant.ledger.units.listed.get(lot_id, {}).values():
            if not unit.in_doubt:
                target = Thing(ThingKind.UNIT, unit.unit_id)
                link = Link(source, target, "HOLDS", unit.named, place)
                self.carrying.raise_unit(unit.unit_id, DEFINITE, link)


def certainty(bounds: Bounds) -> Certainty:
    """Definite when at least one unit carries the suspect for sure."""
    return Certainty.DEFINITE if bounds.low >= 1 else Certainty.POSSIBLE


def loose_disposition(plant: Plant, lot_id: str) -> Disposition:
    """Where the loose units of a lot are: in process, in stock once completed, or cancelled."""
    ending = plant.endings.get(lot_id)
    if ending is None:
        return Disposition.IN_PROCESS
    match ending.fact:
        case LotCompleted():
            return Disposition.IN_STOCK
        case LotCancelled():
            return Disposition.CANCELLED
        case _:
            return Disposition.IN_PROCESS


def narrowed(bounds: Bounds, counted: Bounds) -> Bounds:
    """The bounds of a lot of which every unit is known."""
    high = min(bounds.high, counted.high)
    return Bounds(min(max(bounds.low, counted.low), high), high)


def _add(sums: dict[Disposition, Bounds], where: Disposition, bounds: Bounds) -> None:
    sums[where] = joined(sums.get(where, NONE), bounds)


def disposition_rows(sums: dict[Disposition, Bounds]) -> tuple[DispositionBound, ...]:
    """The places where any suspect unit may be, in the order of the vocabulary."""
    return tuple(
        DispositionBound(where, *sums[where])
        for where in Disposition
        if where in sums and sums[where].high > 0
    )
