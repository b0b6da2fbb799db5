"""Section 5 of semantics.md: events that name units and dies, and what units say about their lots."""

from __future__ import annotations

from typing import Self

from tests.oracle.accounts import Pair, Part
from tests.oracle.dies import Site, claims
from tests.oracle.unit_walk import Unit, UnitWalk
from twin.events.event import Event
from twin.events.quality import InspectionRecorded, MeasurementRecorded, TestResultsRecorded
from twin.events.substrate import (
    DiesTransferred,
    SubstrateProcessed,
    SubstrateRegistered,
    UnitsAssembled,
    UnitsIdentified,
)
from twin.records.recall import RecallScope


class UnitSteps(UnitWalk):
    def __init__(self, events: list[Event], scope: RecallScope | None, as_of: int | None) -> None:
        super().__init__(events, scope, as_of)
        self.named_parts: list[tuple[Part, Unit]] = []
        self.steps |= {
            SubstrateRegistered: self._registered,
            SubstrateProcessed: self._processed,
            DiesTransferred: self._transferred,
            UnitsIdentified: self._identified,
            UnitsAssembled: self._assembled,
            TestResultsRecorded: self._tested,
            InspectionRecorded: self._inspected,
            MeasurementRecorded: self._measured,
        }

    def _registered(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, SubstrateRegistered)
        if fact.kind == "WAFER":
            self.wafers.add(fact.substrate_id)
        if fact.lot_id is not None:
            self.strip_lot[fact.substrate_id] = fact.lot_id

    def _processed(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, SubstrateProcessed)
        self.strip_lot[fact.substrate_id] = fact.lot_id

    def _identified(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, UnitsIdentified)
        if fact.substrate_id is not None:
            self.strip_lot[fact.substrate_id] = fact.lot_id
        for mark in fact.units:
            self.known_unit(mark.unit_id, fact.lot_id)

    def _tested(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, TestResultsRecorded)
        for row in fact.results:
            if fact.lot_id is not None and row.unit_id is not None:
                self.known_unit(row.unit_id, fact.lot_id)

    def _inspected(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, InspectionRecorded)
        for defect in fact.defects:
            for name in defect.unit_ids:
                if fact.lot_id is not None:
                    self.known_unit(name, fact.lot_id)

    def _measured(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, MeasurementRecorded)
        if fact.lot_id is not None and fact.unit_id is not None:
            self.known_unit(fact.unit_id, fact.lot_id)

    # Dies.

    def _transferred(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, DiesTransferred)
        lot_id = fact.lot_id or self.strip_lot.get(fact.to_substrate_id)
        if fact.lot_id is not None:
            self.strip_lot[fact.to_substrate_id] = fact.lot_id
        placed = self.dies.place(event, self.exposed)
        if lot_id is None:
            self.die_lot |= dict.fromkeys(placed)
            return
        if not placed:
            return
        for unit in self.units.values():
            here = unit.lot == lot_id or (unit.doubt and lot_id in unit.may)
            if unit.substrate is None and unit.part is None and here:
                unit.carries = max(unit.carries, 1)
        self.come(lot_id, placed, event)

    def come(self, lot_id: str, dies: list[Site], event: Event) -> None:
        """Suspect dies come into a lot; those that are in it already do not count again."""
        new = {die for die in dies if self.die_lot.get(die) != lot_id}
        self.die_lot |= dict.fromkeys(dies, lot_id)
        if new:
            self.reach(lot_id, event.occurred_at)
            low_r = 1 if any(self.dies.is_sound(die) for die in new) else 0
            self.lot(lot_id).grow(low_r, len(new), event.occurred_at)

    # Assembly.

    def _assembled(self, event: Event) -> None:
        fact, at = event.fact, event.occurred_at
        assert isinstance(fact, UnitsAssembled)
        inner = [self.units[c.unit_id] for c in fact.components if c.unit_id in self.units]
        is_own = any(not self.is_outside(unit, fact.lot_id) for unit in inner)
        host = self.known_unit(fact.unit_id, fact.lot_id, carries=0 if is_own else None)
        if claims(event):
            self.come(fact.lot_id, self.dies.place(event, self.exposed), event)
        for component in fact.components:
            if component.material_lot_id is not None and self.is_suspect(component.material_lot_id, at):
                host.carries = 2
                self.grow(fact.lot_id, 2, at)
            elif component.unit_id is not None:
                self._built_in(component.unit_id, host, fact.lot_id, at)

    def _built_in(self, name: str, host: Unit, lot_id: str, at: int) -> None:
        unit = self.units.setdefault(name, Unit(name))
        level = self.level(unit)
        if level and self.is_outside(unit, lot_id):
            self.grow(lot_id, level, at)
        unit.lot, unit.host, unit.doubt, unit.may = None, host.name, False, set()
        if unit is not host and unit not in host.inner:
            host.inner.append(unit)

    def is_outside(self, unit: Unit, lot_id: str) -> bool:
        return unit.lot != lot_id or (unit.doubt and bool(unit.may - {lot_id}))

    def grow(self, lot_id: str, level: int, at: int) -> None:
        self.reach(lot_id, at)
        self.lot(lot_id).grow(1 if level == 2 else 0, 1, at)

    # Goods.

    def _put(self, event: Event, holder: tuple[str, str]) -> None:
        for content in event.fact.contents:  # type: ignore[attr-defined]
            if content.container_id is not None:
                self._put_container(content.container_id, holder)
            elif content.unit_id is None:
                self.part(content.lot_id, content.quantity, holder, event)
                if content.quantity > 0:
                    self.lose_here(content.lot_id, event)
            elif content.unit_id in self.units:
                self._put_unit(self.units[content.unit_id], holder, event)

    def _put_unit(self, unit: Unit, holder: tuple[str, str], event: Event) -> None:
        if unit.part is not None:
            unit.part.holder = holder
        elif unit.lot is not None:
            unit.part = self.part(unit.lot, 1, holder, event)
            unit.part.unit = unit.name
            if not unit.doubt:
                self.named_parts.append((unit.part, unit))

    # What units say about lots.

    def run(self) -> Self:
        """What the events leave of named parts is counted by their units."""
        super().run()
        for part, unit in self.named_parts:
            part.low, part.high = self.count([unit])
        return self

    def narrowed(self, lot_id: str) -> list[Unit] | None:
        """All units of the lot, when all are known and none is in doubt."""
        units = self.listed(lot_id)
        if len(units) != self.lot(lot_id).total.n or any(unit.doubt for unit in units):
            return None
        return units

    def loose_bounds(self, lot_id: str) -> Pair:
        loose = self.lot(lot_id).loose
        units = self.narrowed(lot_id)
        if units is None or any(part.lot == lot_id and part.unit is None for part in self.parts):
            return loose.low, loose.high
        return self.within_counts(loose.low, loose.high, [u for u in units if u.part is None])

    def total_bounds(self, lot_id: str) -> Pair:
        total = self.lot(lot_id).total
        units = self.narrowed(lot_id)
        if units is None:
            return total.low, total.high
        return self.within_counts(total.low, total.high, units)

    def within_counts(self, low: int, high: int, units: list[Unit]) -> Pair:
        sure, most = self.count(units)
        high = min(high, most)
        return min(max(low, sure), high), high

    def certain_units(self) -> dict[str, str]:
        found = {}
        for unit in self.units.values():
            level = self.level(unit)
            if unit.lot is not None and not unit.doubt:
                n = self.lot(unit.lot).total.n
                level = 2 if n and self.total_bounds(unit.lot)[0] == n else level
            if level:
                found[unit.name] = "DEFINITE" if level == 2 else "POSSIBLE"
        return found
