"""What does not fit in the counted events, kept with the things it touches."""

from __future__ import annotations

from twin.events.event import Event
from twin.records.recall import LineageFinding
from twin.vocabulary.things import Thing


class Findings:
    """Findings in the order in which they came up; the same one about the same things comes once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, tuple[Thing, ...]], LineageFinding] = {}

    def add(self, code: str, message: str, event: Event, *things: Thing) -> None:
        """Something about these things does not fit."""
        key = (code, things)
        if key not in self._found:
            self._found[key] = LineageFinding(code, things, message, event.occurred_at, event.event_id)

    def all(self) -> list[LineageFinding]:
        """Every finding, the oldest first."""
        return list(self._found.values())

    def touching(self, things: set[Thing]) -> list[LineageFinding]:
        """The findings about any of these things."""
        return [finding for finding in self._found.values() if not things.isdisjoint(finding.things)]
