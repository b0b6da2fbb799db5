"""A unit: where it was last said to be."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar, Final

from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.lot import LotSplit, UnitsScrapped
from twin.events.packing import Packed, Shipped
from twin.events.substrate import UnitMark, UnitsAssembled, UnitsIdentified
from twin.folds.fold import Fold
from twin.folds.suspicion import Suspicion

_RECENT_EVENTS: Final = 64
_TWICE: Final = 2


class UnitFold(Fold):
    """A unit as the events that name it tell it; where it went unnamed with its lot is a question."""

    label: ClassVar[str] = "Unit"
    defined_by: ClassVar[frozenset[type[Fact]]] = frozenset({UnitsIdentified, UnitsAssembled})

    identified: int = 0

    def defines(self, event: Event) -> bool:
        """Being identified or assembled makes it known; being a component does not."""
        fact = event.fact
        return isinstance(fact, UnitsIdentified) or (
            isinstance(fact, UnitsAssembled) and fact.unit_id == self.key
        )

    def tells(self, event: Event) -> Mapping[str, Any]:
        """What the event says of the unit."""
        values: dict[str, Any] = {}
        match event.fact:
            case UnitsIdentified() as fact:
                mark = _marks(_Same(fact)).get(self.key)
                site = {} if mark is None else {"x": mark.x, "y": mark.y, "mark": mark.mark}
                values = {"lot_id": fact.lot_id, "substrate_id": fact.substrate_id, **site}
            case UnitsAssembled(unit_id=self.key, lot_id=lot_id):
                values = {"lot_id": lot_id}
            case LotSplit() as fact:
                child = _children(_Same(fact)).get(self.key)
                values = {} if child is None else {"lot_id": child}
            case UnitsScrapped():
                values = {"lot_id": None, "scrapped_at": event.occurred_at}
            case Packed(container_id=container_id):
                values = {"container_id": container_id}
            case Shipped(shipment_id=shipment_id):
                values = {"shipment_id": shipment_id}
        return values

    def step_back(self, event: Event) -> frozenset[str]:
        """Count one identification less."""
        self.identified -= isinstance(event.fact, UnitsIdentified)
        return frozenset()

    def step(self, event: Event) -> bool:
        """Count how often the unit was identified."""
        self.identified += isinstance(event.fact, UnitsIdentified)
        return True

    def suspicions(self) -> tuple[Suspicion, ...]:
        """A unit that was identified more than once."""
        if self.identified < _TWICE:
            return ()
        return (
            Suspicion(
                code="unit.identified_twice",
                about=self.key,
                message=f"Unit {self.key} was identified {self.identified} times.",
                things=(f"UNIT:{self.key}",),
            ),
        )


class _Same:
    """A fact that equals only itself: a large one is looked through once, not once a unit."""

    __slots__ = ("fact",)

    def __init__(self, fact: UnitsIdentified | LotSplit) -> None:
        self.fact = fact

    def __hash__(self) -> int:
        return id(self.fact)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.fact is self.fact


@lru_cache(maxsize=_RECENT_EVENTS)
def _marks(same: _Same) -> dict[str, UnitMark]:
    assert isinstance(same.fact, UnitsIdentified)  # noqa: S101 - narrows the type
    return {mark.unit_id: mark for mark in same.fact.units}


@lru_cache(maxsize=_RECENT_EVENTS)
def _children(same: _Same) -> dict[str, str]:
    assert isinstance(same.fact, LotSplit)  # noqa: S101 - narrows the type
    return {unit_id: part.lot_id for part in same.fact.children for unit_id in part.unit_ids}
