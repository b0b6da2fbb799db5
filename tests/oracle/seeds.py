"""Section 4 of semantics.md: what a scope exposes, as acts on lots at moments of the walk."""

from __future__ import annotations

from dataclasses import dataclass

from tests.oracle.runs import Run, Runs
from twin.events.event import Event
from twin.events.tool import ToolMounted, ToolUnmounted
from twin.records.recall import (
    EquipmentScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
    Window,
)

EVER = 2**62


@dataclass(frozen=True)
class Act:
    """All (n, n) or perhaps (0, n) of a lot's loose units: just before an event, or after a moment."""

    lot: str
    every: bool
    before: str | None = None
    after: int | None = None


Span = tuple[int, int, str | None]
"""[from, to) and a position."""


def run_acts(scope: RecallScope, events: list[Event], runs: Runs, as_of: int | None) -> list[Act]:
    match scope:
        case EquipmentScope():
            spans = [(*_window(scope.window), scope.position)]
            chosen = [(r, s) for s in spans for r in runs.runs if r.equipment == scope.equipment_id]
        case OperatorScope():
            spans = [(*_window(scope.window), None)]
            chosen = [(r, s) for s in spans for r in runs.runs if scope.operator_id in r.operators]
        case ToolScope():
            mounted = _mounted(scope, events)
            chosen = [(r, s) for equipment, s in mounted for r in runs.runs if r.equipment == equipment]
        case RecipeVersionScope():
            start, end = _window(scope.window)
            used = [r for r in runs.runs if r.recipe == (scope.recipe_id, scope.version)]
            return [
                Act(r.lot, every=True, before=r.first.event_id)
                for r in used
                if r.start is not None and start <= r.start < end
            ]
        case _:
            return []
    acts = [_act(run, span, as_of) for run, span in chosen]
    return [act for act in acts if act is not None]


def _window(window: Window) -> tuple[int, int]:
    return (-EVER if window.start is None else window.start, EVER if window.end is None else window.end)


def _mounted(scope: ToolScope, events: list[Event]) -> list[tuple[str, Span]]:
    start, end = _window(scope.window)
    spans: list[tuple[str, Span]] = []
    on: dict[tuple[str, str], int] = {}

    def close(place: tuple[str, str], at: int) -> None:
        mounted = on.pop(place)
        spans.append((place[0], (max(mounted, start), min(at, end), place[1])))

    for event in events:
        fact = event.fact
        if isinstance(fact, ToolMounted) and fact.tool_id == scope.tool_id:
            on.setdefault((fact.equipment_id, fact.position), event.occurred_at)
        if isinstance(fact, ToolUnmounted) and fact.tool_id == scope.tool_id:
            place = (fact.equipment_id, fact.position)
            if place in on:
                close(place, event.occurred_at)
    for place in list(on):
        close(place, EVER)
    return spans


def _act(run: Run, span: Span, as_of: int | None) -> Act | None:
    start, end, position = span
    if start >= end:
        return None
    if position is not None and run.position not in (None, position):
        return None
    sure = position is None or run.position == position
    if run.start is None:
        at = run.end
        assert at is not None
        return Act(run.lot, every=sure, before=run.first.event_id) if start <= at < end else None
    until = run.end if run.end is not None else (EVER if as_of is None else as_of)
    if not (run.start < end and (start < until or start <= run.start)):
        return None
    inside = start <= run.start and until <= end
    if start <= run.start:
        return Act(run.lot, every=sure and inside, before=run.first.event_id)
    return Act(run.lot, every=False, after=start)
