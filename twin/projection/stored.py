"""Reads events back from the graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from twin.events.codec import fact_of
from twin.events.event import Event
from twin.graph.session import Transaction
from twin.projection.markers import STORED

_EVENTS_AT_ONCE: Final = 2_000


async def stored_events(tx: Transaction, event_ids: Sequence[str]) -> list[Event]:
    """Events by id, as the graph holds them."""
    found: list[Event] = []
    for start in range(0, len(event_ids), _EVENTS_AT_ONCE):
        rows = await tx.read(STORED, event_ids=list(event_ids[start : start + _EVENTS_AT_ONCE]))
        found.extend(event_in(row) for row in rows)
    return found


def event_in(row: dict[str, Any]) -> Event:
    """The event that a row of the graph holds."""
    return Event(
        event_id=row["event_id"],
        source=row["source"],
        source_sequence=row["source_sequence"],
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        fact=fact_of(row["type"], row["data"]),
    )
