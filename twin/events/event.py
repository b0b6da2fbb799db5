"""A fact in its envelope: who said it, when it happened, when the twin learned it."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from twin.events.fact import Fact
from twin.vocabulary.instants import Instant

OrderKey: TypeAlias = tuple[int, str, int, str]


class Event(Struct, frozen=True, kw_only=True):
    """One counted thing that happened (events.md, envelope).

    ``occurred_at`` is the factory's clock, ``recorded_at`` ours at the durable commit; 0 until then.
    """

    event_id: str
    source: str
    occurred_at: Instant
    fact: Fact
    source_sequence: int | None = None
    recorded_at: Instant = Instant(0)

    @property
    def type(self) -> str:
        """The fact's name, as events.md spells it."""
        return type(self.fact).__name__

    @property
    def order(self) -> OrderKey:
        """Where the event stands among all events: by its own times and names, never by arrival.

        A missing sequence comes first (semantics.md section 1).
        """
        sequence = -1 if self.source_sequence is None else self.source_sequence
        return (self.occurred_at, self.source, sequence, self.event_id)
