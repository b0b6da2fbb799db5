"""Operation runs of one lot, from its track-ins and track-outs (semantics.md section 2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from twin.events.event import Event
from twin.events.lot import LotTrackedIn, LotTrackedOut, TrackInCancelled
from twin.records.lot import OperationRun
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import run_key

FOR_EVER: Final = Instant(2**62)
"""Later than any event: where an open run or mount ends."""

Placed: TypeAlias = tuple[int, Event]
"""A counted event with its place in the order of all counted events."""


@dataclass(slots=True)
class Run:
    """One lot at one operation on one machine; ``opened`` and ``closed`` are places among the events."""

    lot_id: str
    operation: str
    equipment_id: str
    attempt: int
    opened: int | None = None
    closed: int | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    track_in: Event | None = None
    track_out: Event | None = None
    inferred: bool = False
    repeats: list[int] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Lot, operation, equipment, attempt."""
        return run_key(self.lot_id, self.operation, self.equipment_id, self.attempt)

    @property
    def entry(self) -> LotTrackedIn | None:
        """What the track-in told, if there was one."""
        fact = self.track_in.fact if self.track_in else None
        return fact if isinstance(fact, LotTrackedIn) else None

    @property
    def exit(self) -> LotTrackedOut | None:
        """What the track-out told, if there was one."""
        fact = self.track_out.fact if self.track_out else None
        return fact if isinstance(fact, LotTrackedOut) else None

    @property
    def position(self) -> str | None:
        """The machine's position that the track-in named."""
        return self.entry.position if self.entry else None

    @property
    def operators(self) -> tuple[str, ...]:
        """Who tracked it in, and who tracked it out."""
        told = (self.entry.operator_id if self.entry else None, self.exit.operator_id if self.exit else None)
        return tuple(dict.fromkeys(name for name in told if name is not None))

    @property
    def recipe(self) -> tuple[str, str] | None:
        """Recipe and version of the track-in, when it named both."""
        entry = self.entry
        if entry is None or entry.recipe_id is None or entry.recipe_version is None:
            return None
        return entry.recipe_id, entry.recipe_version

    @property
    def first_at(self) -> Instant:
        """Its start, or its end when nobody saw the start."""
        if self.started_at is not None:
            return self.started_at
        return self.ended_at if self.ended_at is not None else FOR_EVER

    @property
    def last_at(self) -> Instant:
        """Its end; an open run never ends by itself."""
        return FOR_EVER if self.ended_at is None else self.ended_at

    @property
    def event(self) -> Event | None:
        """The event that tells of it first."""
        return self.track_in or self.track_out


def runs_of(events: Iterable[Placed]) -> list[Run]:
    """The runs of one lot from its tracking events in their order.

    A cancelled track-in never was: it opened nothing, and ended no other run.
    """
    tracked = list(events)
    left_out: set[int] = set()
    while True:
        runs, cancelled = _fold(tracked, left_out)
        if not cancelled:
            return runs
        left_out |= cancelled


def _fold(tracked: Sequence[Placed], left_out: set[int]) -> tuple[list[Run], set[int]]:
    """Fold up to the first cancellation that takes a run away; its places are handed back."""
    runs: list[Run] = []
    attempts: dict[tuple[str, str], int] = {}
    for place, event in tracked:
        if place in left_out:
            continue
        fact = event.fact
        if isinstance(fact, LotTrackedIn):
            _track_in(runs, attempts, place, event)
        elif isinstance(fact, LotTrackedOut):
            _track_out(runs, attempts, place, event)
        elif isinstance(fact, TrackInCancelled):
            run = _open_run(runs, fact.operation, fact.equipment_id)
            if run is not None and run.opened is not None:
                return runs, {run.opened, place, *run.repeats}
    return runs, set()


def _open_run(runs: Sequence[Run], operation: str, equipment_id: str) -> Run | None:
    for run in reversed(runs):
        if run.closed is None and run.operation == operation and run.equipment_id == equipment_id:
            return run
    return None


def _next_attempt(attempts: dict[tuple[str, str], int], operation: str, equipment_id: str) -> int:
    attempts[operation, equipment_id] = attempts.get((operation, equipment_id), 0) + 1
    return attempts[operation, equipment_id]


def _track_in(runs: list[Run], attempts: dict[tuple[str, str], int], place: int, event: Event) -> None:
    fact = event.fact
    assert isinstance(fact, LotTrackedIn)  # noqa: S101 - the caller looked
    same = _open_run(runs, fact.operation, fact.equipment_id)
    if same is not None:
        same.repeats.append(place)
        return
    for run in runs:
        if run.closed is None and run.operation != fact.operation:
            run.closed, run.ended_at, run.inferred = place, event.occurred_at, True
    attempt = _next_attempt(attempts, fact.operation, fact.equipment_id)
    runs.append(
        Run(
            fact.lot_id,
            fact.operation,
            fact.equipment_id,
            attempt,
            opened=place,
            started_at=event.occurred_at,
            track_in=event,
        )
    )


def _track_out(runs: list[Run], attempts: dict[tuple[str, str], int], place: int, event: Event) -> None:
    fact = event.fact
    assert isinstance(fact, LotTrackedOut)  # noqa: S101 - the caller looked
    run = _open_run(runs, fact.operation, fact.equipment_id)
    if run is None:
        attempt = _next_attempt(attempts, fact.operation, fact.equipment_id)
        run = Run(fact.lot_id, fact.operation, fact.equipment_id, attempt, inferred=True)
        runs.append(run)
    run.closed, run.ended_at, run.track_out = place, event.occurred_at, event


def run_of(
    runs: Sequence[Run], operation: str, equipment_id: str | None, place: int, at: Instant
) -> Run | None:
    """Which run of a lot a consumption at this place and time belongs to; None without any run there.

    The open run (on the named machine if one is open there, else the latest started), else the nearest by
    time, on a tie the earlier.
    """
    there = [run for run in runs if run.operation == operation]
    is_open = [
        run
        for run in there
        if run.opened is not None and run.opened < place and (run.closed is None or run.closed > place)
    ]
    if is_open:
        on_it = [run for run in is_open if run.equipment_id == equipment_id]
        return max(on_it or is_open, key=lambda run: run.opened or 0)
    return min(there, key=lambda run: (_distance(run, at), _first_place(run)), default=None)


def _first_place(run: Run) -> int:
    place = run.opened if run.opened is not None else run.closed
    return 0 if place is None else place


def _distance(run: Run, at: Instant) -> int:
    if at < run.first_at:
        return run.first_at - at
    return max(0, at - run.last_at)


def run_record(run: Run) -> OperationRun:
    """The run as answers carry it."""
    entry, leave = run.entry, run.exit
    return OperationRun(
        key=run.key,
        lot_id=run.lot_id,
        operation=run.operation,
        equipment_id=run.equipment_id,
        attempt=run.attempt,
        position=run.position,
        operator_id=next(iter(run.operators), None),
        recipe_id=entry.recipe_id if entry else None,
        recipe_version=entry.recipe_version if entry else None,
        started_at=run.started_at,
        ended_at=run.ended_at,
        good=leave.good if leave else None,
        scrap=leave.scrap if leave else None,
        rework=leave.rework if leave else None,
        other=leave.other if leave else None,
        carrier_id=entry.carrier_id if entry else None,
        quantity=entry.quantity if entry else None,
        inferred=run.inferred,
    )
