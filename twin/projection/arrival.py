"""What goes into the projector and what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from twin.errors import TwinError
from twin.events.event import Event
from twin.intake.watermark import position_id
from twin.records.equipment import Equipment

LEASE: Final = "projector"


class NotTheWriter(TwinError):
    """Another projector has taken over: nothing was written."""

    code = "projection.fenced"


class Placed(Protocol):
    """Something with a place in a shard of an outbox."""

    @property
    def outbox(self) -> str:
        """Which outbox took it in."""
        ...

    @property
    def shard(self) -> int:
        """On which of its shards."""
        ...

    @property
    def seq(self) -> int:
        """At which place."""
        ...


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event as the stream hands it over: which outbox took it in, on which shard, at which place.

    ``is_new``: it was never handed over before, so that one set aside earlier was sent again on purpose.
    ``payload`` is its canonical form as it was taken in; without it, it is written anew.
    """

    event: Event
    outbox: str
    shard: int
    seq: int
    is_new: bool = True
    payload: bytes | None = None


@dataclass(frozen=True, slots=True)
class Unapplied:
    """An event that cannot be applied, and why: for the dead letters."""

    arrival: Arrival
    error: str
    message: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What a batch did: its new events and the repeated ones, those set aside, and how far each shard is.

    ``things`` are what each of the events is about, by event id; for a void, what its target is about.
    ``machines`` are those it touched, as they are with it.
    """

    events: tuple[Event, ...] = ()
    repeated: tuple[Event, ...] = ()
    unapplied: tuple[Unapplied, ...] = ()
    positions: dict[str, int] = field(default_factory=dict)
    things: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    machines: dict[str, Equipment] = field(default_factory=dict)

    def then(self, later: Applied) -> Applied:
        """What this and a later batch did together."""
        return Applied(
            self.events + later.events,
            self.repeated + later.repeated,
            self.unapplied + later.unapplied,
            self.positions | later.positions,
            self.things | later.things,
            self.machines | later.machines,
        )


def positions(batch: Sequence[Placed]) -> dict[str, int]:
    """How far a batch reaches on each shard."""
    reached: dict[tuple[str, int], int] = {}
    for arrival in batch:
        shard = arrival.outbox, arrival.shard
        if arrival.seq > reached.get(shard, -1):
            reached[shard] = arrival.seq
    return {position_id(outbox, shard): seq for (outbox, shard), seq in reached.items()}
