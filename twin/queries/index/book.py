"""All lines together: who used what, who is named by whom, and what a question may read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from sys import intern
from typing import Final, TypeAlias

from twin.events.event import Event, OrderKey
from twin.events.order import EquipmentRegistered, MaterialDefined
from twin.lineage.material import Materials
from twin.queries.index.cohorts import names_in
from twin.queries.index.line import BoxLine, Line, MaterialLine, OrderLine, ShipmentLine, ToolLine
from twin.queries.index.lot_lines import lot_line
from twin.queries.index.other_lines import FOLDS, OtherLine
from twin.queries.index.owners import NOWHERE, Owners
from twin.queries.index.pasts import Pasts
from twin.vocabulary.things import recipe_version_key

Name: TypeAlias = tuple[str, str]
"""A thing of the graph: its label and its key."""

LABELS: Final = ("Lot", "MaterialLot", "Container", "Shipment", "Order", "Tool")
_TRACKING: Final = ("Equipment", "Operator", "RecipeVersion")
_DEFINING: Final = frozenset({"MaterialDefined", "EquipmentRegistered", "EventVoided"})


class Declined(Exception):
    """The index cannot answer this; the graph can."""


@dataclass(slots=True)
class Book:
    """The lines of everything, by label and key, as of the position that the index has reached."""

    lots: dict[str, Line] = field(default_factory=dict)
    others: dict[Name, OtherLine] = field(default_factory=dict)
    dirty: set[Name] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)
    """Lots that share a unit or substrate with somebody."""
    pasts: Pasts = field(default_factory=Pasts)
    machines: set[str] = field(default_factory=set)
    identity: Materials = field(default_factory=Materials)
    aliases: tuple[Event, ...] = ()
    tracked: dict[Name, set[str]] = field(default_factory=dict)
    units: Owners = field(default_factory=Owners)
    substrates: Owners = field(default_factory=Owners)
    is_defined: bool = False
    """Whether aliases and registered machines are those of the newest event."""
    _lines_bytes: int = 0
    _numbers: dict[str, int] = field(default_factory=dict)
    _names: list[str] = field(default_factory=list)

    def take_definitions(self, events: Iterable[Event]) -> None:
        """Learn all materials' aliases and all registered machines anew."""
        self.identity, self.machines, self.is_defined = Materials(), set(), True
        told = sorted(events, key=lambda each: each.order)
        self.aliases = tuple(event for event in told if isinstance(event.fact, MaterialDefined))
        for event in told:
            if isinstance(event.fact, MaterialDefined):
                self.identity.apply(event)
            elif isinstance(event.fact, EquipmentRegistered):
                self.machines.add(intern(event.fact.equipment_id))

    def put(self, label: str, key: str, events: Sequence[Event]) -> None:
        """Replace a thing's line by what its counted events tell now."""
        if label == "Lot":
            self._put_lot(key, events)
            return
        if not events:
            self.others.pop((label, key), None)
            return
        line = self.others[label, key] = FOLDS[label](key, events)
        if isinstance(line, BoxLine | ShipmentLine):
            self._mark(self.units.claim(line.units, NOWHERE))

    def _put_lot(self, lot_id: str, events: Sequence[Event]) -> None:
        if not events:
            self.lots.pop(lot_id, None)
            return
        before = self.lots.get(lot_id)
        line = self.lots[lot_id] = lot_line(lot_id, events)
        self._lines_bytes += line.size_bytes - (before.size_bytes if before else 0)
        number = self.number(lot_id)
        shared = self.units.claim(names_in(line.cohorts), number)
        shared |= self.substrates.claim(line.substrates, number)
        if shared:
            self._mark(shared)
            self.foreign.add(lot_id)
        for stretch in line.stretches:
            self.track("Equipment", stretch.equipment_id, lot_id)
            for operator_id in stretch.operators:
                self.track("Operator", operator_id, lot_id)
            if stretch.recipe is not None:
                self.track("RecipeVersion", recipe_version_key(*stretch.recipe), lot_id)

    def track(self, label: str, key: str, lot_id: str) -> None:
        """A lot may have run on a machine, by an operator, with a recipe; each run is looked at later."""
        self.tracked.setdefault((label, key), set()).add(lot_id)

    def number(self, lot_id: str) -> int:
        """A lot's number for the tables of owners."""
        found = self._numbers.get(lot_id)
        if found is None:
            found = self._numbers[lot_id] = len(self._names)
            self._names.append(lot_id)
        return found

    @property
    def size_bytes(self) -> int:
        """What everything occupies, roughly."""
        tables = self.units.size_bytes + self.substrates.size_bytes
        tracked = 100 * sum(len(lots) for lots in self.tracked.values())
        return self._lines_bytes + tables + tracked + 700 * len(self.others) + 150 * len(self._names)

    def _mark(self, owners: Iterable[int]) -> None:
        self.foreign.update(self._names[owner] for owner in owners if owner != NOWHERE)

    def is_read_anew(self, name: Name) -> None:
        """A thing's line is about to be replaced; what is told from now on is not in it."""
        self.dirty.discard(name)
        if name[0] == "MaterialLot":
            self.pasts.is_read_anew(name[1])

    def stays_unread(self, names: Iterable[Name]) -> None:
        """The lines of these things could not be replaced."""
        for label, key in names:
            self.dirty.add((label, key))
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
        self.is_defined = self.is_defined and event_type not in _DEFINING
        lots = by_label.get("Lot", [])
        for label in _TRACKING:
            for key in by_label.get(label, ()):
                for lot_id in lots:
                    self.track(label, key, lot_id)
        self._share(self.units, by_label.get("Unit", ()), lots)
        if lots:
            self._share(self.substrates, by_label.get("Substrate", ()), lots)

    def _share(self, owners: Owners, names: Iterable[str], lots: Iterable[str]) -> None:
        """Units or substrates are named together with some lots, or with none."""
        beside = {self.number(lot_id) for lot_id in lots}
        for name in names:
            owner = owners.owner(name)
            if owner is None and not beside:
                owners.claim([name], NOWHERE)
            elif owner is not None and owner not in beside:
                self._mark([owner])


class Reading:
    """One question at the book: it notes every line that it wanted and that is out of date."""

    def __init__(self, book: Book, absent: frozenset[Name]) -> None:
        self.book = book
        self.stale: set[Name] = set()
        self._absent = absent
        self._lots, self._dirty = book.lots, {key for label, key in tuple(book.dirty) if label == "Lot"}
        self._materials: dict[str, MaterialLine | None] = {}
        self._roots: dict[str, str | None] = {}
        self._ships: dict[str, tuple[tuple[OrderKey, str], ...]] = {}
        self._walking: set[str] = set()
        self._plain: set[str] = set()

    def lot(self, lot_id: str) -> Line | None:
        """A lot's line."""
        line = self._lots.get(lot_id)
        if line is None or lot_id in self._dirty:
            self._want("Lot", lot_id)
        return line

    def material(self, material_lot_id: str) -> MaterialLine | None:
        """A material lot's line."""
        if material_lot_id in self._materials:
            return self._materials[material_lot_id]
        line = self._other("MaterialLot", material_lot_id)
        found = self._materials[material_lot_id] = line if isinstance(line, MaterialLine) else None
        return found

    def shipment(self, shipment_id: str) -> ShipmentLine | None:
        """A shipment's line."""
        line = self._other("Shipment", shipment_id)
        return line if isinstance(line, ShipmentLine) else None

    def tool(self, tool_id: str) -> ToolLine | None:
        """A tool's line."""
        line = self._other("Tool", tool_id)
        return line if isinstance(line, ToolLine) else None

    def customer_of(self, order_id: str) -> str | None:
        """Whose an order is."""
        line = self._other("Order", order_id)
        return line.customer_id if isinstance(line, OrderLine) else None

    def _other(self, label: str, key: str) -> OtherLine | None:
        line = self.book.others.get((label, key))
        if line is None or (label, key) in self.book.dirty:
            self._want(label, key)
        return line

    def _want(self, label: str, key: str) -> None:
        if (label, key) not in self._absent:
            self.stale.add((label, key))

    def check(self, line: Line) -> None:
        """Whether a lot and all it came from can be followed by their own events.

        Raises:
            Declined: one of them cannot.
        """
        if not (line.parents or line.is_odd or line.lot_id in self.book.foreign):
            return
        waiting = [line]
        while waiting:
            each = waiting.pop()
            if each.lot_id in self._plain:
                continue
            if each.is_odd or each.lot_id in self.book.foreign:
                raise Declined(f"lot {each.lot_id} shares units or substrates")
            self._plain.add(each.lot_id)
            for parent in each.parents:
                found = self.lot(parent)
                if found is not None:
                    waiting.append(found)

    def root(self, material_lot_id: str) -> str | None:
        """The material of a lot under its one name, or None when nobody told."""
        if material_lot_id not in self._roots:
            line = self.material(material_lot_id)
            material = None if line is None else line.told or line.guessed
            self._roots[material_lot_id] = None if material is None else self.book.identity.root(material)
        return self._roots[material_lot_id]

    def may_be_same(self, one: str, other: str) -> bool:
        """Whether two lots are, or for all that is known may be, of one material."""
        first, second = self.root(one), self.root(other)
        return first is None or second is None or first == second

    def shipment_after(self, container_id: str, order: OrderKey) -> str | None:
        """The first shipment with which something put into a container left, alone or inside another one."""
        for when, name in self._leavings(container_id):
            if when > order:
                return name
        return None

    def _leavings(self, container_id: str) -> tuple[tuple[OrderKey, str], ...]:
        known = self._ships.get(container_id)
        if known is not None:
            return known
        if container_id in self._walking:
            raise Declined(f"container {container_id} was put into itself")
        self._walking.add(container_id)
        box = self._other("Container", container_id)
        found: list[tuple[OrderKey, str]] = []
        if isinstance(box, BoxLine):
            found += box.shipped
            for place, (since, outer) in enumerate(box.nested):
                until = box.nested[place + 1][0] if place + 1 < len(box.nested) else None
                found += [
                    each
                    for each in self._leavings(outer)
                    if each[0] > since and (until is None or each[0] < until)
                ]
        self._walking.discard(container_id)
        self._ships[container_id] = told = tuple(sorted(found))
        return told

    def orders_of(self, line: Line, until: OrderKey | None = None, depth: int = 0) -> set[str]:
        """The orders that a lot serves, just before an event or at last.

        Raises:
            Declined: the lots come from each other too deep.
        """
        if depth > 200:
            raise Declined("orders are inherited through too many lots")
        for own, parent, order_id in line.derived:
            if parent is None and order_id is not None:
                return {order_id} if until is None or own < until else set()
        orders: set[str] = set()
        for order, parent, _ in line.derived:
            if until is not None and order >= until:
                break
            source = None if parent is None else self.lot(parent)
            if source is not None:
                orders |= self.orders_of(source, order, depth + 1)
        return orders
