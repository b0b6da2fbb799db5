"""A suspect's way over the lines: only what it reaches is looked at, in the order of the events."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from twin.events.event import OrderKey
from twin.queries.index.book import Declined, Reading
from twin.queries.index.flow import Flow, Inflow, Meeting
from twin.queries.index.line import Key, Line, Out, Use
from twin.queries.index.seeds import Seeds
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind


class Mix:
    """One material lot went into another while it was exposed."""

    __slots__ = ("order", "source", "target")

    def __init__(self, order: OrderKey, source: str, target: str) -> None:
        self.order, self.source, self.target = order, source, target


class Spread:
    """The lots and material lots that a recall reaches."""

    def __init__(self, reading: Reading, seeds: Seeds) -> None:
        self.reading = reading
        self.seeds = seeds
        self.materials: dict[str, Instant | None] = dict(seeds.materials)
        self.mixes: list[Mix] = []
        self.flows: dict[str, Flow] = {}
        self._exposed_from: dict[str, OrderKey] = {}
        self._mounted: set[str] = set()
        self._things: dict[str, Thing] = {}
        self._waiting: list[tuple[OrderKey, int, str, int]] = []

    def run(self) -> None:
        """Follow the suspect until nothing new is reached.

        Raises:
            Declined: it reaches something that needs more than lines.
        """
        self._mix()
        for lot_id in self._users():
            self._open(lot_id)
        while self._waiting:
            _, _, lot_id, number = heapq.heappop(self._waiting)
            self._pass_on(self.flows[lot_id], number)
        for flow in self.flows.values():
            flow.finish()

    def _mix(self) -> None:
        """Which material lots are exposed, and since when: mixes in their order."""
        found: list[tuple[OrderKey, str, str]] = []
        seen, waiting = set(self.materials), list(self.materials)
        while waiting:
            source = waiting.pop()
            line = self.reading.material(source)
            for order, target in line.mixes if line else ():
                found.append((order, source, target))
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        for order, source, target in sorted(found):
            if self._carries(source, order):
                if target not in self.materials:
                    self.materials[target] = Instant(order[0])
                    self._exposed_from[target] = order
                self.mixes.append(Mix(order, source, target))

    def _carries(self, material_lot: str, order: OrderKey) -> bool:
        if material_lot not in self.materials:
            return False
        since = self.materials[material_lot]
        if since is not None and since > order[0]:
            return False
        exposed_from = self._exposed_from.get(material_lot)
        return exposed_from is None or exposed_from < order

    def _users(self) -> Iterable[str]:
        """The lots that the suspect may touch first."""
        found: dict[str, None] = {}
        for material_lot in self.materials:
            line = self.reading.material(material_lot)
            if line is None:
                continue
            if line.is_odd:
                raise Declined(f"material lot {material_lot} went into wafers or units")
            if line.is_mounted:
                self._mounted.add(material_lot)
            found.update(dict.fromkeys(line.lots))
        found.update(dict.fromkeys(self.seeds.lots))
        return found

    def _open(self, lot_id: str) -> Flow | None:
        """A lot is reached, or may be."""
        flow = self.flows.get(lot_id)
        if flow is not None:
            return flow
        line = self.reading.lot(lot_id)
        if line is None:
            return None
        seeds = self.seeds.lots.get(lot_id, ())
        materials = self.materials
        uses = [
            use
            for use in line.uses
            if use.material_lot in materials and self._carries(use.material_lot, use.order)
        ]
        flow = Flow(line)
        flow.arrivals += seeds
        flow.arrivals += [self._meeting(line, use) for use in uses]
        if seeds and uses:
            flow.arrivals.sort(key=lambda arrival: arrival.place)
        if flow.arrivals:
            self._keep(flow)
        return flow

    def _keep(self, flow: Flow) -> None:
        self.reading.check(flow.line)
        self.flows[flow.line.lot_id] = flow
        self._wait(flow, 0)

    def _wait(self, flow: Flow, number: int) -> None:
        """Come back to the lot when the next units leave it."""
        steps = flow.line.steps
        while number < len(steps):
            step = steps[number]
            if type(step) is Out:
                heapq.heappush(self._waiting, (step.order, step.number, flow.line.lot_id, number))
                return
            number += 1

    def _meeting(self, line: Line, use: Use) -> Meeting:
        if use.material_lot in self._mounted and line.has_passes:
            raise Declined(f"strips tell how {use.material_lot} reached lot {line.lot_id}")
        others = use.others
        shared = bool(others) and any(self.reading.may_be_same(each, use.material_lot) for each in others)
        return Meeting(
            use.place,
            (use.order, 0),
            Instant(use.order[0]),
            self._thing(use.material_lot),
            "CONSUMED_BY",
            use.order,
            1 if shared else None,
            use.total,
            use.loose,
        )

    def _thing(self, material_lot: str) -> Thing:
        found = self._things.get(material_lot)
        if found is None:
            found = self._things[material_lot] = Thing(ThingKind.MATERIAL_LOT, material_lot)
        return found

    def _pass_on(self, flow: Flow, number: int) -> None:
        step = flow.line.steps[number]
        flow.walk(number)
        flow.arrive(step.place)
        flow.at = number + 1
        self._wait(flow, number + 1)
        shares = flow.leave(step) if isinstance(step, Out) else None
        if shares is None or not isinstance(step, Out):
            return
        target = self._open(step.target)
        place = None if target is None else target.line.arrivals.get(step.order[3])
        if target is None or place is None:
            self._missing(step.target)
            return
        source = Thing(ThingKind.LOT, flow.line.lot_id)
        key: Key = (step.order, 0)
        arrival = Inflow(place, key, Instant(step.order[0]), source, step.relation, step.order, shares)
        self._insert(target, arrival)
        if step.target not in self.flows:
            self._keep(target)

    def _missing(self, lot_id: str) -> None:
        """Units went to a lot whose line does not know of it yet."""
        if not self.reading.stale:
            raise Declined(f"lot {lot_id} does not know what came into it")

    def _insert(self, flow: Flow, arrival: Inflow) -> None:
        """Among what arrives later; nothing that arrives earlier is missing any more."""
        at = flow.next
        while at < len(flow.arrivals) and flow.arrivals[at].place <= arrival.place:
            at += 1
        flow.arrivals.insert(at, arrival)
