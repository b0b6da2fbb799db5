"""What a machine was in, from one report of its state to the next.

Each counted report begins an interval, so that a late one changes only the interval before it and says of the
one after it whether the machine came into its state from another: of thousands, three are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from twin.events.equipment import EquipmentDisconnected, EquipmentStateChanged
from twin.events.event import Event, OrderKey
from twin.vocabulary.instants import Instant, written
from twin.vocabulary.states import EquipmentState

REPORTS: Final = (EquipmentStateChanged, EquipmentDisconnected)
"""The facts that say what state a machine is in; a lost link says UNKNOWN."""

TOLD: Final = ("state", "reason_code", "process_state", "lot_id")
"""What a report says of the machine."""


@dataclass(frozen=True, slots=True)
class StateInterval:
    """A machine from one report of its state to the next; ``ended_by`` is the event of the next."""

    equipment_id: str
    order: OrderKey
    told: Mapping[str, str | None]
    entered: bool = True
    ended_at: Instant | None = None
    ended_by: str | None = None

    @property
    def key(self) -> str:
        """Its name in the graph, in which those of one machine stand in the order of time."""
        return key_of(self.equipment_id, self.order)

    @property
    def event_id(self) -> str:
        """The report that began it."""
        return self.order[3]

    @property
    def state(self) -> str | None:
        """The state that was reported."""
        return self.told["state"]

    def properties(self) -> dict[str, Any]:
        """The interval as the graph stores it."""
        began, source, sequence, event_id = self.order
        return {
            "equipment_id": self.equipment_id,
            "event_id": event_id,
            "source": source,
            "source_sequence": None if sequence < 0 else sequence,
            **self.told,
            "entered": self.entered,
            "started_at": began,
            "ended_at": self.ended_at,
            "ended_by": self.ended_by,
        }


def key_of(equipment_id: str, order: OrderKey) -> str:
    """The name of the interval that a report of a machine begins."""
    return f"{equipment_id}/{written(order[0])}/{order[3]}"


def is_report(event: Event) -> bool:
    """Whether an event says what state a machine is in."""
    return isinstance(event.fact, REPORTS)


def reported(event: Event) -> StateInterval:
    """The interval that a report begins, not yet ended."""
    fact = event.fact
    assert isinstance(fact, EquipmentStateChanged | EquipmentDisconnected)  # noqa: S101 - narrows the type
    told: dict[str, str | None] = dict.fromkeys(TOLD)
    if isinstance(fact, EquipmentStateChanged):
        told |= {"reason_code": fact.reason_code, "process_state": fact.process_state, "lot_id": fact.lot_id}
    state = fact.state if isinstance(fact, EquipmentStateChanged) else EquipmentState.UNKNOWN
    return StateInterval(fact.equipment_id, event.order, told | {"state": state.value})


def stored(properties: Mapping[str, Any]) -> StateInterval:
    """The interval as the graph holds it."""
    number = properties.get("source_sequence")
    order = (
        properties["started_at"],
        properties["source"],
        -1 if number is None else number,
        properties["event_id"],
    )
    return StateInterval(
        properties["equipment_id"],
        order,
        {name: properties.get(name) for name in TOLD},
        properties["entered"],
        properties.get("ended_at"),
        properties.get("ended_by"),
    )


def chained(
    intervals: Sequence[StateInterval], *, from_first: bool = True, to_last: bool = True
) -> list[StateInterval]:
    """Intervals in the order of their reports, each ended by the next.

    Unless they begin ``from_first`` and go ``to_last`` of their machine, the two at the edges keep what they
    say of those beyond.
    """
    found: list[StateInterval] = []
    for place, interval in enumerate(intervals):
        linked = interval
        if found or from_first:
            linked = replace(linked, entered=not found or found[-1].state != linked.state)
        if place + 1 < len(intervals):
            later = intervals[place + 1]
            linked = replace(linked, ended_at=Instant(later.order[0]), ended_by=later.event_id)
        elif to_last:
            linked = replace(linked, ended_at=None, ended_by=None)
        found.append(linked)
    return found
