"""What one question may read of the lines, and what it wanted that is out of date."""

from __future__ import annotations

from collections import defaultdict

from twin.events.event import OrderKey
from twin.queries.index.book import Book, Name
from twin.queries.index.line import BoxLine, Line, MaterialLine, OrderLine, ShipmentLine, ToolLine
from twin.queries.index.other_lines import OtherLine


class Declined(Exception):
    """The index cannot answer this; the graph can."""


class Reading:
    """One question at the book: it notes every line that it wanted and that is out of date."""

    def __init__(self, book: Book, absent: frozenset[Name]) -> None:
        self.book = book
        self.stale: set[Name] = set()
        self.read: defaultdict[str, set[str]] = defaultdict(set)
        """What the answer rests on, by label: where nothing is told of that, the answer stays."""
        self._absent = absent
        stale = (*tuple(book.dirty), *tuple(book.being_read))
        self.stale_lots = {key for label, key in stale if label == "Lot"}
        self._stale_materials = {key for label, key in stale if label == "MaterialLot"}
        self.stale_boxes = {key for label, key in stale if label == "Container"}
        self._lots = book.lots
        self._materials: dict[str, MaterialLine | None] = {}
        self._roots: dict[str, str | None] = {}
        self._ships: dict[str, tuple[tuple[OrderKey, str], ...]] = {}
        self._walking: set[str] = set()
        self._plain: set[str] = set()

    def ends(self) -> None:
        """The answer is there: what it looked through goes, however long the answer is kept."""
        self.stale_lots, self.stale_boxes, self._stale_materials = set(), set(), set()
        for each in (self._materials, self._roots, self._ships, self._plain):
            each.clear()

    def lot(self, lot_id: str) -> Line | None:
        """A lot's line."""
        line = self._lots.get(lot_id)
        self.read["Lot"].add(lot_id)
        if line is None or lot_id in self.stale_lots:
            self._want("Lot", lot_id)
        return line

    def tracked(self, label: str, key: str) -> tuple[str, ...]:
        """The lots that may have run on a machine, by an operator, with a recipe."""
        self.read[label].add(key)
        return tuple(self.book.tracked.get((label, key), ()))

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
        self.read[label].add(key)
        if line is None or self.book.is_stale((label, key)):
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

    def timed(self, material_lots: set[str]) -> set[str]:
        """Those material lots that expire or were thawed."""
        self.read["MaterialLot"].update(material_lots)
        for material_lot in self._stale_materials & material_lots:
            self._want("MaterialLot", material_lot)
        return self.book.timed & material_lots

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
        box = self._other("Container", container_id)
        if isinstance(box, BoxLine) and not box.nested:
            self._ships[container_id] = box.shipped
            return box.shipped
        if container_id in self._walking:
            raise Declined(f"container {container_id} was put into itself")
        self._walking.add(container_id)
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

    def orders_of_own(self, line: Line) -> tuple[str, ...]:
        """The order that the lot, or its only parent, was created for, where that is all; else none."""
        if not line.derived:
            return ()
        order, parent, order_id = line.derived[0]
        if parent is None:
            return () if order_id is None else (order_id,)
        source = self.lot(parent) if len(line.derived) == 1 else None
        if source is None or not source.derived:
            return ()
        own, before, order_id = source.derived[0]
        return () if before is not None or order_id is None or own >= order else (order_id,)

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
