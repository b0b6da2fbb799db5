"""Section 2 of semantics.md: operation runs, and which of them a consumption belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.events.event import Event
from twin.events.lot import LotTrackedIn, LotTrackedOut, TrackInCancelled
from twin.events.material import MaterialConsumed
from twin.events.substrate import SubstrateProcessed

Three = tuple[str, str, str]


@dataclass(eq=False)
class Run:
    three: Three
    track_in: Event | None = None
    track_out: Event | None = None
    ended_by: Event | None = None
    end: int | None = None
    inferred: bool = False
    attempt: int = 0

    @property
    def lot(self) -> str:
        return self.three[0]

    @property
    def operation(self) -> str:
        return self.three[1]

    @property
    def equipment(self) -> str:
        return self.three[2]

    @property
    def start(self) -> int | None:
        return None if self.track_in is None else self.track_in.occurred_at

    @property
    def first(self) -> Event:
        event = self.track_in or self.track_out
        assert event is not None
        return event

    @property
    def position(self) -> str | None:
        return None if self.track_in is None else self.track_in.fact.position  # type: ignore[attr-defined]

    @property
    def operators(self) -> set[str]:
        """Of the track-in or the track-out: either makes it a run of theirs."""
        told = {e.fact.operator_id for e in (self.track_in, self.track_out) if e is not None}  # type: ignore[attr-defined]
        return told - {None}

    @property
    def recipe(self) -> tuple[str, str] | None:
        fact = None if self.track_in is None else self.track_in.fact
        if fact is None or fact.recipe_id is None or fact.recipe_version is None:  # type: ignore[attr-defined]
            return None
        return (fact.recipe_id, fact.recipe_version)  # type: ignore[attr-defined]

    @property
    def key(self) -> str:
        return "/".join(self.three) + f"/{self.attempt}"


@dataclass
class Runs:
    runs: list[Run] = field(default_factory=list)
    findings: list[tuple[str, str, str]] = field(default_factory=list)
    """(code, lot, event id)"""
    places: dict[str, int] = field(default_factory=dict)


def runs_of(events: list[Event]) -> Runs:
    """Cancelled track-ins ended no other run, so fold again until the set of cancelled ones stands."""
    cancelled: frozenset[str] = frozenset()
    for _ in range(60):
        fold = _Fold(events, cancelled)
        if fold.cancelled == cancelled:
            return fold.out
        cancelled = frozenset(fold.cancelled)
    raise AssertionError("track-ins and their cancellations do not settle")


class _Fold:
    """Ghosts are the track-ins known to be cancelled later."""

    def __init__(self, events: list[Event], ghosts: frozenset[str]) -> None:
        self.ghosts = ghosts
        self.open: dict[Three, Run] = {}
        self.out = Runs(places={e.event_id: place for place, e in enumerate(events)})
        self.cancelled: set[str] = set()
        for event in events:
            self.track(event)
        attempts: dict[Three, int] = {}
        for run in self.out.runs:
            run.attempt = attempts[run.three] = attempts.get(run.three, 0) + 1

    def track(self, event: Event) -> None:
        fact = event.fact
        if isinstance(fact, LotTrackedIn | LotTrackedOut | TrackInCancelled):
            three = (fact.lot_id, fact.operation, fact.equipment_id)
            if isinstance(fact, LotTrackedIn):
                self.track_in(three, event)
            elif isinstance(fact, LotTrackedOut):
                self.track_out(three, event)
            else:
                self.cancel(three)

    def track_in(self, three: Three, event: Event) -> None:
        if three in self.open:
            if self.open[three].first.event_id not in self.ghosts:
                self.out.findings.append(("run.opened_twice", three[0], event.event_id))
            return
        if event.event_id not in self.ghosts:
            for other in [o for o in self.open if o[0] == three[0] and o[1] != three[1]]:
                run = self.open.pop(other)
                run.ended_by, run.end, run.inferred = event, event.occurred_at, True
                self.out.findings.append(("run.no_track_out", three[0], run.first.event_id))
        self.open[three] = Run(three, track_in=event)
        self.out.runs.append(self.open[three])

    def track_out(self, three: Three, event: Event) -> None:
        run = self.open.pop(three, None)
        if run is None:
            run = Run(three, inferred=True)
            self.out.runs.append(run)
            self.out.findings.append(("run.no_track_in", three[0], event.event_id))
        run.track_out = run.ended_by = event
        run.end = event.occurred_at

    def cancel(self, three: Three) -> None:
        run = self.open.pop(three, None)
        if run is not None:
            self.out.runs.remove(run)
            self.cancelled.add(run.first.event_id)


def run_of(event: Event, all_runs: Runs) -> Run | None:
    """None: all consumptions of that lot and operation without any run count as one."""
    fact, places = event.fact, all_runs.places
    assert isinstance(fact, MaterialConsumed | SubstrateProcessed)
    now = places[event.event_id]
    own = [r for r in all_runs.runs if (r.lot, r.operation) == (fact.lot_id, fact.operation)]
    if not own:
        return None
    opened = [
        r
        for r in own
        if r.track_in is not None
        and places[r.track_in.event_id] < now
        and (r.ended_by is None or now < places[r.ended_by.event_id])
    ]
    if opened:
        there = [r for r in opened if r.equipment == fact.equipment_id]
        return max(there or opened, key=lambda r: places[r.first.event_id])
    return min(own, key=lambda r: (_distance(r, event.occurred_at), places[r.first.event_id]))


def _distance(run: Run, at: int) -> int:
    start = run.end if run.start is None else run.start
    assert start is not None
    if at < start:
        return start - at
    return 0 if run.end is None else max(0, at - run.end)
