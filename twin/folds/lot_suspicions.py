"""What is odd about a lot, by its own events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from twin.events.event import Event
from twin.events.lot import LotCreated
from twin.folds.bookkeeping import enter
from twin.folds.ledger import Ledger
from twin.folds.suspicion import Suspicion
from twin.records.lot import LotState, OperationRun
from twin.vocabulary.things import Thing, ThingKind


def suspicions_of(state: LotState, events: Sequence[Event]) -> Iterator[Suspicion]:
    """What a person should look at in a lot with these counted events."""
    lot_id, thing = state.lot_id, f"LOT:{state.lot_id}"
    if state.inferred:
        yield Suspicion(
            code="lot.unknown",
            about=lot_id,
            message=f"Events name lot {lot_id}, and nobody created it.",
            things=(thing,),
            hint="Send LotCreated, or correct the name where it was typed.",
        )
    elif _gave_too_much(state, events):
        yield Suspicion(
            code="quantity.imbalance",
            about=lot_id,
            message=f"Lot {lot_id} gave more units than it had.",
            things=(thing,),
            hint="Compare the quantities of its splits, merges, scrap and packing.",
        )
    if sum(isinstance(event.fact, LotCreated) for event in events) > 1:
        yield Suspicion(
            code="lot.created_twice",
            about=lot_id,
            message=f"Lot {lot_id} was created more than once; the first counts.",
            things=(thing,),
        )
    for run in state.runs:
        if run.inferred:
            yield _half_a_run(run, thing)


def _half_a_run(run: OperationRun, lot: str) -> Suspicion:
    missing = "in" if run.started_at is None else "out"
    return Suspicion(
        code=f"run.no_track_{missing}",
        about=run.key,
        message=f"Nobody tracked {run.lot_id} {missing} at {run.operation} on {run.equipment_id}.",
        things=(f"OPERATION_RUN:{run.key}", lot),
        severity="INFO",
    )


def _gave_too_much(state: LotState, events: Sequence[Event]) -> bool:
    """A lot that has units left, and never ran out, cannot have given too much."""
    if state.quantity > 0 and state.loose_quantity > 0 and not state.parents:
        return False
    ledger = Ledger()
    for place, event in enumerate(events):
        enter(ledger, place, event)
    lot = Thing(ThingKind.LOT, state.lot_id)
    return any(found.code == "quantity.imbalance" for found in ledger.findings.touching({lot}))
