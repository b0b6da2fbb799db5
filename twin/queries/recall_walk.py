"""A recall walked in steps, so that it can stop within a budget, be kept, and go on where it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from twin.errors import Refused
from twin.events.event import Event
from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.queries.closure import Closure
from twin.queries.recall_impact import seeds_of_scope
from twin.queries.rings import Reached, Way
from twin.records.recall import RecallScope

AT_ONCE: Final = 1_000
"""Things that one step walks over."""

MOST_EVENTS: Final = 4_000_000
"""More history than one process can fold."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step brought: things walked over, things to walk over next, events."""

    done: frozenset[Reached]
    found: frozenset[Reached]
    events: tuple[Event, ...]


class RecallWalk(Closure):
    """The walk behind a recall; what it reaches does not depend on how it was cut into steps."""

    def __init__(self, graph: Graph, clocks: Clocks) -> None:
        super().__init__(graph, clocks)
        self.waiting: set[Reached] = set()
        self._fresh: list[Event] = []

    async def begin(self, scope: RecallScope) -> Step:
        """Find what the scope exposes at first."""
        seeds = await seeds_of_scope(self, scope)
        self.waiting = {Reached(Way.CARRIES, label, key) for label, key in seeds}
        return Step(frozenset(), frozenset(self.waiting), self._taken())

    def restore(self, done: Iterable[Reached], waiting: Iterable[Reached], events: Iterable[Event]) -> None:
        """Go on where a walk was that has been kept."""
        self._seen, self.waiting = set(done), set(waiting)
        self._events = {event.event_id: event for event in events}

    async def step(self) -> Step:
        """Walk over some of what waits."""
        ring = set(sorted(self.waiting, key=_order)[:AT_ONCE])
        told = await self._fetch(ring)
        self._seen |= ring
        found = await self._next(told) - self.waiting
        self.waiting = (self.waiting - ring) | found
        self._told.clear()
        return Step(frozenset(ring), frozenset(found), self._taken())

    @property
    def size(self) -> int:
        """How many events were gathered."""
        return len(self._events)

    @property
    def gathered(self) -> list[Event]:
        """The events gathered so far, in their order."""
        return sorted(self._events.values(), key=lambda event: event.order)

    def _keep(self, events: Iterable[Event]) -> None:
        for event in events:
            if event.event_id not in self._events:
                self._fresh.append(event)
                self._events[event.event_id] = event
        if len(self._events) > MOST_EVENTS:
            raise Refused(
                f"The answer rests on more than {MOST_EVENTS} events; narrow the window.",
                code="answer.too_large",
            )

    def _taken(self) -> tuple[Event, ...]:
        fresh, self._fresh = tuple(self._fresh), []
        return fresh


def _order(reached: Reached) -> tuple[str, str, str]:
    return (reached.way.value, reached.label, reached.key)
