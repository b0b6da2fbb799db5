"""Works out what a batch brings: which events are new, which stop counting, and which things that touches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from twin.events.codec import encode, hash_and_fact
from twin.events.correction import EventVoided
from twin.events.event import Event
from twin.events.naming import named
from twin.events.rejection import ID_REUSED
from twin.folds.suspicion import Suspicion
from twin.graph.session import Transaction
from twin.projection.arrival import Arrival, Unapplied
from twin.projection.held import Name
from twin.projection.markers import STORED, Marker
from twin.projection.projection import Row
from twin.projection.refold import Touched
from twin.projection.stored import event_in


class Voiding(NamedTuple):
    """Since when, and by which event, another does not count; of several the earliest holds."""

    voided_at: int
    voided_by: str


class Digest(NamedTuple):
    """What the content of an event is known by, and its fact alone as canonical JSON."""

    content_hash: str
    data: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the graph knows of events: what each holds, why some were set aside, which do not count."""

    hashes: dict[str, str]
    skipped: dict[str, Row]
    voidings: dict[str, Voiding]

    @classmethod
    def told(cls, answer: Row) -> Known:
        """As the batch's first words are answered."""
        return cls(
            {row["event_id"]: row["content_hash"] for row in answer["stored"]},
            {row["event_id"]: row for row in answer["skipped"]},
            {row["event_id"]: Voiding(row["voided_at"], row["voided_by"]) for row in answer["voided"]},
        )


@dataclass(slots=True)
class Plan:
    """What a batch brings to the graph."""

    fresh: tuple[Event, ...] = ()
    markers: list[Marker] = field(default_factory=list)
    names: dict[str, tuple[Name, ...]] = field(default_factory=dict)
    repeated: list[Event] = field(default_factory=list)
    unapplied: tuple[Unapplied, ...] = ()
    forgiven: list[str] = field(default_factory=list)
    odd: list[tuple[str, Suspicion]] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    voidings: dict[str, Voiding] = field(default_factory=dict)
    voided: dict[str, Event] = field(default_factory=dict)
    touched: dict[Name, Touched] = field(default_factory=dict)

    def things(self) -> dict[str, tuple[Name, ...]]:
        """What each event is about, by event id; for a void, what its target is about."""
        found = dict(self.names)
        found.update({event.event_id: named(event.fact) for event in self.repeated})
        for event in (*self.fresh, *self.repeated):
            if isinstance(event.fact, EventVoided):
                target = self.voided.get(event.fact.voided_event_id)
                found[event.event_id] = () if target is None else named(target.fact)
        return found

    def touch(self, name: Name) -> Touched:
        """What the batch brings to a thing so far."""
        return self.touched.setdefault(name, Touched())


def digests(batch: Sequence[Arrival]) -> list[Digest]:
    """All that is computed of the events alone, whatever the graph knows of them."""
    return [Digest(*hash_and_fact(arrival.payload or encode(arrival.event))) for arrival in batch]


def event_ids(batch: Sequence[Arrival]) -> list[str]:
    """The events whose standing decides what a batch brings: its own, and those that it voids."""
    told = _told(arrival.event for arrival in batch)
    return list(dict.fromkeys([*(arrival.event.event_id for arrival in batch), *told]))


async def plan(tx: Transaction, batch: Sequence[Arrival], told: Sequence[Digest], known: Known) -> Plan:
    """Compare a batch, with its ``digests``, with what the graph knows of its events; writes nothing."""
    planned = Plan()
    _sort_out(zip(batch, told, strict=True), known, planned)
    await _void(tx, known, planned)
    _settle(known, planned)
    for event in planned.fresh:
        names = planned.names[event.event_id] = named(event.fact)
        counts = event.event_id not in planned.voided
        for name in names:
            touched = planned.touch(name)
            if counts:
                touched.fresh.append(event)
    return planned


def _sort_out(batch: Iterable[tuple[Arrival, Digest]], known: Known, planned: Plan) -> None:
    """Tell new events from repeated ones, from reused ids and from those set aside before."""
    stored = dict(known.hashes)
    fresh: list[Event] = []
    unapplied: list[Unapplied] = []
    for arrival, (digest, data) in batch:
        event = arrival.event
        before = stored.get(event.event_id)
        row = known.skipped.get(event.event_id)
        if before == digest:
            planned.repeated.append(event)
        elif before is not None:
            unapplied.append(_reused(arrival))
            planned.odd.append((f"Event:{event.event_id}", _reuse(event)))
        elif row is not None and row["content_hash"] == digest and not arrival.is_new:
            unapplied.append(Unapplied(arrival, row["error"], row["message"]))
        else:
            stored[event.event_id] = digest
            if row is not None:
                planned.forgiven.append(event.event_id)
            fresh.append(event)
            planned.markers.append(_marker(event, digest, data))
    planned.fresh, planned.unapplied = tuple(fresh), tuple(unapplied)


def _reused(arrival: Arrival) -> Unapplied:
    message = f"event id {arrival.event.event_id} already names an event of other content"
    return Unapplied(arrival, ID_REUSED, message)


def _reuse(event: Event) -> Suspicion:
    return Suspicion(
        code="event.id_reused",
        about=event.event_id,
        message=f"{event.source} sent event id {event.event_id} again with other content.",
        things=(),
    )


def _marker(event: Event, digest: str, data: str) -> Marker:
    return Marker(
        event.event_id,
        event.type,
        event.source,
        event.source_sequence,
        event.occurred_at,
        event.recorded_at,
        data,
        digest,
    )


async def _void(tx: Transaction, known: Known, planned: Plan) -> None:
    """Find the events that no longer count: told now or before, arrived now or before."""
    told = _told(planned.fresh)
    fresh = {event.event_id: event for event in planned.fresh}
    before = known.voidings
    planned.voidings = {
        event_id: voiding
        for event_id, voiding in told.items()
        if event_id not in before or voiding < before[event_id]
    }
    ends = before | planned.voidings
    for event_id in ends.keys() & fresh.keys():
        if not isinstance(fresh[event_id].fact, EventVoided):
            planned.voided[event_id] = fresh[event_id]
            planned.voidings[event_id] = ends[event_id]
    stored = [event_id for event_id in planned.voidings if event_id not in fresh]
    if stored:
        await _take_back(tx, stored, planned)


def _settle(known: Known, planned: Plan) -> None:
    """An id that came again is nothing to look at any more once its event was taken out."""
    ended = known.voidings.keys() | planned.voidings.keys()
    planned.odd = [(subject, reuse) for subject, reuse in planned.odd if reuse.about not in ended]
    planned.settled = [f"{ID_REUSED}:{event_id}" for event_id in sorted(planned.voidings)]


def _told(events: Iterable[Event]) -> dict[str, Voiding]:
    told: dict[str, Voiding] = {}
    for event in events:
        if isinstance(event.fact, EventVoided):
            voiding = Voiding(event.recorded_at, event.event_id)
            target = event.fact.voided_event_id
            told[target] = min(told.get(target, voiding), voiding)
    return told


async def _take_back(tx: Transaction, event_ids: list[str], planned: Plan) -> None:
    """Hand stored events that stop counting now back to the things that they named."""
    for row in await tx.read(STORED, event_ids=event_ids):
        if row["type"] == EventVoided.__name__:
            continue
        event = event_in(row)
        planned.voided[event.event_id] = event
        if row["voided_at"] is None:
            for name in named(event.fact):
                planned.touch(name).returned.append(event)
