"""What a recall would be with a wider window, on one head only, or without what was inspected again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from twin.errors import Refused
from twin.events.event import Event
from twin.events.quality import InspectionRecorded
from twin.graph.session import Graph
from twin.lineage.exposure import exposure
from twin.lineage.plant import Plant
from twin.lineage.scope import thing_of
from twin.queries.clocks import Clocks
from twin.queries.recall_impact import recall_events
from twin.records.recall import (
    EquipmentScope,
    Exposure,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
    Window,
)
from twin.records.what_if import ChangedLot, Compared, Variant, WhatIf
from twin.vocabulary.instants import Instant

MOST_VARIANTS: Final = 8
WIDEST_MINUTES: Final = 366 * 24 * 60
_MINUTE_MS: Final = 60_000


async def what_if(graph: Graph, scope: RecallScope, variants: Sequence[Variant], clocks: Clocks) -> WhatIf:
    """A recall and its variants, all asked at the same moments.

    Raises:
        Refused: there are too many variants, or one changes what the scope does not have.
        NotFound: the scope names something that no counted event names.
    """
    if not 0 < len(variants) <= MOST_VARIANTS:
        raise Refused(
            f"{len(variants)} variants; 1 to {MOST_VARIANTS} are allowed",
            code="list.too_long",
            field="variants",
        )
    scopes = [varied(scope, variant) for variant in variants]
    events = await recall_events(graph, scope, clocks)
    now = await asyncio.to_thread(exposure, events, scope, clocks.as_of)
    rows = []
    for variant, other in zip(variants, scopes, strict=True):
        told = events if other == scope else await recall_events(graph, other, clocks)
        rows.append(await asyncio.to_thread(_variant, variant, other, told, (now, clocks.as_of)))
    return WhatIf(scope, now, tuple(rows))


def varied(scope: RecallScope, variant: Variant) -> RecallScope:
    """The scope with what a variant changes of it.

    Raises:
        Refused: ``variant.not_possible`` when the scope has no window or no position to change.
    """
    if variant.minutes is not None:
        if abs(variant.minutes) > WIDEST_MINUTES:
            raise Refused(
                f"minutes is {variant.minutes}; at most {WIDEST_MINUTES} either way are allowed",
                code="variant.bad",
                field="variants",
            )
        scope = _wider(scope, variant.minutes * _MINUTE_MS)
    if variant.position is not None:
        if not isinstance(scope, EquipmentScope):
            raise _not_possible("position", scope)
        scope = replace(scope, position=variant.position)
    return scope


def _wider(scope: RecallScope, by: int) -> RecallScope:
    match scope:
        case EquipmentScope() | OperatorScope() | ToolScope() | RecipeVersionScope() if (
            scope.window != Window()
        ):
            return replace(scope, window=_widened(scope.window, by))
        case MaterialLotScope(start=int()) | LotScope(start=int()):
            return replace(scope, start=_moved(scope.start, -by))
        case _:
            raise _not_possible("window", scope)


def _widened(window: Window, by: int) -> Window:
    start, end = _moved(window.start, -by), _moved(window.end, by)
    if start is not None and end is not None and end < start:
        raise Refused("The window would end before it begins.", code="window.empty", field="variants")
    return Window(start, end)


def _moved(at: Instant | None, by: int) -> Instant | None:
    return None if at is None else Instant(at + by)


def _not_possible(what: str, scope: RecallScope) -> Refused:
    return Refused(
        f"the scope about {thing_of(scope)} has no {what} to change",
        code="variant.not_possible",
        field="variants",
    )


def _variant(
    variant: Variant, scope: RecallScope, events: list[Event], base: tuple[Exposure, Instant | None]
) -> Compared:
    before, as_of = base
    answer = exposure(events, scope, as_of)
    if variant.exclude_reinspected:
        answer = without_reinspected(answer, events)
    return compared(variant, scope, before, answer)


def without_reinspected(answer: Exposure, events: Iterable[Event]) -> Exposure:
    """The answer without the lots whose last inspection after they were reached found nothing.

    What went on from such a lot before stays in the answer: only an inspection of its own clears a lot.
    """
    since = {row.lot_id: row.since for row in answer.lots}
    verdicts: dict[str, bool] = {}
    told = sorted(events, key=lambda event: event.order)
    for event in told:
        fact = event.fact
        if not isinstance(fact, InspectionRecorded) or fact.lot_id not in since:
            continue
        if event.occurred_at >= since[fact.lot_id]:
            verdicts[fact.lot_id] = fact.passed
    cleared = {lot_id for lot_id, passed in verdicts.items() if passed}
    if not cleared:
        return answer
    units = Plant.of(told).ledger.units.units
    return replace(
        answer,
        lots=tuple(row for row in answer.lots if row.lot_id not in cleared),
        units=tuple(row for row in answer.units if units[row.unit_id].lot not in cleared),
    )


def compared(variant: Variant, scope: RecallScope, before: Exposure, now: Exposure) -> Compared:
    """What differs between two answers."""
    then = {row.lot_id: row for row in before.lots}
    still = {row.lot_id for row in now.lots}
    units_then = {row.unit_id: row for row in before.units}
    units_now = {row.unit_id: row for row in now.units}
    return Compared(
        variant=variant,
        scope=scope,
        base=before,
        exposure=now,
        low=sum(row.low for row in now.lots),
        high=sum(row.high for row in now.lots),
        added=tuple(row for row in now.lots if row.lot_id not in then),
        removed=tuple(row for row in before.lots if row.lot_id not in still),
        changed=tuple(
            ChangedLot(row.lot_id, then[row.lot_id], row, before, now)
            for row in now.lots
            if then.get(row.lot_id, row) != row
        ),
        added_units=tuple(row for key, row in units_now.items() if key not in units_then),
        removed_units=tuple(row for key, row in units_then.items() if key not in units_now),
    )
