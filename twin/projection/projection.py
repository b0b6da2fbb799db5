"""What one type of event becomes in the graph beyond its marker and the folds: a statement and its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, LiteralString, TypeAlias

from twin.events.event import Event
from twin.events.fact import Fact

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Projection:
    """Facts of one kind that events of one type state.

    ``statement`` creates them from rows (an event is new when it is applied, so nothing is there yet);
    ``void`` marks those of an event since when they no longer count.
    """

    event_type: type[Fact]
    relationship: str
    statement: LiteralString
    void: LiteralString
    rows: Callable[[Event], Iterable[Row]]


def fact_row(event: Event, ends: Row, told: Row) -> Row:
    """A row for a fact between two ends: what it tells, with its event and both clocks."""
    times = {
        "event_id": event.event_id,
        "occurred_at": event.occurred_at,
        "recorded_at": event.recorded_at,
    }
    return {**ends, "fact": {**told, **times}}
