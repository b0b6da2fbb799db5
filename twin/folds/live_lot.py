"""A lot in the projector's hands: its counted events, and what it takes over from its parents."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Final

import msgspec
from msgspec import Struct

from twin.events.event import Event, OrderKey
from twin.events.lot import (
    HoldReleased,
    LotCancelled,
    LotCompleted,
    LotCreated,
    LotHeld,
    LotMoved,
    LotReleased,
    LotsMerged,
    LotSplit,
    LotTrackedIn,
    LotTrackedOut,
    TrackInCancelled,
    UnitsScrapped,
)
from twin.events.material import MaterialConsumed
from twin.events.packing import Packed, Shipped
from twin.events.substrate import UnitsAssembled, UnitsIdentified
from twin.folds.ledger import Ledger
from twin.folds.lot import folded
from twin.folds.lot_oddities import oddities_of
from twin.folds.lot_suspicions import suspicions_of
from twin.folds.suspicion import Suspicion
from twin.records.lot import Hold, LotState, OperationRun
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import joined

_EVENTS_A_UNIT_OF_WEIGHT: Final = 50

_TELLING: Final = frozenset(
    (
        *(
            LotCreated,
            LotReleased,
            LotTrackedIn,
            LotTrackedOut,
            TrackInCancelled,
            LotMoved,
            LotSplit,
            LotsMerged,
        ),
        *(
            UnitsScrapped,
            LotHeld,
            HoldReleased,
            LotCompleted,
            LotCancelled,
            MaterialConsumed,
            Packed,
            Shipped,
        ),
    )
)
"""The facts that say something of the lot itself; long lists of units and dies do not."""

_OF_RUN: Final = tuple(name for name in OperationRun.__struct_fields__ if name != "key")
_OF_HOLD: Final = tuple(field.name for field in fields(Hold))


class Heritage(Struct):
    """What a lot hands down: its product, and its orders with the event since which it has each.

    ``product_from`` are the lots that the product came by, the first parent of each in turn.
    """

    product_id: str | None = None
    product_from: list[str] = msgspec.field(default_factory=list)
    orders: dict[str, OrderKey] = msgspec.field(default_factory=dict)


@dataclass(slots=True)
class LiveLot:
    """A lot with all its counted events, sorted; so any event may come late or be taken back."""

    label: ClassVar[str] = "Lot"

    key: str
    events: list[Event] = field(default_factory=list)
    heritage: Heritage = field(default_factory=Heritage)
    _state: LotState | None = None
    _ledger: Ledger | None = None
    _telling: list[Event] | None = None

    def absorb(self, event: Event) -> bool:
        """Count one more event."""
        self._state = self._ledger = self._telling = None
        insort(self.events, event, key=_order)
        return True

    def give_back(self, event: Event) -> frozenset[str]:
        """Count one event less; nothing has to be told again."""
        self._state = self._ledger = self._telling = None
        self.events = [kept for kept in self.events if kept.event_id != event.event_id]
        return frozenset()

    @property
    def state(self) -> LotState:
        """The lot as its own events tell it."""
        if self._state is None:
            self._state, self._ledger = folded(self.key, self.telling)
        return self._state

    @property
    def telling(self) -> list[Event]:
        """Its events without the long lists of units and dies."""
        if self._telling is None:
            self._telling = [event for event in self.events if type(event.fact) in _TELLING]
        return self._telling

    @property
    def parents(self) -> list[tuple[OrderKey, str]]:
        """The lots it came from, each with the event, in their order."""
        return list(self._parents())

    @property
    def children(self) -> set[str]:
        """The lots that came from it."""
        found: set[str] = set()
        for event in self.events:
            match event.fact:
                case LotSplit(parent_lot_id=self.key, children=parts):
                    found.update(part.lot_id for part in parts)
                case LotsMerged(into_lot_id=target) if target != self.key:
                    found.add(target)
        return found - {self.key}

    def inherit(self, heritage_of: Callable[[str], Heritage]) -> bool:
        """Take over what the parents hand down; whether that changed what it hands down itself."""
        created = next((event for event in self.events if isinstance(event.fact, LotCreated)), None)
        heritage = Heritage(self._own_product(created))
        parents = self.parents
        if heritage.product_id is None and parents:
            elder = heritage_of(parents[0][1])
            if self.key not in elder.product_from:
                heritage.product_id = elder.product_id
                heritage.product_from = [parents[0][1], *elder.product_from] if elder.product_id else []
        own = created.fact.order_id if created and isinstance(created.fact, LotCreated) else None
        if created is not None and own is not None:
            heritage.orders = {own: created.order}
        else:
            for order, parent in parents:
                for order_id, since in heritage_of(parent).orders.items():
                    if since <= order:
                        heritage.orders.setdefault(order_id, order)
        changed = heritage != self.heritage
        self.heritage = heritage
        return changed

    def properties(self) -> dict[str, Any]:
        """The lot as the graph stores it."""
        state = self.state
        return {
            "product_id": self.heritage.product_id,
            "order_ids": sorted(self.heritage.orders),
            "status": state.status.value,
            "wip_status": state.wip_status.value,
            "quality": state.quality.value,
            "quantity": state.quantity,
            "loose_quantity": state.loose_quantity,
            "current_operation": state.current_operation,
            "current_equipment_id": state.current_equipment_id,
            "location_id": state.location_id,
            "priority": state.priority,
            "created_at": state.created_at,
            "updated_at": self.updated_at,
            "revision": len(self.events),
            "inferred": state.inferred,
            "has_units": any(map(_names_units, self.events)),
            "kept": msgspec.json.encode(self.heritage).decode(),
        }

    @property
    def updated_at(self) -> Instant | None:
        """When its latest counted event happened."""
        return self.events[-1].occurred_at if self.events else None

    def runs(self) -> dict[str, dict[str, Any]]:
        """Its operation runs by key, as the graph stores them."""
        return {run.key: {name: getattr(run, name) for name in _OF_RUN} for run in self.state.runs}

    def holds(self) -> dict[str, dict[str, Any]]:
        """Its holds by lot/hold, as the graph stores them."""
        return {
            joined(self.key, hold.hold_id): {name: getattr(hold, name) for name in _OF_HOLD}
            | {"lot_id": self.key}
            for hold in self.state.holds
        }

    def orders(self) -> dict[str, dict[str, Any]]:
        """The orders it serves."""
        return {order_id: {} for order_id in self.heritage.orders}

    def suspicions(self) -> tuple[Suspicion, ...]:
        """What a person should look at: its books, its runs, and single events that cannot be right."""
        if not self.events:
            return ()
        state = self.state
        ledger, self._ledger = self._ledger, None
        return (*suspicions_of(state, self.telling, ledger), *oddities_of(self.key, self.events))

    @property
    def weight(self) -> int:
        """A lot with many events takes more room."""
        return 1 + len(self.events) // _EVENTS_A_UNIT_OF_WEIGHT

    def _own_product(self, created: Event | None) -> str | None:
        """What its creation, else the first merge that names one, says it is."""
        if created is not None and isinstance(created.fact, LotCreated):
            return created.fact.product_id
        merges = (
            event.fact.product_id
            for event in self.events
            if isinstance(event.fact, LotsMerged) and event.fact.into_lot_id == self.key
        )
        return next((product_id for product_id in merges if product_id is not None), None)

    def _parents(self) -> Iterator[tuple[OrderKey, str]]:
        for event in self.events:
            match event.fact:
                case LotSplit(parent_lot_id=parent) if parent != self.key:
                    yield event.order, parent
                case LotsMerged(into_lot_id=self.key, parents=parts):
                    yield from ((event.order, part.lot_id) for part in parts if part.lot_id != self.key)


def _names_units(event: Event) -> bool:
    fact = event.fact
    if isinstance(fact, LotSplit):
        return any(part.unit_ids for part in fact.children)
    return isinstance(fact, UnitsIdentified | UnitsAssembled) or bool(getattr(fact, "unit_ids", ()))


def _order(event: Event) -> OrderKey:
    return event.order
