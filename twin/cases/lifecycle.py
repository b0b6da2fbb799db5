"""The life of a recall case, told by its log alone: what may follow what, and where the case then stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import msgspec

from twin.cases.scope_text import scope_read
from twin.errors import Refused
from twin.records.case import CaseEntry, DrillScore, HoldOrder, RecallCase, Simulation
from twin.vocabulary.cases import CaseAction, CaseKind, CaseState, HoldVerb

_UNDER_WAY: Final = frozenset({CaseState.OPENED, CaseState.CONTAINED, CaseState.PARTLY_RELEASED})
_NOT_CLOSED: Final = frozenset(CaseState) - {CaseState.CLOSED}
_HELD: Final = frozenset({CaseState.CONTAINED, CaseState.PARTLY_RELEASED})

ALLOWED: Final[Mapping[CaseAction, frozenset[CaseState]]] = {
    CaseAction.DRAFTED: frozenset(),
    CaseAction.SIMULATED: frozenset({CaseState.DRAFT, CaseState.SIMULATED}),
    CaseAction.OPENED: frozenset({CaseState.SIMULATED}),
    CaseAction.HOLDS_ORDERED: _UNDER_WAY,
    CaseAction.CONTAINED: _UNDER_WAY,
    CaseAction.RELEASE_ORDERED: _HELD,
    CaseAction.RELEASED: _HELD,
    CaseAction.CLOSED: _NOT_CLOSED,
    CaseAction.OWNER_CHANGED: _NOT_CLOSED,
    CaseAction.NOTED: _NOT_CLOSED,
    CaseAction.ACKNOWLEDGED: frozenset(CaseState),
    CaseAction.DRILL_SCORED: frozenset({CaseState.SIMULATED}),
}
"""In which states each thing may be done to a case."""

NOT_FOR_DRILLS: Final = frozenset({CaseAction.OPENED, CaseAction.HOLDS_ORDERED, CaseAction.RELEASE_ORDERED})


class ImpossibleTransition(Refused):
    """A case in this state does not take that step."""

    code = "case.impossible_transition"


def check(case: RecallCase, action: CaseAction) -> None:
    """Whether this may be done to a case as it stands.

    Raises:
        ImpossibleTransition: its state does not allow it, or it is a drill and this would stop real lots.
    """
    if case.kind is CaseKind.DRILL and action in NOT_FOR_DRILLS:
        raise ImpossibleTransition(
            f"{case.case_id} is a drill; a drill stops nothing", code="case.is_drill", field="caseId"
        )
    if case.state not in ALLOWED[action]:
        allowed = ", ".join(state.value for state in CaseState if state in ALLOWED[action])
        raise ImpossibleTransition(
            f"{case.case_id} is {case.state.value}; {action.value} is possible in: {allowed}", field="caseId"
        )


def told(entries: Iterable[CaseEntry]) -> RecallCase | None:
    """The case that a whole log tells; None of an empty one."""
    case: RecallCase | None = None
    for entry in entries:
        case = after(case, entry)
    return case


def after(case: RecallCase | None, entry: CaseEntry) -> RecallCase:
    """The case with one more line in its log."""
    if case is None:
        return _drafted(entry)
    changed = _EFFECTS[entry.action](case, entry)
    return replace(changed, updated_at=entry.at, revision=entry.number, log=(*case.log, entry))


def _drafted(entry: CaseEntry) -> RecallCase:
    data = entry.data
    return RecallCase(
        case_id=entry.case_id,
        kind=CaseKind(data["kind"]),
        state=CaseState.DRAFT,
        scope=scope_read(data["scope"]),
        reason=data["reason"],
        owner=data["owner"],
        created_at=entry.at,
        updated_at=entry.at,
        revision=entry.number,
        log=(entry,),
    )


def _simulated(case: RecallCase, entry: CaseEntry) -> RecallCase:
    simulation = msgspec.convert({**entry.data, "at": entry.at}, Simulation)
    return replace(case, state=CaseState.SIMULATED, simulation=simulation)


def _opened(case: RecallCase, _entry: CaseEntry) -> RecallCase:
    return replace(case, state=CaseState.OPENED)


def _ordered(case: RecallCase, entry: CaseEntry) -> RecallCase:
    verb = HoldVerb.HOLD if entry.action is CaseAction.HOLDS_ORDERED else HoldVerb.RELEASE
    data = entry.data
    order = HoldOrder(
        len(case.orders) + 1,
        verb,
        entry.at,
        entry.actor,
        data["reason"],
        tuple(data["lots"]),
        tuple(data["containers"]),
    )
    return replace(case, orders=(*case.orders, order))


def _contained(case: RecallCase, entry: CaseEntry) -> RecallCase:
    orders, order = _done(case, entry)
    state = CaseState.PARTLY_RELEASED if _has_released(case) else CaseState.CONTAINED
    return replace(
        case,
        state=state,
        orders=orders,
        held_lots={**case.held_lots, **dict.fromkeys(order.lots, order.round)},
        held_containers={**case.held_containers, **dict.fromkeys(order.containers, order.round)},
    )


def _released(case: RecallCase, entry: CaseEntry) -> RecallCase:
    orders, order = _done(case, entry)
    return replace(
        case,
        state=CaseState.PARTLY_RELEASED,
        orders=orders,
        held_lots={key: number for key, number in case.held_lots.items() if key not in order.lots},
        held_containers={
            key: number for key, number in case.held_containers.items() if key not in order.containers
        },
        released_lots=tuple(dict.fromkeys((*case.released_lots, *order.lots))),
        released_containers=tuple(dict.fromkeys((*case.released_containers, *order.containers))),
    )


def _closed(case: RecallCase, entry: CaseEntry) -> RecallCase:
    return replace(case, state=CaseState.CLOSED, closing_reason=entry.data["reason"])


def _owner_changed(case: RecallCase, entry: CaseEntry) -> RecallCase:
    return replace(case, owner=entry.data["owner"])


def _scored(case: RecallCase, entry: CaseEntry) -> RecallCase:
    return replace(case, drill=msgspec.convert(entry.data, DrillScore))


def _unchanged(case: RecallCase, _entry: CaseEntry) -> RecallCase:
    return case


def _done(case: RecallCase, entry: CaseEntry) -> tuple[tuple[HoldOrder, ...], HoldOrder]:
    number = entry.data["round"]
    order = replace(case.orders[number - 1], is_done=True)
    return (*case.orders[: number - 1], order, *case.orders[number:]), order


def _has_released(case: RecallCase) -> bool:
    return bool(case.released_lots or case.released_containers)


_EFFECTS: Final[dict[CaseAction, Callable[[RecallCase, CaseEntry], RecallCase]]] = {
    CaseAction.SIMULATED: _simulated,
    CaseAction.OPENED: _opened,
    CaseAction.HOLDS_ORDERED: _ordered,
    CaseAction.CONTAINED: _contained,
    CaseAction.RELEASE_ORDERED: _ordered,
    CaseAction.RELEASED: _released,
    CaseAction.CLOSED: _closed,
    CaseAction.OWNER_CHANGED: _owner_changed,
    CaseAction.NOTED: _unchanged,
    CaseAction.ACKNOWLEDGED: _unchanged,
    CaseAction.DRILL_SCORED: _scored,
}


def entry_data(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the action needs
    """The data of a line, in plain JSON types."""
    return dict(msgspec.to_builtins(fields))
