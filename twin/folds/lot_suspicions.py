"""What is odd about a lot, by its own events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from twin.events.event import Event
from twin.events.lot import LotCreated, LotTrackedIn, LotTrackedOut, TrackInCancelled
from twin.events.material import MaterialConsumed
from twin.folds.bookkeeping import enter
from twin.folds.ledger import Ledger
from twin.folds.run import Run, runs_of
from twin.folds.suspicion import Suspicion
from twin.records.lot import LotState, OperationRun
from twin.vocabulary.things import Thing, ThingKind


def suspicions_of(state: LotState, events: Sequence[Event], books: Ledger | None) -> Iterator[Suspicion]:
    """What a person should look at in a lot with these counted events; its books, if they are at hand."""
    lot_id, thing = state.lot_id, f"LOT:{state.lot_id}"
    ledger = _looked_into(state, events, books)
    if state.inferred:
        yield Suspicion(
            code="lot.unknown",
            about=lot_id,
            message=f"Events name lot {lot_id}, and nobody created it.",
            things=(thing,),
        )
    elif ledger is not None and _gave_too_much(lot_id, ledger):
        yield Suspicion(
            code="quantity.imbalance",
            about=lot_id,
            message=f"Lot {lot_id} gave more units than it had.",
            things=(thing,),
        )
    if sum(isinstance(event.fact, LotCreated) for event in events) > 1:
        yield Suspicion(
            code="lot.created_twice",
            about=lot_id,
            message=f"Lot {lot_id} was created more than once; the first counts.",
            things=(thing,),
        )
    yield from _while_empty(state, events, ledger)
    for run in state.runs:
        if run.inferred:
            yield _half_a_run(run, thing)
    for repeated in _opened_twice(state, events):
        yield _second_track_in(repeated, thing)


def _half_a_run(run: OperationRun, lot: str) -> Suspicion:
    missing = "in" if run.started_at is None else "out"
    return Suspicion(
        code=f"run.no_track_{missing}",
        about=run.key,
        message=f"Nobody tracked {run.lot_id} {missing} at {run.operation} on {run.equipment_id}.",
        things=(f"OPERATION_RUN:{run.key}", lot),
    )


def _second_track_in(run: Run, lot: str) -> Suspicion:
    return Suspicion(
        code="run.opened_twice",
        about=run.key,
        message=f"{run.lot_id} was tracked in again at {run.operation} on {run.equipment_id} while it ran.",
        things=(f"OPERATION_RUN:{run.key}", lot),
    )


def _opened_twice(state: LotState, events: Sequence[Event]) -> list[Run]:
    """The runs that were tracked in again while open; most lots have as many track-ins as runs."""
    track_ins = sum(isinstance(event.fact, LotTrackedIn) for event in events)
    if track_ins == sum(run.started_at is not None for run in state.runs):
        return []
    tracking = (LotTrackedIn, LotTrackedOut, TrackInCancelled)
    placed = [(place, event) for place, event in enumerate(events) if isinstance(event.fact, tracking)]
    return [run for run in runs_of(placed) if run.repeats]


def _while_empty(state: LotState, events: Sequence[Event], ledger: Ledger | None) -> Iterator[Suspicion]:
    """What the lot used while its books held no unit."""
    account = None if ledger is None else ledger.accounts.lots.get(state.lot_id)
    if account is None:
        return
    used = {
        event.fact.material_lot_id
        for place, event in enumerate(events)
        if isinstance(event.fact, MaterialConsumed) and account.before(place)[1] == 0
    }
    if used:
        yield Suspicion(
            code="consumption.empty_lot",
            about=state.lot_id,
            message=f"Lot {state.lot_id} used material while it had no units.",
            things=(f"LOT:{state.lot_id}", *(f"MATERIAL_LOT:{key}" for key in sorted(used))),
        )


def _looked_into(state: LotState, events: Sequence[Event], books: Ledger | None) -> Ledger | None:
    """The books of the lot; None for one that had units all the time and has some left."""
    started = bool(events) and isinstance(events[0].fact, LotCreated)
    if started and state.quantity > 0 and state.loose_quantity > 0 and not state.parents:
        return None
    if books is not None:
        return books
    ledger = Ledger()
    for place, event in enumerate(events):
        enter(ledger, place, event)
    return ledger


def _gave_too_much(lot_id: str, ledger: Ledger) -> bool:
    found = ledger.findings.touching({Thing(ThingKind.LOT, lot_id)})
    return any(each.code == "quantity.imbalance" for each in found)
