"""What the columnar history hears of a committed batch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

from twin.events.correction import EventVoided
from twin.events.event import Event
from twin.history.history import Committed
from twin.history.samples import SAMPLING
from twin.intake.watermark import position_id
from twin.projection.arrival import Applied, Arrival

Keep: TypeAlias = Callable[[Sequence[Committed]], Awaitable[None]]
"""Keeps the samples of a committed batch; returns once they are durable, and each is there once."""


_CONCERNING: Final = frozenset((*SAMPLING, EventVoided))


async def keep_nothing(_committed: Sequence[Committed]) -> None:
    """Be a projector without a columnar history."""


def committed(arrivals: Sequence[Arrival], applied: Applied) -> list[Committed]:
    """The events of a batch that may concern samples and that the graph holds now, new or not."""
    concerning = [arrival for arrival in arrivals if type(arrival.event.fact) in _CONCERNING]
    if not concerning:
        return []
    missing = {id(unapplied.arrival) for unapplied in applied.unapplied}
    repeated = {event.event_id for event in applied.repeated}
    return [
        Committed(
            arrival.event,
            position_id(arrival.outbox, arrival.shard),
            arrival.seq,
            doubtful=not arrival.is_new or arrival.event.event_id in repeated,
            machine=_machine(applied.things.get(arrival.event.event_id, ())),
        )
        for arrival in concerning
        if id(arrival) not in missing and _may_concern_samples(arrival.event, applied)
    ]


def _may_concern_samples(event: Event, applied: Applied) -> bool:
    """Every one but a void of an event that is known to name no machine."""
    things = applied.things.get(event.event_id, ())
    return not isinstance(event.fact, EventVoided) or not things or _machine(things) is not None


def _machine(things: Sequence[tuple[str, str]]) -> str | None:
    return next((key for label, key in things if label == "Equipment"), None)
