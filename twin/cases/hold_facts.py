"""The facts and commands that an order to stop or to go on means; the same order always means the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from twin.cases.systems import TWIN
from twin.events.event import Event
from twin.events.lot import HoldReleased, LotHeld
from twin.records.case import HoldCommand, HoldOrder, RecallCase
from twin.vocabulary.cases import HoldTarget, HoldVerb
from twin.vocabulary.instants import Instant

SOURCE: Final = "dieloom.cases"
REASON_CODE: Final = "RECALL"
_NOTE_AT_MOST: Final = 1_000
_NAME_AT_MOST: Final = 128


def facts_of(case: RecallCase, order: HoldOrder) -> list[Event]:
    """One fact for each lot of an order, with ids that follow from it: sent again, they change nothing."""
    return [
        Event(
            event_id=command_id(case.case_id, order.round, TWIN, HoldTarget.LOT, lot_id),
            source=SOURCE,
            occurred_at=order.at,
            fact=_fact(case, order, lot_id),
        )
        for lot_id in order.lots
    ]


def _fact(case: RecallCase, order: HoldOrder, lot_id: str) -> LotHeld | HoldReleased:
    note, by = order.reason[:_NOTE_AT_MOST], _person(order.by)
    if order.verb is HoldVerb.HOLD:
        hold_id = f"{case.case_id}/{order.round}"
        return LotHeld(lot_id=lot_id, hold_id=hold_id, reason_code=REASON_CODE, note=note, by=by)
    hold_id = f"{case.case_id}/{case.held_lots.get(lot_id, order.round)}"
    return HoldReleased(lot_id=lot_id, hold_id=hold_id, note=note, by=by)


def commands_of(
    case: RecallCase, order: HoldOrder, systems: Iterable[str], patience_ms: int
) -> list[HoldCommand]:
    """One command for each lot and container to each system; the twin itself stops lots only."""
    told = [
        *((TWIN, HoldTarget.LOT, lot_id) for lot_id in order.lots),
        *((system, target, key) for system in systems for target, key in _targets(order)),
    ]
    return [
        HoldCommand(
            command_id=command_id(case.case_id, order.round, system, target, key),
            case_id=case.case_id,
            round=order.round,
            system=system,
            verb=order.verb,
            target=target,
            key=key,
            issued_at=order.at,
            due_at=Instant(order.at + patience_ms),
            attempts=0,
            next_at=order.at,
            acknowledged_at=None,
            acknowledged_by=None,
            problem=None,
        )
        for system, target, key in told
    ]


def _targets(order: HoldOrder) -> Iterator[tuple[HoldTarget, str]]:
    yield from ((HoldTarget.LOT, lot_id) for lot_id in order.lots)
    yield from ((HoldTarget.CONTAINER, container_id) for container_id in order.containers)


def command_id(case_id: str, number: int, system: str, target: HoldTarget, key: str) -> str:
    """The name of one command; for the twin itself also the id of the fact."""
    told = "\0".join((case_id, str(number), system, target.value, key))
    return f"{case_id}-{number}-{hashlib.sha256(told.encode()).hexdigest()[:24]}"


def _person(name: str) -> str:
    """A name as facts carry it."""
    return "".join(one if one.isprintable() else "?" for one in name)[:_NAME_AT_MOST].strip() or "unknown"
