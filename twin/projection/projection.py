"""What one type of event becomes in the graph beyond its marker and the folds: a statement and its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, LiteralString, TypeAlias

from twin.events.event import Event
from twin.events.fact import Fact

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Projection:
    """Facts of one kind that events of one type state.

    ``statement`` creates them from rows (an event is new when it is applied, so nothing is there yet);
    ``void`` marks those of an event since when they no longer count.

    ``by`` names the end that many facts of a batch share: it is looked for once. Then a row is its key and,
    of each fact, the other end and what it tells, by their places: a list is packed, sent and read in half
    the time of a map, and what is created with all that it tells is not written twice.
    """

    event_type: type[Fact]
    relationship: str
    statement: LiteralString
    void: LiteralString
    rows: Callable[[Event], Iterable[Row]]
    by: Literal["source", "target"] | None = None

    def rows_of(self, events: Iterable[Event]) -> list[Row | list[Any]]:
        """What the statement is sent for these events."""
        rows = [row for event in events for row in self.rows(event)]
        if self.by is None:
            return list(rows)
        other = "target" if self.by == "source" else "source"
        shared: defaultdict[str, list[list[Any]]] = defaultdict(list)
        for row in rows:
            shared[row[self.by]].append([row[other], *row["fact"].values()])
        return [[key, facts] for key, facts in shared.items()]


def fact_row(event: Event, ends: Row, told: Row) -> Row:
    """A row for a fact between two ends: what it tells, with its event and both clocks."""
    times = {
        "event_id": event.event_id,
        "occurred_at": event.occurred_at,
        "recorded_at": event.recorded_at,
    }
    return {**ends, "fact": {**told, **times}}
