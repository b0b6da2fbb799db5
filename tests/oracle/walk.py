"""Sections 2 and 4 of semantics.md: every lot's quantities and bounds, event by event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from tests.oracle.accounts import Lot, Pair, Part
from tests.oracle.materials import Materials
from tests.oracle.runs import Runs, run_of, runs_of
from tests.oracle.seeds import Act, run_acts
from tests.oracle.timeline import mentions
from twin.events.event import Event
from twin.events.lot import (
    LotCancelled,
    LotCompleted,
    LotCreated,
    LotsMerged,
    LotSplit,
    LotTrackedOut,
    UnitsScrapped,
)
from twin.events.material import MaterialConsumed, MaterialMixed
from twin.events.packing import Packed, Shipped
from twin.records.recall import LotScope, MaterialLotScope, RecallScope

ALWAYS = -(2**62)


class Walk:
    """One answer being worked out: fold all counted events once, from first to last."""

    def __init__(self, events: list[Event], scope: RecallScope | None, as_of: int | None) -> None:
        self.events, self.scope, self.as_of = events, scope, as_of
        self.lots: dict[str, Lot] = {}
        self.parts: list[Part] = []
        self.inside: dict[str, str] = {}
        self.findings: list[tuple[str, str, str]] = []
        """(code, KIND:key, event id)"""
        self.runs: Runs = runs_of(events)
        self.materials = Materials(events)
        self.acts: list[Act] = [] if scope is None else run_acts(scope, events, self.runs, as_of)
        self.exposed: dict[str, int] = {}
        if isinstance(scope, MaterialLotScope):
            self.exposed[scope.material_lot_id] = ALWAYS if scope.start is None else scope.start
        self.named_orders = self._named_orders()
        self.seeded = False
        self.steps: dict[type, Callable[[Event], None]] = {
            LotCreated: self._created,
            LotSplit: self._split,
            LotsMerged: self._merged,
            UnitsScrapped: self._scrapped,
            LotTrackedOut: self._tracked_out,
            Packed: self._packed,
            Shipped: self._shipped,
            MaterialConsumed: self._consumed,
            MaterialMixed: self._mixed,
            LotCompleted: self._staged,
            LotCancelled: self._staged,
        }

    def lot(self, lot_id: str) -> Lot:
        return self.lots.setdefault(lot_id, Lot())

    def run(self) -> Self:
        """Between two instants the acts that wait for the earlier one are done."""
        self._know()
        waiting = sorted((a for a in self.acts if a.after is not None), key=lambda a: a.after or 0)
        if isinstance(self.scope, LotScope) and self.scope.start is not None:
            waiting.append(Act(self.scope.lot_id, every=True, after=self.scope.start))
            waiting.sort(key=lambda a: a.after or 0)
        for event in self.events:
            while waiting and (waiting[0].after or 0) < event.occurred_at:
                self._after(waiting.pop(0))
            for act in self.acts:
                if act.before == event.event_id:
                    self.seed(act.lot, event.occurred_at, every=act.every)
            self._event(event)
        for act in waiting:
            if self.as_of is None or (act.after or 0) <= self.as_of:
                self._after(act)
        return self

    def _after(self, act: Act) -> None:
        assert act.after is not None
        self.seed(act.lot, act.after, every=act.every)

    def _event(self, event: Event) -> None:
        step = self.steps.get(type(event.fact))
        if step is not None:
            step(event)
        scope = self.scope
        if isinstance(scope, LotScope) and scope.start is None and not self.seeded:
            lot = self.lot(scope.lot_id)
            if lot.total.n > 0:
                self.seeded = True
                self.seed(scope.lot_id, event.occurred_at, every=True)

    def _know(self) -> None:
        for event in self.events:
            for name in mentions(event, "LOT"):
                self.lot(name)
            fact = event.fact
            if isinstance(fact, LotCreated):
                self.lot(fact.lot_id).known = True
            elif isinstance(fact, LotSplit):
                for child in fact.children:
                    self.lot(child.lot_id).known = True
            elif isinstance(fact, LotsMerged) and any(p.lot_id != fact.into_lot_id for p in fact.parents):
                self.lot(fact.into_lot_id).known = True

    def _named_orders(self) -> dict[str, str]:
        named: dict[str, str] = {}
        seen: set[str] = set()
        for event in self.events:
            if isinstance(event.fact, LotCreated) and event.fact.lot_id not in seen:
                seen.add(event.fact.lot_id)
                if event.fact.order_id is not None:
                    named[event.fact.lot_id] = event.fact.order_id
        return named

    def seed(self, lot_id: str, at: int, *, every: bool) -> None:
        n = self.lot(lot_id).loose.n
        self.apply(lot_id, n if every else 0, at)

    def apply(self, lot_id: str, low_r: int, at: int) -> None:
        """A rule (low_r, n) on the loose n."""
        self.reach(lot_id, at)
        lot = self.lot(lot_id)
        if lot.loose.n > 0:
            lot.expose(min(low_r, lot.loose.n), at)

    def reach(self, lot_id: str, at: int) -> None:
        lot = self.lot(lot_id)
        if not lot.known and lot.reached is None:
            lot.reached = at

    def is_suspect(self, material_lot: str, at: int) -> bool:
        return self.exposed.get(material_lot, at + 1) <= at

    def _mixed(self, event: Event) -> None:
        fact, at = event.fact, event.occurred_at
        assert isinstance(fact, MaterialMixed)
        if any(self.is_suspect(row.material_lot_id, at) for row in fact.inputs):
            into = fact.material_lot_id
            self.exposed[into] = min(self.exposed.get(into, at), at)

    def _consumed(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, MaterialConsumed)
        if self.lot(fact.lot_id).loose.n == 0:
            self.findings.append(("consumption.empty_lot", f"LOT:{fact.lot_id}", event.event_id))
        if self.is_suspect(fact.material_lot_id, event.occurred_at):
            self.consume(fact.lot_id, event)

    def consume(self, lot_id: str, event: Event) -> None:
        n = self.lot(lot_id).loose.n
        self.apply(lot_id, n if self.is_alone(event) else 1, event.occurred_at)

    def is_alone(self, event: Event) -> bool:
        """The only lot of its material consumed in that run, by all counted consumptions."""
        fact = event.fact
        assert isinstance(fact, MaterialConsumed)
        run = run_of(event, self.runs)
        others = {
            e.fact.material_lot_id
            for e in self.events
            if isinstance(e.fact, MaterialConsumed)
            and (e.fact.lot_id, e.fact.operation) == (fact.lot_id, fact.operation)
            and run_of(e, self.runs) is run
        } - {fact.material_lot_id}
        return not any(self.materials.may_be_same(fact.material_lot_id, other) for other in others)

    def _created(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, LotCreated)
        lot = self.lot(fact.lot_id)
        if any(
            isinstance(e.fact, LotCreated) and e.fact.lot_id == fact.lot_id
            for e in self.events[: self.events.index(event)]
        ):
            self.findings.append(("lot.created_twice", f"LOT:{fact.lot_id}", event.event_id))
            return
        lot.add(fact.quantity)
        if fact.order_id is not None:
            lot.orders.add(fact.order_id)

    def take(self, lot_id: str, q: int, event: Event) -> list[Pair]:
        """The bounds that q units take along when they leave the lot."""
        lot = self.lot(lot_id)
        if lot.total.n < q or lot.loose.n < q:
            self.findings.append(("quantity.imbalance", f"LOT:{lot_id}", event.event_id))
        return lot.take(q, event.occurred_at)

    def move(self, source: str, target: str, q: int, event: Event) -> None:
        self.lot(target).give(q, self.take(source, q, event), event.occurred_at)
        if target not in self.named_orders:
            self.lot(target).orders |= self.lot(source).orders

    def _split(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, LotSplit)
        for child in fact.children:
            self.move(fact.parent_lot_id, child.lot_id, child.quantity, event)

    def _merged(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, LotsMerged)
        for parent in fact.parents:
            if parent.lot_id != fact.into_lot_id:
                self.move(parent.lot_id, fact.into_lot_id, parent.quantity, event)

    def _scrapped(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, UnitsScrapped)
        self.lot(fact.lot_id).scrapped.append(self.take(fact.lot_id, fact.quantity, event)[0])

    def _tracked_out(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, LotTrackedOut)
        if fact.scrap:
            self.lot(fact.lot_id).scrapped.append(self.take(fact.lot_id, fact.scrap, event)[0])

    def _staged(self, event: Event) -> None:
        stage = "IN_STOCK" if isinstance(event.fact, LotCompleted) else "CANCELLED"
        lot = self.lot(event.fact.lot_id)  # type: ignore[attr-defined]
        lot.stage = stage

    def _packed(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, Packed)
        self._put(event, ("CONTAINER", fact.container_id))

    def _shipped(self, event: Event) -> None:
        fact = event.fact
        assert isinstance(fact, Shipped)
        self._put(event, ("SHIPMENT", fact.shipment_id))

    def _put(self, event: Event, holder: tuple[str, str]) -> None:
        for content in event.fact.contents:  # type: ignore[attr-defined]
            if content.container_id is not None:
                self._put_container(content.container_id, holder)
            elif content.lot_id is not None:
                self.part(content.lot_id, content.quantity, holder, event)

    def part(self, lot_id: str, q: int, holder: tuple[str, str], event: Event) -> Part:
        lot = self.lot(lot_id)
        if lot.loose.n < q:
            self.findings.append(("quantity.imbalance", f"LOT:{lot_id}", event.event_id))
        made = Part(lot_id, holder, q, *lot.part(q))
        self.parts.append(made)
        return made

    def _put_container(self, container: str, holder: tuple[str, str]) -> None:
        if holder[0] == "CONTAINER":
            if holder[1] not in self.within(container):
                self.inside[container] = holder[1]
            return
        held = self.within(container)
        for part in self.parts:
            if part.holder[0] == "CONTAINER" and part.holder[1] in held:
                part.holder = holder

    def within(self, container: str) -> set[str]:
        """The container and all that are in it, at any depth."""
        held = {container}
        while more := {inner for inner, outer in self.inside.items() if outer in held} - held:
            held |= more
        return held
