"""Section 5 of semantics.md: where every unit is, and what it carries, along the walk over lots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.oracle.accounts import Part
from tests.oracle.dies import Dies, Site
from tests.oracle.runs import run_of
from tests.oracle.strips import strip_levels
from tests.oracle.walk import Walk
from twin.events.event import Event
from twin.events.lot import LotsMerged, LotSplit, LotTrackedOut, SplitChild, UnitsScrapped
from twin.events.substrate import SubstrateProcessed, UnitMark, UnitsIdentified
from twin.records.recall import RecallScope, WaferScope


@dataclass(eq=False)
class Unit:
    name: str
    lot: str | None = None
    doubt: bool = False
    may: set[str] = field(default_factory=set)
    """Lots it may have gone to."""
    carries: int = 0
    """2 definite, 1 possible, 0 nothing, its own dies aside."""
    substrate: str | None = None
    x: int | None = None
    y: int | None = None
    scrapped: bool = False
    host: str | None = None
    inner: list[Unit] = field(default_factory=list)
    part: Part | None = None


class UnitWalk(Walk):
    def __init__(self, events: list[Event], scope: RecallScope | None, as_of: int | None) -> None:
        super().__init__(events, scope, as_of)
        self.units: dict[str, Unit] = {}
        self.dies = Dies(events, scope if isinstance(scope, WaferScope) else None)
        self.strip_lot: dict[str, str] = {}
        self.wafers: set[str] = set()
        self.strip_level: dict[str, int] = {}
        self.die_lot: dict[Site, str | None] = {}
        self.marks: dict[str, tuple[str, UnitMark]] = {}
        for event in events:
            if isinstance(event.fact, UnitsIdentified) and event.fact.substrate_id is not None:
                for mark in event.fact.units:
                    self.marks.setdefault(mark.unit_id, (event.fact.substrate_id, mark))

    def listed(self, lot_id: str) -> list[Unit]:
        return [u for u in self.units.values() if u.lot == lot_id]

    def level(self, unit: Unit) -> int:
        """What it met, its own dies, and the strongest of its components."""
        own = self.dies.level_of(unit.name, unit.substrate, unit.x, unit.y)
        return max(unit.carries, own, *(self.level(inner) for inner in unit.inner), 0)

    def known_unit(self, name: str, lot_id: str, *, carries: int | None = None) -> Unit:
        """The unit, identified in the lot if it is new; a named lot settles where it is."""
        unit = self.units.get(name)
        if unit is None:
            unit = self.units[name] = Unit(name, lot_id)
            if name in self.marks:
                unit.substrate, mark = self.marks[name]
                unit.x, unit.y = mark.x, mark.y
            unit.carries = self.at_start(unit, lot_id) if carries is None else carries
        elif unit.host is None and not unit.scrapped:
            unit.lot, unit.doubt, unit.may = lot_id, False, set()
        return unit

    def at_start(self, unit: Unit, lot_id: str) -> int:
        lot = self.lot(lot_id)
        account = lot.total if unit.substrate is None else lot.plain_total
        met = min(account.high, 1) + (1 if 0 < account.n == account.low else 0)
        return max(met, self.strip_level.get(unit.substrate or "", 0))

    def meet(self, lot_id: str, level: int, *, strips: dict[str, int] | None = None) -> None:
        for unit in self.units.values():
            told = level if strips is None else strips.get(unit.substrate or "", level)
            if unit.lot == lot_id and unit.part is None:
                unit.carries = max(unit.carries, min(told, 1) if unit.doubt else told)
            elif unit.doubt and lot_id in unit.may and unit.part is None:
                unit.carries = max(unit.carries, min(told, 1))

    def apply(self, lot_id: str, low_r: int, at: int) -> None:
        n = self.lot(lot_id).loose.n
        super().apply(lot_id, low_r, at)
        if n > 0:
            self.meet(lot_id, 2 if low_r >= n else 1)

    def unseen(self, lot_id: str, event: Event) -> set[str]:
        """The strips of the run that nobody named before they passed."""
        run = run_of(event, self.runs)
        passed = {
            e.fact.substrate_id
            for e in self.events
            if isinstance(e.fact, SubstrateProcessed)
            and (e.fact.lot_id, e.fact.operation) == (lot_id, getattr(event.fact, "operation", None))
            and (run is None or e.fact.equipment_id == run.equipment)
            and run_of(e, self.runs) is run
        }
        return passed - self.strip_lot.keys() - self.wafers

    def consume(self, lot_id: str, event: Event) -> None:
        strips = {s for s, lot in self.strip_lot.items() if lot == lot_id and s not in self.wafers}
        strips |= self.unseen(lot_id, event)
        levels = strip_levels(self.events, event, self.runs, strips, self.materials)
        if levels is None:
            super().consume(lot_id, event)
            return
        found = set(levels.values())
        if found == {0}:
            return
        self.reach(lot_id, event.occurred_at)
        lot = self.lot(lot_id)
        n = lot.loose.n
        low_r = n if found == {2} else 1 if 2 in found else 0
        if n > 0:
            lot.expose(low_r, event.occurred_at, is_plain=False)
        self.meet(lot_id, 2 if found == {2} else 1, strips=levels)
        for strip, level in levels.items():
            self.strip_level[strip] = max(self.strip_level.get(strip, 0), level)

    def lose(
        self, lot_id: str, others: Iterable[Unit], event: Event, to: str | None, on: Sequence[str] = ()
    ) -> None:
        """Units left without names: these may be among them."""
        for unit in others:
            unit.doubt = True
            if to is not None and to != unit.lot:
                unit.may.add(to)
            self.findings.append(("unit.lot_unknown", f"LOT:{lot_id}", event.event_id))
        for unit in self.units.values():
            stays = bool(on) and unit.substrate is not None and unit.substrate not in on
            if unit.doubt and lot_id in unit.may and to is not None and to != unit.lot and not stays:
                unit.may.add(to)

    def _split(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, LotSplit)
        for child in fact.children:
            is_all = len(fact.children) == 1 and child.quantity >= self.lot(fact.parent_lot_id).loose.n
            self.leave(fact.parent_lot_id, child, event, is_all=is_all)
            self.move(fact.parent_lot_id, child.lot_id, child.quantity, event)

    def leave(self, parent: str, child: SplitChild, event: Event, *, is_all: bool) -> None:
        here = [u for u in self.listed(parent) if u.part is None]
        named = [self.known_unit(name, parent) for name in child.unit_ids]
        named += [u for u in here if u.substrate in child.substrate_ids and u not in named]
        gone = {u.name for u in named}
        for unit in named:
            self.known_unit(unit.name, child.lot_id)
        for strip in child.substrate_ids:
            self.strip_lot[strip] = child.lot_id
        rest = [u for u in here if u.name not in gone]
        if len(gone) < child.quantity and is_all:
            self.carry_all(parent, child.lot_id, rest)
        elif len(gone) < child.quantity:
            if child.substrate_ids:
                rest = [u for u in rest if u.substrate is None]
            self.lose(parent, rest, event, child.lot_id, child.substrate_ids)

    def carry_all(self, source: str, target: str, rest: list[Unit]) -> None:
        for unit in rest:
            unit.lot = target
        for unit in self.units.values():
            if source in unit.may:
                unit.may = (unit.may - {source}) | ({target} - {unit.lot})
        for strip, lot in self.strip_lot.items():
            if lot == source:
                self.strip_lot[strip] = target

    def _merged(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, LotsMerged)
        for parent in fact.parents:
            if parent.lot_id == fact.into_lot_id:
                continue
            rest = [u for u in self.listed(parent.lot_id) if u.part is None]
            if parent.quantity >= self.lot(parent.lot_id).loose.n:
                self.carry_all(parent.lot_id, fact.into_lot_id, rest)
            elif parent.quantity > 0:
                self.lose(parent.lot_id, rest, event, fact.into_lot_id)
            self.move(parent.lot_id, fact.into_lot_id, parent.quantity, event)

    def _scrapped(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, UnitsScrapped)
        doubtful = any(self.units[n].doubt for n in fact.unit_ids if n in self.units)
        named = [self.known_unit(name, fact.lot_id) for name in fact.unit_ids]
        super()._scrapped(event)
        for unit in named:
            unit.lot, unit.scrapped = None, True
        if len(named) < fact.quantity:
            self.lose_here(fact.lot_id, event)
        elif named and not doubtful:
            self.lot(fact.lot_id).scrapped[-1] = self.count(named)

    def _tracked_out(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, LotTrackedOut)
        super()._tracked_out(event)
        if fact.scrap > 0:
            self.lose_here(fact.lot_id, event)

    def lose_here(self, lot_id: str, event: Event) -> None:
        self.lose(lot_id, [u for u in self.listed(lot_id) if u.part is None], event, None)

    def count(self, units: Iterable[Unit]) -> tuple[int, int]:
        levels = [self.level(unit) for unit in units]
        return sum(1 for level in levels if level == 2), sum(1 for level in levels if level > 0)
