"""A repair of a machine: asked for, begun, done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from twin.events.event import Event
from twin.events.maintenance import RepairFinished, RepairRequested, RepairStarted

_STEPS: Final = {RepairRequested: "requested", RepairStarted: "started", RepairFinished: "finished"}
REPAIRING: Final = tuple(_STEPS)
"""The facts that are steps of a repair."""

_LATER: Final = ("started_at", "started_by", "finished_at", "finished_by")


def repair_of(event: Event) -> str | None:
    """The repair that an event is a step of; None for any other event."""
    match event.fact:
        case RepairRequested() | RepairStarted() | RepairFinished() as fact:
            return fact.repair_id
    return None


def repair(events: Iterable[Event]) -> dict[str, Any]:
    """A repair as the graph stores it, from its counted events in any order.

    What happened to an earlier one of the same name ends when it is asked for again.
    """
    found: dict[str, Any] = {}
    for event in sorted(events, key=lambda event: event.order):
        fact = event.fact
        assert isinstance(fact, RepairRequested | RepairStarted | RepairFinished)  # noqa: S101 - narrows
        step = _STEPS[type(fact)]
        if step == "requested":
            found |= dict.fromkeys(_LATER)
        found |= {f"{step}_at": event.occurred_at, f"{step}_by": fact.by, "equipment_id": fact.equipment_id}
        found |= {name: value for name in ("reason_code", "note") if (value := getattr(fact, name))}
        if fact.parts:
            found["parts"] = list(fact.parts)
    return found
