"""Which events count for an answer, and in which order (semantics.md section 1)."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from twin.events.correction import EventVoided
from twin.events.event import Event
from twin.vocabulary.instants import Instant


def counted(
    events: Iterable[Event], as_of: Instant | None = None, known_at: Instant | None = None
) -> list[Event]:
    """The events that happened by ``as_of``, were known by ``known_at`` and not voided by then, in order.

    A repeated event counts once. A void cannot be voided; it is left out of the answer itself.
    """
    known = {event.event_id: event for event in events if known_at is None or event.recorded_at <= known_at}
    voided = {event.fact.voided_event_id for event in known.values() if isinstance(event.fact, EventVoided)}
    return sorted(
        (
            event
            for event in known.values()
            if (as_of is None or event.occurred_at <= as_of)
            and event.event_id not in voided
            and not isinstance(event.fact, EventVoided)
        ),
        key=attrgetter("order"),
    )
