"""Where a lot was carried to, one place after the other."""

from __future__ import annotations

from collections.abc import Sequence

from twin.events.event import Event
from twin.events.lot import LotMoved
from twin.records.lots import Stay


def stays(events: Sequence[Event]) -> list[Stay]:
    """The places of a lot by its counted events in their order; each lasts until the next."""
    found: list[Stay] = []
    until = None
    for event in reversed(events):
        if isinstance(fact := event.fact, LotMoved):
            found.append(Stay(fact.location_id, fact.quantity, event.occurred_at, until, event.event_id))
            until = event.occurred_at
    return found[::-1]
