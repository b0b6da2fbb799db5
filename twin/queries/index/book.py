"""All lines together: who used what, who is named by whom, and what a question may read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from sys import intern
from typing import Final, TypeAlias

from twin.events.event import Event
from twin.events.order import EquipmentRegistered, MaterialDefined
from twin.lineage.material import Materials
from twin.queries.index.alone import Alone, Handed, by_inflow, by_use
from twin.queries.index.cohorts import names_in
from twin.queries.index.columns import Columns
from twin.queries.index.heirs import Heirs
from twin.queries.index.line import BoxLine, Line, MaterialLine, ShipmentLine, ToolLine
from twin.queries.index.lot_lines import lot_line
from twin.queries.index.other_lines import FOLDS, OtherLine
from twin.queries.index.owners import NOWHERE, Owners
from twin.queries.index.pasts import Pasts
from twin.records.material import Use
from twin.vocabulary.things import recipe_version_key

Name: TypeAlias = tuple[str, str]
"""A thing of the graph: its label and its key."""

LABELS: Final = ("Lot", "MaterialLot", "Container", "Shipment", "Order", "Tool")
_TRACKING: Final = ("Equipment", "Operator", "RecipeVersion")
_DEFINING: Final = frozenset({"MaterialDefined", "EquipmentRegistered", "EventVoided"})
_TOOLING: Final = frozenset({"ToolMounted", "ToolUnmounted"})


@dataclass(slots=True)
class Book:
    """The lines of everything, by label and key, as of the position that the index has reached."""

    lots: dict[str, Line] = field(default_factory=dict)
    alone: dict[str, dict[str, Alone]] = field(default_factory=dict)
    """What lots come to by one material lot, of lots that need no more to be told."""
    handed: dict[str, Handed] = field(default_factory=dict)
    """The same of lots that came from one parent at once."""
    columns: Columns = field(default_factory=Columns)
    """Both once more, as numbers."""
    block_from: int = 32
    """So many lots that one material lot alone tells are taken together; fewer are quicker one by one."""
    others: dict[Name, OtherLine] = field(default_factory=dict)
    children: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The lots that units of a lot went to, of lots that have any."""
    heirs: Heirs = field(default_factory=Heirs)
    """The same, who used a material lot, and how much is told of each lot, as numbers."""
    dirty: set[Name] = field(default_factory=set)
    being_read: set[Name] = field(default_factory=set)
    """Things whose lines are about to be replaced: until then they are out of date, too."""
    foreign: set[str] = field(default_factory=set)
    """Lots that share a unit or substrate with somebody."""
    pasts: Pasts = field(default_factory=Pasts)
    machines: set[str] = field(default_factory=set)
    registered: dict[str, list[Event]] = field(default_factory=dict)
    timed: set[str] = field(default_factory=set)
    """Material lots that expire or were thawed: their uses may be out of time."""
    tooled: set[str] = field(default_factory=set)
    """Machines that some tool may ever have sat in."""
    identity: Materials = field(default_factory=Materials)
    aliases: tuple[Event, ...] = ()
    tracked: dict[Name, set[str]] = field(default_factory=dict)
    units: Owners = field(default_factory=Owners)
    substrates: Owners = field(default_factory=Owners)
    is_defined: bool = False
    """Whether aliases and registered machines are those of the newest event."""
    defining: int = 0
    """How often something was heard that defines a material or machine."""
    _lines_bytes: int = 0
    _alone_bytes: int = 0
    _others_bytes: int = 0
    _numbers: dict[str, int] = field(default_factory=dict)
    _names: list[str] = field(default_factory=list)

    def take_definitions(self, events: Iterable[Event]) -> None:
        """Learn all materials' aliases and all registered machines anew."""
        self.identity, self.machines, self.registered, self.is_defined = Materials(), set(), {}, True
        told = sorted(events, key=lambda each: each.order)
        self.aliases = tuple(event for event in told if isinstance(event.fact, MaterialDefined))
        for event in told:
            if isinstance(event.fact, MaterialDefined):
                self.identity.apply(event)
            elif isinstance(event.fact, EquipmentRegistered):
                self.machines.add(intern(event.fact.equipment_id))
                self.registered.setdefault(event.fact.equipment_id, []).append(event)

    def put(self, label: str, key: str, events: Sequence[Event]) -> None:
        """Replace a thing's line by what its counted events tell now."""
        if label == "Lot":
            self._put_lot(key, events)
            return
        line = FOLDS[label](key, events) if events else None
        self._others_bytes -= _occupied(self.others.get((label, key)))
        if label == "Container":
            self.columns.enter_box(key, line if isinstance(line, BoxLine) else None)
        if label == "MaterialLot":
            self._keep_time(key, line)
            users = line.lots if isinstance(line, MaterialLine) else ()
            self.heirs.use(key, map(self.number, users))
        if line is None:
            self.others.pop((label, key), None)
            return
        self.others[label, key] = line
        if isinstance(line, MaterialLine):
            line.rest()
        self._others_bytes += _occupied(line)
        if isinstance(line, BoxLine | ShipmentLine):
            self._mark(self.units.claim(line.units, NOWHERE))
        elif isinstance(line, ToolLine):
            self.tooled.update(line.machines)

    def _keep_time(self, material_lot_id: str, line: OtherLine | None) -> None:
        if isinstance(line, MaterialLine) and (line.expires_at is not None or line.thaws):
            self.timed.add(material_lot_id)
        else:
            self.timed.discard(material_lot_id)

    def _put_lot(self, lot_id: str, events: Sequence[Event]) -> None:
        line = lot_line(lot_id, events) if events else None
        self._forget_lot(lot_id)
        if line is None:
            return
        self.lots[lot_id] = line
        self._learn_alone(lot_id, line)
        self.heirs.take(self.number(lot_id), len(events), map(self.number, line.children))
        if line.children:
            self.children[lot_id] = line.children
        self._name_parts(lot_id, line)
        for stretch in line.stretches:
            self.track("Equipment", stretch.equipment_id, lot_id)
            for operator_id in stretch.operators:
                self.track("Operator", operator_id, lot_id)
            if stretch.recipe is not None:
                self.track("RecipeVersion", recipe_version_key(*stretch.recipe), lot_id)
        line.rest()
        self._lines_bytes += line.size_bytes

    def _forget_lot(self, lot_id: str) -> None:
        line = self.lots.pop(lot_id, None)
        self.children.pop(lot_id, None)
        if line is not None:
            self.heirs.take(self.number(lot_id), 0, ())
        self._lines_bytes -= line.size_bytes if line else 0
        alone = self.alone.pop(lot_id, {})
        if line is not None:
            self.columns.leave(self.number(lot_id), alone)
        self._alone_bytes -= _size(alone, self.handed.pop(lot_id, None))

    def _learn_alone(self, lot_id: str, line: Line) -> None:
        alone, handed = by_use(line), by_inflow(line)
        if alone:
            self.alone[lot_id] = alone
        if handed:
            self.handed[lot_id] = handed
        self.columns.enter(self.number, line, alone, handed)
        for each in (*alone.values(), *((handed.alone,) if handed else ())):
            each.rest()
        self._alone_bytes += _size(alone, handed)

    def _name_parts(self, lot_id: str, line: Line) -> None:
        """The lot names its units and substrates; what others name, too, cannot be followed lot by lot."""
        number = self.number(lot_id)
        shared = self.units.claim(names_in(line.cohorts), number)
        shared |= self.substrates.claim(line.substrates, number)
        if shared:
            self._mark({*shared, number})

    def track(self, label: str, key: str, lot_id: str) -> None:
        """A lot may have run on a machine, by an operator, with a recipe; each run is looked at later."""
        self.tracked.setdefault((label, key), set()).add(lot_id)

    def number(self, lot_id: str) -> int:
        """A lot's number for the tables of owners."""
        found = self._numbers.get(lot_id)
        if found is None:
            found = self._numbers[lot_id] = len(self._names)
            self._names.append(lot_id)
            self.columns.name_lot(found)
            self.heirs.name_lot(found)
        return found

    def numbers_of(self, lots: Iterable[str]) -> list[int]:
        """The numbers of those lots that have one."""
        return [number for lot_id in lots if (number := self._numbers.get(lot_id)) is not None]

    def holder(self, unit_id: str) -> str | None:
        """The lot that named a unit first."""
        owner = self.units.owner(unit_id)
        return None if owner is None or owner == NOWHERE else self._names[owner]

    def used(self, name: Name) -> tuple[Use, ...] | None:
        """What a lot or material lot went into; None of a stranger."""
        line = self.lots.get(name[1]) if name[0] == "Lot" else self.others.get(name)
        return line.used if isinstance(line, Line | MaterialLine) else None

    @property
    def size_bytes(self) -> int:
        """What everything occupies, roughly."""
        tables = self.units.size_bytes + self.substrates.size_bytes
        tracked = 100 * sum(len(lots) for lots in self.tracked.values())
        return (
            self._lines_bytes
            + self._alone_bytes
            + tables
            + tracked
            + self.columns.size_bytes
            + self.heirs.size_bytes
            + self._others_bytes
            + 150 * len(self._names)
        )

    def _mark(self, owners: Iterable[int]) -> None:
        for owner in owners:
            if owner != NOWHERE:
                self.foreign.add(self._names[owner])
                self.columns.foreign[owner] = 1

    def is_read_anew(self, name: Name) -> None:
        """A thing's line is about to be replaced; what is told from now on is not in it."""
        self.dirty.discard(name)
        self.being_read.add(name)
        if name[0] == "MaterialLot":
            self.pasts.is_read_anew(name[1])

    def has_read(self, names: Iterable[Name]) -> None:
        """The lines of these things were replaced."""
        self.being_read.difference_update(names)

    def is_stale(self, name: Name) -> bool:
        """Whether a thing's line may tell too little."""
        return name in self.dirty or name in self.being_read

    def stays_unread(self, names: Iterable[Name]) -> None:
        """The lines of these things could not be replaced."""
        for label, key in names:
            self.dirty.add((label, key))
            self.being_read.discard((label, key))
            if label == "MaterialLot":
                self.pasts.stays_unread(key)

    def learn(self, event_type: str, things: Iterable[Name], event_id: str) -> None:
        """A new or voided event names things: their lines are out of date, and so may be who shares what."""
        by_label: dict[str, list[str]] = {}
        for label, key in things:
            by_label.setdefault(label, []).append(key)
            if label in LABELS:
                self.dirty.add((label, key))
        self.pasts.hear(event_type, by_label.get("MaterialLot", ()), event_id)
        self._learn_machines(event_type, by_label.get("Equipment", ()))
        lots = by_label.get("Lot", [])
        for label in _TRACKING:
            for key in by_label.get(label, ()):
                for lot_id in lots:
                    self.track(label, key, lot_id)
        self._share(self.units, by_label.get("Unit", ()), lots)
        if lots:
            self._share(self.substrates, by_label.get("Substrate", ()), lots)

    def _learn_machines(self, event_type: str, machines: Iterable[str]) -> None:
        """What defines materials and machines may be out of date, or a tool came into a machine."""
        if event_type in _DEFINING:
            self.is_defined = False
            self.defining += 1
        if event_type in _TOOLING:
            self.tooled.update(machines)

    def _share(self, owners: Owners, names: Iterable[str], lots: Iterable[str]) -> None:
        """Units or substrates are named together with some lots, or with none.

        They are claimed at once: the lines of these lots may not be read before another lot claims them.
        """
        beside = {self.number(lot_id) for lot_id in lots}
        for name in names:
            owner = owners.owner(name)
            if owner is None:
                owners.claim([name], min(beside, default=NOWHERE))
            elif owner not in beside:
                self._mark([owner])


def _occupied(line: OtherLine | None) -> int:
    """What the line of anything but a lot occupies, roughly."""
    if line is None:
        return 0
    return line.size_bytes if isinstance(line, MaterialLine) else 700


def _size(alone: dict[str, Alone], handed: Handed | None) -> int:
    """What these occupy at rest, roughly."""
    found = [*alone.values(), *((handed.alone,) if handed else ())]
    size: int = sum(250 + each.packed_bytes for each in found)
    return size + (200 if alone else 0)
