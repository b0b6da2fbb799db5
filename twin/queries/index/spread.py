"""A suspect's way over the lines: only what it reaches is looked at, in the order of the events."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable
from operator import attrgetter
from typing import Final

from twin.events.event import OrderKey
from twin.queries.index.flow import Arrival, Flow, Inflow
from twin.queries.index.line import Key, Line, Out, Use
from twin.queries.index.reading import Declined, Reading
from twin.queries.index.seeds import Seeds
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind

_place: Final = attrgetter("place")


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
        self._later: list[Flow] = []
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
        for flow in self._later:
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
        uses = self._uses(line)
        shared = self._shared(line, uses) if uses else ()
        seeds = self.seeds.lots.get(lot_id)
        arrivals: list[Arrival] = sorted([*seeds, *uses], key=_place) if seeds else [*uses]
        flow = Flow(line, arrivals, shared)
        if arrivals:
            self._keep(flow)
        return flow

    def _uses(self, line: Line) -> list[Use]:
        """The uses of exposed material lots, in their order."""
        materials = self.materials
        return [
            use
            for use in line.uses
            if use.material_lot in materials and self._carries(use.material_lot, use.order)
        ]

    def _shared(self, line: Line, uses: list[Use]) -> Collection[int]:
        """The places of uses beside which the run may have used other lots of the same material."""
        shared: list[int] = []
        for use in uses:
            if line.has_passes and use.material_lot in self._mounted:
                raise Declined(f"strips tell how {use.material_lot} reached lot {line.lot_id}")
            for other in use.others:
                if self.reading.may_be_same(other, use.material_lot):
                    shared.append(use.place)
                    break
        return shared

    def _keep(self, flow: Flow) -> None:
        line = flow.line
        self.reading.check(line)
        self.flows[line.lot_id] = flow
        if not self._wait(flow, 0) and not line.parents:
            flow.finish()
        else:
            self._later.append(flow)

    def _wait(self, flow: Flow, number: int) -> bool:
        """Come back to the lot when the next units leave it; whether any do."""
        steps = flow.line.steps
        while number < len(steps):
            step = steps[number]
            if type(step) is Out:
                heapq.heappush(self._waiting, (step.order, step.number, flow.line.lot_id, number))
                return True
            number += 1
        return False

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
