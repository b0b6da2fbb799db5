"""Which unit is where: lots, substrates and doubts (semantics.md section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from twin.events.event import Event
from twin.events.substrate import UnitsIdentified
from twin.folds.run import FOR_EVER
from twin.folds.step import Part


class Stay(Struct, eq=False, gc=False):
    """A unit lying loose in a lot, or possibly so, between two places in the order of events."""

    unit: str
    lot: str
    start: int
    certain: bool
    event: Event
    end: int = FOR_EVER


class Listing(Struct, eq=False, gc=False):
    """A lot listing a unit, from one event until another."""

    lot: str
    since: Event
    left: Event | None = None


class Unit(Struct, eq=False, gc=False):
    """One unit: the lot that lists it, the lots it may be in instead, and what it stands on."""

    unit_id: str
    named: Event
    lot: str | None = None
    maybe: frozenset[str] = frozenset()
    in_doubt: bool = False
    substrate: str | None = None
    x: int | None = None
    y: int | None = None
    part: Part | None = None
    is_scrapped: bool = False
    built_into: str | None = None
    was_identified: bool = False
    components: tuple[str, ...] = ()
    material_lots: tuple[str, ...] = ()
    stays: list[Stay] = []
    listings: list[Listing] = []

    @property
    def is_loose(self) -> bool:
        """Neither packed, shipped, scrapped nor built into another unit."""
        return self.part is None and not self.is_scrapped and self.built_into is None


class Whereabouts:
    """Where every named unit and every substrate is, as far as the events tell."""

    def __init__(self) -> None:
        self.units: dict[str, Unit] = {}
        self.stays: dict[str, list[Stay]] = {}
        self.listed: dict[str, dict[str, Unit]] = {}
        self.lot_of_substrate: dict[str, str] = {}
        self.told_lot_of: dict[str, str] = {}
        self.substrates_in: dict[str, dict[str, None]] = {}
        self.substrate_moves: dict[str, list[tuple[int, str]]] = {}
        self._substrates_ever_in: dict[str, dict[str, None]] = {}
        self.units_on: dict[str, dict[str, Unit]] = {}
        self._may_hold: dict[str, dict[str, Unit]] = {}

    def name(self, unit_id: str, lot_id: str | None, place: int, event: Event) -> bool:
        """A unit and a lot are named together: that settles where it is; true for a new unit."""
        unit = self.units.get(unit_id)
        if unit is None:
            unit = self.units[unit_id] = Unit(unit_id, event)
            if lot_id is not None:
                self._list(unit, lot_id, event)
                self._stay(unit, lot_id, place, event, certain=True)
            return True
        if lot_id is not None and not unit.is_scrapped and unit.built_into is None:
            self._settle(unit, lot_id, place, event)
        return False

    def name_new(self, fact: UnitsIdentified, place: int, event: Event) -> None:
        """Units that nobody named before are identified in a lot, all at once."""
        lot_id, on = fact.lot_id, fact.substrate_id
        units = {
            mark.unit_id: Unit(
                mark.unit_id,
                event,
                lot_id,
                substrate=on,
                x=None if on is None else mark.x,
                y=None if on is None else mark.y,
                was_identified=True,
                stays=[Stay(mark.unit_id, lot_id, place, certain=True, event=event)],
                listings=[Listing(lot_id, event)],
            )
            for mark in fact.units
        }
        self.stays.setdefault(lot_id, []).extend(unit.stays[0] for unit in units.values())
        self.listed.setdefault(lot_id, {}).update(units)
        self.units.update(units)
        if on is not None:
            self.units_on.setdefault(on, {}).update(units)

    def _settle(self, unit: Unit, lot_id: str, place: int, event: Event) -> None:
        if unit.lot == lot_id and not unit.in_doubt:
            return
        self._leave(unit, place, event)
        self._list(unit, lot_id, event)
        if unit.is_loose:
            self._stay(unit, lot_id, place, event, certain=True)

    def _list(self, unit: Unit, lot_id: str, event: Event) -> None:
        unit.lot = lot_id
        unit.listings.append(Listing(lot_id, event))
        self.listed.setdefault(lot_id, {})[unit.unit_id] = unit

    def _stay(self, unit: Unit, lot_id: str, place: int, event: Event, *, certain: bool) -> None:
        stay = Stay(unit.unit_id, lot_id, place, certain, event)
        unit.stays.append(stay)
        self.stays.setdefault(lot_id, []).append(stay)

    def _end_stays(self, unit: Unit, place: int, lot_id: str | None = None) -> None:
        for stay in unit.stays:
            if stay.end == FOR_EVER and (lot_id is None or stay.lot == lot_id):
                stay.end = place
        unit.stays = [stay for stay in unit.stays if stay.end == FOR_EVER]

    def _leave(self, unit: Unit, place: int, event: Event) -> None:
        self._end_stays(unit, place)
        if unit.lot is not None:
            unit.listings[-1].left = event
            self.listed[unit.lot].pop(unit.unit_id, None)
            unit.lot = None
        for lot_id in unit.maybe:
            self._may_hold[lot_id].pop(unit.unit_id, None)
        unit.maybe = frozenset()
        unit.in_doubt = False

    def stand(self, unit: Unit, substrate_id: str, x: int | None, y: int | None) -> None:
        """A unit stands on a substrate, at a site when both coordinates are told."""
        if unit.substrate is not None and unit.substrate != substrate_id:
            self.units_on[unit.substrate].pop(unit.unit_id, None)
        unit.substrate, unit.x, unit.y = substrate_id, x, y
        self.units_on.setdefault(substrate_id, {})[unit.unit_id] = unit

    def put_substrate(self, substrate_id: str, lot_id: str, place: int) -> None:
        """A substrate is told to belong to a lot from here on."""
        self.told_lot_of[substrate_id] = lot_id
        self._bring_substrate(substrate_id, lot_id, place)

    def _bring_substrate(self, substrate_id: str, lot_id: str, place: int) -> None:
        before = self.lot_of_substrate.get(substrate_id)
        if before == lot_id:
            return
        if before is not None:
            self.substrates_in[before].pop(substrate_id, None)
        self.lot_of_substrate[substrate_id] = lot_id
        self.substrates_in.setdefault(lot_id, {})[substrate_id] = None
        self._substrates_ever_in.setdefault(lot_id, {})[substrate_id] = None
        self.substrate_moves.setdefault(substrate_id, []).append((place, lot_id))

    def loose_in(self, lot_id: str) -> list[Unit]:
        """The loose units that a lot lists, in doubt or not."""
        return [unit for unit in self.listed.get(lot_id, {}).values() if unit.is_loose]

    def named_and_standing(self, lot_id: str, units: Iterable[str], substrates: Iterable[str]) -> list[str]:
        """The units that go with their names or with the substrates they stand on."""
        found = dict.fromkeys(units)
        for substrate_id in substrates:
            for unit in self.units_on.get(substrate_id, {}).values():
                if unit.is_loose and unit.lot == lot_id:
                    found[unit.unit_id] = None
        return list(found)

    def move_all(self, source: str, target: str, place: int, event: Event) -> None:
        """All loose units and all substrates of a lot go to another; a doubtful unit stays doubtful."""
        for unit in self.loose_in(source):
            self._end_stays(unit, place, source)
            self.listed[source].pop(unit.unit_id, None)
            unit.listings[-1].left = event
            self._list(unit, target, event)
            if target in unit.maybe:
                unit.maybe -= {target}
                self._may_hold[target].pop(unit.unit_id, None)
                self._end_stays(unit, place, target)
            self._stay(unit, target, place, event, certain=not unit.in_doubt)
        for unit in list(self._may_hold.get(source, {}).values()):
            self._end_stays(unit, place, source)
            unit.maybe -= {source}
            self._may_hold[source].pop(unit.unit_id, None)
            self._may_go(unit, target, place, event)
        for substrate_id in list(self.substrates_in.get(source, {})):
            self._bring_substrate(substrate_id, target, place)

    def doubt(
        self, lot_id: str, target: str | None, place: int, event: Event, but_on: Sequence[str] | None = None
    ) -> list[str]:
        """Unnamed units left a lot: each unit it lists, or may hold, may be one of them.

        With ``but_on`` (the substrates named), units on other substrates stay certain.
        """
        doubtful: list[str] = []
        for unit in [*self.loose_in(lot_id), *self._may_hold.get(lot_id, {}).values()]:
            if but_on and unit.substrate is not None and unit.substrate not in but_on:
                continue
            if unit.lot == lot_id:
                doubtful.append(unit.unit_id)
                if not unit.in_doubt:
                    unit.in_doubt = True
                    self._end_stays(unit, place)
                    self._stay(unit, lot_id, place, event, certain=False)
            if target is not None:
                self._may_go(unit, target, place, event)
        return doubtful

    def _may_go(self, unit: Unit, lot_id: str, place: int, event: Event) -> None:
        if lot_id == unit.lot or lot_id in unit.maybe:
            return
        unit.maybe |= {lot_id}
        self._may_hold.setdefault(lot_id, {})[unit.unit_id] = unit
        if unit.is_loose:
            self._stay(unit, lot_id, place, event, certain=False)

    def scrap(self, unit_id: str, place: int, event: Event) -> None:
        """A named unit was thrown away; it is in no lot from here on."""
        unit = self.units[unit_id]
        self._leave(unit, place, event)
        unit.is_scrapped = True

    def put_into_part(self, unit_id: str, part: Part, place: int) -> None:
        """A named unit lies in a container or shipment; what its lot meets reaches it no more."""
        unit = self.units[unit_id]
        unit.part = part
        self._end_stays(unit, place)

    def build_in(self, unit_id: str, host: str, place: int, event: Event) -> None:
        """A component leaves its lot's list and becomes part of another unit."""
        unit = self.units.get(unit_id)
        if unit is None:
            unit = self.units[unit_id] = Unit(unit_id, event)
        self._leave(unit, place, event)
        unit.built_into = host

    def substrates_at(self, lot_id: str, place: int) -> list[str]:
        """The substrates in a lot just before the event at a place."""
        return [
            substrate_id
            for substrate_id in self._substrates_ever_in.get(lot_id, ())
            if self.lot_of_substrate_at(substrate_id, place) == lot_id
        ]

    def lot_of_substrate_at(self, substrate_id: str, place: int) -> str | None:
        """The lot of a substrate just before the event at a place."""
        moves = self.substrate_moves.get(substrate_id, ())
        return next((lot for when, lot in reversed(moves) if when < place), None)
