"""A lot as its counted events tell it: quantities, status, runs, holds, place (semantics.md section 2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.lot import (
    HoldReleased,
    LotCancelled,
    LotCompleted,
    LotCreated,
    LotHeld,
    LotMoved,
    LotReleased,
    LotsMerged,
    LotSplit,
    LotTrackedIn,
    LotTrackedOut,
    TrackInCancelled,
)
from twin.events.material import MaterialConsumed
from twin.events.packing import Packed, Shipped
from twin.folds.account import Account
from twin.folds.bookkeeping import enter
from twin.folds.ledger import Ledger
from twin.folds.run import Placed, Run, run_of, run_record, runs_of
from twin.records.lot import Consumption, Hold, LotState
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import LotStatus, QualityStatus, WipStatus

TRACKING = (LotTrackedIn, LotTrackedOut, TrackInCancelled)
_BEGINNINGS = (LotReleased, LotTrackedIn, LotTrackedOut)


def fold_lot(lot_id: str, events: Iterable[Event]) -> LotState:
    """The lot from counted events in their order.

    Its own events are enough for everything but what it inherits (product, orders: give its ancestors'
    events too) and what units packed by name take from it (give the units' events too).
    """
    own, ledger, runs = _entered(lot_id, events)
    return lot_state(lot_id, own, ledger, runs)


def folded(lot_id: str, events: Iterable[Event]) -> tuple[LotState, Ledger]:
    """The same without the material that it used, and the books that tell it."""
    own, ledger, runs = _entered(lot_id, events)
    return lot_state(lot_id, own, ledger, runs, with_consumptions=False), ledger


def _entered(lot_id: str, events: Iterable[Event]) -> tuple[list[Placed], Ledger, list[Run]]:
    ledger = Ledger()
    own: list[Placed] = []
    for place, event in enumerate(events):
        enter(ledger, place, event)
        if names_lot(event.fact, lot_id):
            own.append((place, event))
    return own, ledger, runs_of([each for each in own if isinstance(each[1].fact, TRACKING)])


def names_lot(fact: Fact, lot_id: str) -> bool:
    """Whether a fact names the lot, in whatever part of it."""
    match fact:
        case LotSplit():
            return fact.parent_lot_id == lot_id or any(child.lot_id == lot_id for child in fact.children)
        case LotsMerged():
            return fact.into_lot_id == lot_id or any(parent.lot_id == lot_id for parent in fact.parents)
        case Packed() | Shipped():
            return any(content.lot_id == lot_id for content in fact.contents)
        case _:
            return getattr(fact, "lot_id", None) == lot_id


def lot_state(
    lot_id: str,
    own: Sequence[Placed],
    ledger: Ledger,
    runs: Sequence[Run],
    *,
    with_consumptions: bool = True,
) -> LotState:
    """The lot from the events that name it, the accounts of all lots, and its runs."""
    account = ledger.accounts.lots.get(lot_id) or Account(lot_id)
    facts = [event.fact for _, event in own]
    holds = _holds([event for _, event in own])
    working = [run for run in runs if run.closed is None]
    ending = next((fact for fact in reversed(facts) if isinstance(fact, LotCompleted | LotCancelled)), None)
    latest = working[-1] if working else runs[-1] if runs else None
    return LotState(
        lot_id=lot_id,
        product_id=ledger.accounts.product_of(lot_id),
        order_ids=tuple(sorted(account.orders)),
        quantity=account.total,
        loose_quantity=account.loose,
        status=_status(account, facts, holds, ending),
        wip_status=_wip_status(holds, working, ending),
        quality=ending.quality if isinstance(ending, LotCompleted) else QualityStatus.PENDING,
        current_operation=latest.operation if latest else None,
        current_equipment_id=working[-1].equipment_id if working else None,
        location_id=next((fact.location_id for fact in reversed(facts) if isinstance(fact, LotMoved)), None),
        holds=holds,
        runs=tuple(run_record(run) for run in runs),
        consumptions=_consumptions(own, runs) if with_consumptions else (),
        parents=tuple(account.parents),
        children=tuple(account.children),
        created_at=_created(account),
        updated_at=own[-1][1].occurred_at if own else None,
        revision=len(own),
        inferred=not account.is_known,
        priority=next((fact.priority for fact in facts if isinstance(fact, LotCreated)), None),
    )


def _created(account: Account) -> Instant | None:
    if account.created is not None:
        return account.created.occurred_at
    return account.parents[0].at if account.parents else None


def _status(
    account: Account, facts: Sequence[Fact], holds: Sequence[Hold], ending: LotCompleted | LotCancelled | None
) -> LotStatus:
    if isinstance(ending, LotCancelled):
        return LotStatus.CANCELLED
    if any(hold.released_at is None for hold in holds):
        return LotStatus.HOLD
    if ending is not None:
        return LotStatus.COMPLETED
    began = bool(account.parents) or any(
        isinstance(fact, LotReleased | LotTrackedIn | LotTrackedOut) for fact in facts
    )
    return LotStatus.IN_PROGRESS if began else LotStatus.PLANNED


def _wip_status(
    holds: Sequence[Hold], working: Sequence[Run], ending: LotCompleted | LotCancelled | None
) -> WipStatus:
    if any(hold.released_at is None for hold in holds):
        return WipStatus.HOLD
    if ending is not None:
        return WipStatus.COMPLETED
    return WipStatus.PROCESSING if working else WipStatus.WAITING


def _holds(events: Sequence[Event]) -> tuple[Hold, ...]:
    """Each hold once; a release without its hold is ignored."""
    held: dict[str, Hold] = {}
    for event in events:
        match event.fact:
            case LotHeld() as fact:
                held.setdefault(
                    fact.hold_id,
                    Hold(fact.hold_id, fact.reason_code, fact.by, event.occurred_at, fact.note),
                )
            case HoldReleased() as fact if fact.hold_id in held:
                hold = held[fact.hold_id]
                if hold.released_at is None:
                    held[fact.hold_id] = replace(hold, released_at=event.occurred_at, released_by=fact.by)
    return tuple(held.values())


def _consumptions(own: Sequence[Placed], runs: Sequence[Run]) -> tuple[Consumption, ...]:
    found: list[Consumption] = []
    for place, event in own:
        fact = event.fact
        if not isinstance(fact, MaterialConsumed):
            continue
        run = run_of(runs, fact.operation, fact.equipment_id, place, event.occurred_at)
        found.append(
            Consumption(
                lot_id=fact.lot_id,
                material_lot_id=fact.material_lot_id,
                operation=fact.operation,
                quantity=fact.quantity,
                unit=fact.unit,
                method=fact.method.value,
                at=event.occurred_at,
                event_id=event.event_id,
                expected=fact.expected,
                run_key=run.key if run else None,
            )
        )
    return tuple(found)
