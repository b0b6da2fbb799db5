"""A machine: what it is, what it does, and since when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any, ClassVar, Final

from msgspec import Struct, field

from twin.events.equipment import (
    EquipmentConnected,
    EquipmentDisconnected,
    EquipmentStateChanged,
    ProductionCounted,
)
from twin.events.event import Event, OrderKey
from twin.events.fact import Fact
from twin.events.lot import LotTrackedIn
from twin.events.order import EquipmentRegistered
from twin.events.recipe import RecipeSelected
from twin.folds.fold import Fold, said
from twin.folds.lot_inside import LotInside
from twin.folds.suspicion import Suspicion
from twin.vocabulary.instants import Instant, instant_of
from twin.vocabulary.states import EquipmentState

_STRETCH: Final = frozenset({"stretch"})
_INSIDE: Final = frozenset({"inside"})


class _Stretch(Struct, array_like=True):
    """The latest reports that all tell the same state; ``before`` is the last report of another."""

    state: str
    latest: OrderKey
    first: OrderKey
    since: Instant
    before: OrderKey | None = None


class EquipmentFold(Fold):
    """A machine as its events tell it.

    Its state lasts since the first of the latest reports in a row that name this state, so that a second
    report of the same state does not restart the clock.
    """

    label: ClassVar[str] = "Equipment"
    defined_by: ClassVar[frozenset[type[Fact]]] = frozenset({EquipmentRegistered})

    told_by_latest: ClassVar[frozenset[str]] = _STRETCH | _INSIDE

    stretch: _Stretch | None = None
    inside: LotInside = field(default_factory=LotInside)

    def tells(self, event: Event) -> Mapping[str, Any]:
        """What the event says of the machine."""
        values: dict[str, Any] = {}
        match event.fact:
            case EquipmentRegistered() as fact:
                values = _registered(fact)
            case EquipmentStateChanged(reason_code=reason, process_state=process) as fact:
                heard = fact.state is not EquipmentState.UNKNOWN
                values = {"reason_code": reason, "process_state": process, "connected": heard}
            case EquipmentConnected():
                values = {"connected": True}
            case EquipmentDisconnected():
                values = {"connected": False}
            case LotTrackedIn() as fact:
                values = said(fact, "recipe_id", "recipe_version")
            case ProductionCounted() as fact:
                values = _counted(fact, event)
            case RecipeSelected(recipe_id=recipe_id, version=version):
                values = {"recipe_id": recipe_id, "recipe_version": version}
        return values

    def step_back(self, event: Event) -> frozenset[str] | None:
        """Forget what the event decides: in which state the machine is, since when, or with which lot."""
        untold: frozenset[str] = frozenset()
        last = self.stretch
        if last is not None and event.order in (last.latest, last.first, last.before):
            self.stretch = None
            untold |= _STRETCH
        if self.inside.rests_on(event.order):
            self.inside = LotInside()
            untold |= _INSIDE
        return untold

    def tell_again(self, event: Event, names: Set[str]) -> Set[str] | None:
        """Tell some names again; the stretch is told once a report before it names another state."""
        told = super().tell_again(event, names)
        if told is None:
            return None
        if names >= _INSIDE:
            if not self.inside.take(event):
                return None
            told = told | _INSIDE if self.inside.came is not None else told
        if not names >= _STRETCH:
            return told
        if not self._report(event):
            return None
        before = None if self.stretch is None else self.stretch.before
        return told | _STRETCH if before is not None and before >= event.order else told

    def step(self, event: Event) -> bool:
        """Learn which lot is inside, and since when the machine is in its state."""
        return self.inside.take(event) and self._report(event)

    def _report(self, event: Event) -> bool:
        """Take a report of a state into the stretch of equal states that is the latest."""
        if not isinstance(event.fact, EquipmentStateChanged | EquipmentDisconnected):
            return True
        state, order, last = _state_told(event.fact), event.order, self.stretch
        if last is None:
            self.stretch = _Stretch(state, order, order, event.occurred_at)
        elif order >= last.latest:
            self.stretch = _after(last, state, event)
        elif order > last.first:
            return state == last.state
        elif last.before is None or order > last.before:
            if state == last.state:
                last.first, last.since = order, event.occurred_at
            else:
                last.before = order
        return True

    def properties(self) -> dict[str, Any]:
        """The machine as the graph stores it."""
        values = super().properties()
        last = self.stretch
        values["state"] = EquipmentState.UNKNOWN.value if last is None else last.state
        values["state_since"] = None if last is None else last.since
        values["connected"] = bool(values["connected"])
        values["lot_id"] = self.inside.now
        values["last_seen_at"] = values["updated_at"]
        return values

    def suspicions(self) -> tuple[Suspicion, ...]:
        """A machine that nobody registered, or whose clock is ahead."""
        return tuple(self._suspicions())

    def _suspicions(self) -> Iterator[Suspicion]:
        if self.is_unknown:
            yield Suspicion(
                code="equipment.unknown",
                about=self.key,
                message=f"Events name machine {self.key}, and nobody registered it.",
                things=(f"EQUIPMENT:{self.key}",),
            )
        yield from self.dated_ahead("EQUIPMENT")


def _registered(fact: EquipmentRegistered) -> dict[str, Any]:
    names = ("line_id", "area_id", "site_id", "name", "vendor", "model")
    return {
        "equipment_type": fact.equipment_type,
        "positions": list(fact.positions),
        **{name: getattr(fact, name) for name in names},
    }


def _counted(fact: ProductionCounted, event: Event) -> dict[str, Any]:
    return {
        "counted_total": fact.total,
        "counted_good": fact.good,
        "counted_since_at": None if fact.since_at is None else instant_of(fact.since_at),
        "counted_at": event.occurred_at,
    }


def _state_told(fact: EquipmentStateChanged | EquipmentDisconnected) -> str:
    told = fact.state if isinstance(fact, EquipmentStateChanged) else EquipmentState.UNKNOWN
    return told.value


def _after(last: _Stretch, state: str, event: Event) -> _Stretch:
    if state == last.state:
        return _Stretch(state, event.order, last.first, last.since, last.before)
    return _Stretch(state, event.order, event.order, event.occurred_at, last.latest)
