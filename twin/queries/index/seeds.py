"""Where the suspect starts among the lines (semantics.md section 4, seeds)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from twin.events.event import OrderKey
from twin.folds.run import FOR_EVER
from twin.lineage.scope import thing_of
from twin.queries.index.flow import Meeting
from twin.queries.index.line import Line, Stretch, ToolLine
from twin.queries.index.reading import Declined, Reading
from twin.records.recall import (
    EquipmentScope,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
    Window,
)
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import LABELS, Thing, ThingKind

_HIGHEST: Final = "\U0010ffff"
_MAX: Final = 2**62


@dataclass(slots=True)
class Seeds:
    """The start of a recall: meetings of lots in the order of their places, and material lots."""

    things: set[Thing]
    lots: dict[str, list[Meeting]] = field(default_factory=dict)
    unitless: dict[str, Instant] = field(default_factory=dict)
    materials: dict[str, Instant | None] = field(default_factory=dict)
    mounted: list[tuple[Thing, Thing, OrderKey]] = field(default_factory=list)


def seeds_of(reading: Reading, scope: RecallScope) -> Seeds | None:
    """What a scope exposes; None when nothing names it, as far as the index knows.

    Raises:
        Declined: the scope needs more than lines.
    """
    thing = thing_of(scope)
    match scope:
        case MaterialLotScope():
            seeds = Seeds({thing}, materials={thing.key: scope.start})
            return seeds if reading.material(thing.key) is not None else None
        case LotScope():
            line = reading.lot(thing.key)
            if line is None:
                return None
            reading.check(line)
            return _lot(line, scope, thing)
        case EquipmentScope() | OperatorScope() | RecipeVersionScope():
            return _runs(reading, scope, thing)
        case ToolScope():
            tool = reading.tool(thing.key)
            return None if tool is None else _tool(reading, tool, scope)
        case _:
            raise Declined("the dies of a wafer are not in the index")


def _lot(line: Line, scope: LotScope, thing: Thing) -> Seeds:
    if line.first_units is None:
        since = scope.start if scope.start is not None else Instant(line.first_order[0])
        return Seeds({thing}, unitless={line.lot_id: since})
    place, order = line.first_units
    if scope.start is None:
        total, loose = line.before(place + 1)
        met = Meeting(place + 1, (order, 1), Instant(order[0]), thing, "SEED", order, None, total, loose)
    else:
        place = bisect_right(line.times, scope.start)
        total, loose = line.before(place)
        met = Meeting(place, _after(scope.start), scope.start, thing, "SEED", order, None, total, loose)
    return Seeds({thing}, {line.lot_id: [met]})


def _after(at: Instant) -> tuple[OrderKey, int]:
    """After all events up to and including a moment."""
    return (at, _HIGHEST, _MAX, _HIGHEST), 0


def _runs(
    reading: Reading, scope: EquipmentScope | OperatorScope | RecipeVersionScope, thing: Thing
) -> Seeds:
    lots = reading.tracked(LABELS[thing.kind], thing.key)
    if not lots:
        raise Declined("no lot is known to have run there")
    seeds = Seeds({thing})
    is_named = False
    for lot_id in lots:
        line = reading.lot(lot_id)
        runs = [] if line is None else [run for run in line.stretches if _is_of(run, scope)]
        is_named = is_named or bool(runs)
        found = [met for run in runs if line for met in _met(line, run, scope, thing)]
        if found:
            seeds.lots[lot_id] = sorted(found, key=lambda met: (met.place, met.key))
    if not is_named and not reading.stale:
        raise Declined("no lot is known to have run there any more")
    return seeds


def _tool(reading: Reading, tool: ToolLine, scope: ToolScope) -> Seeds:
    """Each time the tool was mounted is a window of that machine and position, cut to the given one."""
    thing = thing_of(scope)
    seeds = Seeds({thing})
    for mount in tool.mounts:
        start = mount.start if scope.window.start is None else max(mount.start, scope.window.start)
        end = mount.end if scope.window.end is None else min(mount.end, scope.window.end)
        window = Window(start, None if end == FOR_EVER else end)
        machine = Thing(ThingKind.EQUIPMENT, mount.equipment_id)
        seeds.mounted.append((thing, machine, mount.order))
        for lot_id in reading.tracked("Equipment", mount.equipment_id):
            line = reading.lot(lot_id)
            runs = [run for run in line.stretches if run.equipment_id == mount.equipment_id] if line else ()
            found = [
                met for run in runs if line for met in _in_window(line, run, window, machine, mount.position)
            ]
            if found:
                seeds.lots.setdefault(lot_id, []).extend(found)
    for mets in seeds.lots.values():
        mets.sort(key=lambda met: (met.place, met.key))
    return seeds


def _is_of(run: Stretch, scope: RecallScope) -> bool:
    match scope:
        case EquipmentScope():
            return run.equipment_id == scope.equipment_id
        case OperatorScope():
            return scope.operator_id in run.operators
        case RecipeVersionScope():
            return run.recipe == (scope.recipe_id, scope.version)
        case _:
            return False


def _met(line: Line, run: Stretch, scope: RecallScope, thing: Thing) -> Iterator[Meeting]:
    match scope:
        case EquipmentScope():
            yield from _in_window(line, run, scope.window, thing, scope.position)
        case OperatorScope():
            yield from _in_window(line, run, scope.window, thing)
        case RecipeVersionScope() if _starts_within(run, scope.window):
            yield _at_start(line, run, thing, is_whole=True)


def _starts_within(run: Stretch, window: Window) -> bool:
    if run.started_at is None:
        return False
    return (window.start is None or run.started_at >= window.start) and (
        window.end is None or run.started_at < window.end
    )


def _at_start(line: Line, run: Stretch, thing: Thing, *, is_whole: bool) -> Meeting:
    total, loose = line.before(run.place)
    low = None if is_whole else 0
    key = (run.order, 0)
    return Meeting(run.place, key, run.first_at, thing, "PROCESSED", run.order, low, total, loose)


def _in_window(
    line: Line, run: Stretch, window: Window, thing: Thing, position: str | None = None
) -> Iterator[Meeting]:
    """A run that overlaps a window: whole inside it, or partly, or of no told position."""
    if position is not None and run.position not in (None, position):
        return
    inside = _inside(run, window)
    if inside is None:
        return
    is_whole = inside and (position is None or run.position == position)
    if window.start is None or window.start <= run.first_at:
        yield _at_start(line, run, thing, is_whole=is_whole)
        return
    place = bisect_right(line.times, window.start)
    total, loose = line.before(place)
    low = None if is_whole else 0
    key = _after(window.start)
    yield Meeting(place, key, window.start, thing, "PROCESSED", run.order, low, total, loose)


def _inside(run: Stretch, window: Window) -> bool | None:
    """Whether a run lies whole inside a window, only partly, or (None) not at all."""
    start, end = run.first_at, run.last_at
    since = Instant(-_MAX) if window.start is None else window.start
    until = Instant(_MAX) if window.end is None else window.end
    if since >= until:
        return None
    if start == end:
        return True if since <= start < until else None
    if start >= until or end <= since:
        return None
    return since <= start and end <= until
