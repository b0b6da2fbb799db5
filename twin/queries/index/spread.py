"""A suspect's way over the lines: only what it reaches is looked at, in the order of the events."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Final

from twin.events.event import OrderKey
from twin.queries.index.alone import Alone, inflow, walked
from twin.queries.index.block import Block, Settled, block_of
from twin.queries.index.flow import Arrival, Flow, Shares
from twin.queries.index.line import Line, Out, Use
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
        self.settled: list[Settled] = []
        self.block: Block | None = None
        self._first: Collection[str] = ()
        self._others: set[str] = set()
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
        self._first = self._users()
        for lot_id in self._settle(self._taken_together()):
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

    def _users(self) -> dict[str, None]:
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
        self.reading.read["Lot"].update(found)
        return found

    def _taken_together(self) -> Collection[str]:
        """Take the lots that one material lot alone tells together; all others are left."""
        if len(self.materials) > 1 or self.seeds.lots:
            return self._first
        for material_lot, since in self.materials.items():
            found = block_of(self.reading, material_lot, since, self._first)
            if found is None:
                continue
            self.block, apart = found
            self.settled += apart
            if len(self._first) == self.block.users:
                return ()
            taken = {line.lot_id for line in self.block.lines}
            return [lot_id for lot_id in self._first if lot_id not in taken]
        return self._first

    def met_once(self) -> Iterator[Settled]:
        """All lots of which it was known what they come to."""
        yield from self.settled
        if self.block is not None:
            yield from self.block.every()

    def _settle(self, lots: Iterable[str]) -> list[str]:
        """Take what lots come to that are met once, and those that their units went to; the other lots."""
        book, settled, open_lots = self.reading.book, self.settled, list[str]()
        line_of, alone_of, foreign = book.lots.get, book.alone.get, book.foreign
        uncertain = self.reading.stale_lots | self.seeds.lots.keys()
        for lot_id in lots:
            line, alones = line_of(lot_id), alone_of(lot_id)
            is_open = alones is None or lot_id in uncertain or lot_id in foreign
            alone = None if alones is None or is_open else self._met_once(alones)
            if line is None or alone is None:
                open_lots.append(lot_id)
            elif not alone.outs:
                settled.append((line, alone, None))
            elif not self._settle_all((line, alone, None)):
                open_lots.append(lot_id)
        return open_lots

    def _settle_all(self, first: Settled) -> bool:
        """The same for a lot of which units went on: all of them are met once, or none is taken so."""
        group = [first]
        for source, passing, _ in group:
            for step, shares in passing.outs:
                child = self._handed(step, shares)
                if child is None:
                    return False
                group.append((*child, (source.lot_id, step, shares)))
        self.settled += group
        return True

    def _met_once(self, alones: Mapping[str, Alone]) -> Alone | None:
        """What a lot comes to by the one material lot that it surely used all of for itself."""
        if len(self.materials) == 1:
            (material_lot,) = self.materials
        else:
            met = self.materials.keys() & alones.keys()
            material_lot = met.pop() if len(met) == 1 else ""
        alone = alones.get(material_lot)
        if alone is None or not self._carries(material_lot, alone.first):
            return None
        return None if alone.others and self._may_be_same(alone.others, material_lot) else alone

    def _may_be_same(self, others: tuple[str, ...], material_lot: str) -> bool:
        """Whether one of these lots may be of the suspect's material; of which lots it is not is kept."""
        if len(self.materials) == 1 and self._others.issuperset(others):
            return False
        if any(self.reading.may_be_same(other, material_lot) for other in others):
            return True
        self._others.update(others)
        return False

    def _handed(self, step: Out, shares: Shares) -> tuple[Line, Alone] | None:
        """What a lot comes to that got units from nowhere else, and used nothing of the suspect."""
        line, book = self.reading.lot(step.target), self.reading.book
        handed = book.handed.get(step.target)
        if line is None or handed is None or step.target in book.foreign or step.target in self._first:
            return None
        if handed.event_id != step.order[3] or handed.shares != shares:
            return None
        return line, handed.alone

    def every_flow(self) -> Mapping[str, Flow]:
        """The ways of all lots, those that did not have to be walked included."""
        return self.flows | {each[0].lot_id: walk_of(each) for each in self.met_once()}

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
        self._insert(target, inflow(source, step.relation, step.order, place, shares))
        if step.target not in self.flows:
            self._keep(target)

    def _missing(self, lot_id: str) -> None:
        """Units went to a lot whose line does not know of it yet."""
        if not self.reading.stale:
            raise Declined(f"lot {lot_id} does not know what came into it")

    def _insert(self, flow: Flow, arrival: Arrival) -> None:
        """Among what arrives later; nothing that arrives earlier is missing any more."""
        at = flow.next
        while at < len(flow.arrivals) and flow.arrivals[at].place <= arrival.place:
            at += 1
        flow.arrivals.insert(at, arrival)


def walk_of(settled: Settled) -> Flow:
    """The way of a lot that is met once."""
    line, alone, given = settled
    arrivals: list[Arrival] = [*alone.uses]
    if given is not None:
        lot_id, step, shares = given
        source, place = Thing(ThingKind.LOT, lot_id), line.arrivals[step.order[3]]
        arrivals = [inflow(source, step.relation, step.order, place, shares)]
    flow = Flow(line, arrivals, ())
    walked(flow)
    return flow
