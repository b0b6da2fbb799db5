"""Clocks that cannot be right: times after the record of the event, and numbers against the times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from twin.events.event import Event

TOLERANCE_MS: Final = 300_000
"""How far two clocks may be apart before somebody should look."""


def is_ahead(event: Event) -> bool:
    """Whether an event is dated well after the twin recorded it; one not recorded yet is not."""
    return 0 < event.recorded_at < event.occurred_at - TOLERANCE_MS


class Numbering:
    """The highest number heard of each source about each thing, with its time, oldest event first."""

    def __init__(self) -> None:
        self._highest: dict[tuple[str, str], tuple[int, int]] = {}

    def goes_back(self, thing: str, event: Event) -> bool:
        """Whether the source numbered an event before another that it dated well before it."""
        number = event.source_sequence
        if number is None:
            return False
        key = thing, event.source
        highest = self._highest.get(key)
        if highest is None or number > highest[0]:
            self._highest[key] = number, event.occurred_at
            return False
        return number < highest[0] and event.occurred_at - highest[1] > TOLERANCE_MS


def numbered_against_time(thing: str, events: Iterable[Event]) -> Iterator[Event]:
    """The events about one thing, in their order, that a source numbered before a clearly older one."""
    numbering = Numbering()
    return (event for event in events if numbering.goes_back(thing, event))
