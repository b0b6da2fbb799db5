"""What goes into the projector and what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Final

from twin.errors import TwinError
from twin.events.event import Event

LEASE: Final = "projector"


class NotTheWriter(TwinError):
    """Another projector has taken over: nothing was written."""

    code = "projection.fenced"


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event as the stream hands it over: which outbox took it in, on which shard, at which place.

    ``requeued``: somebody sent it again after it went to the dead letters.
    """

    event: Event
    outbox: str
    shard: int
    seq: int
    requeued: bool = False

    @property
    def position_id(self) -> str:
        """The name of the shard of the outbox."""
        return f"{self.outbox}/{self.shard}"


@dataclass(frozen=True, slots=True)
class Unapplied:
    """An event that cannot be applied, and why: for the dead letters."""

    arrival: Arrival
    error: str
    message: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What a batch did: its new events, the repeated ones, those set aside, and how far each shard is."""

    events: tuple[Event, ...] = ()
    duplicates: int = 0
    unapplied: tuple[Unapplied, ...] = ()
    positions: dict[str, int] = field(default_factory=dict)

    def then(self, later: Applied) -> Applied:
        """What this and a later batch did together."""
        return Applied(
            self.events + later.events,
            self.duplicates + later.duplicates,
            self.unapplied + later.unapplied,
            self.positions | later.positions,
        )


def together(parts: Sequence[Applied]) -> Applied:
    """What several batches did, one after the other."""
    return reduce(Applied.then, parts, Applied())


def positions(batch: Sequence[Arrival]) -> dict[str, int]:
    """How far a batch reaches on each shard."""
    reached: dict[str, int] = {}
    for arrival in batch:
        name = arrival.position_id
        reached[name] = max(reached.get(name, -1), arrival.seq)
    return reached
