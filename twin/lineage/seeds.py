"""Where the suspect starts: what each recall scope exposes, and when (semantics.md section 4, seeds)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from twin.events.event import Event
from twin.folds.run import FOR_EVER, Run
from twin.lineage.carrying import Meeting
from twin.lineage.plant import Plant
from twin.records.recall import (
    EquipmentScope,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
    WaferScope,
    Window,
)
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind, recipe_version_key


@dataclass(frozen=True, slots=True)
class Seed:
    """A lot meets the suspect from the start: all of its loose units, or possibly any of them."""

    meeting: Meeting
    is_whole: bool


@dataclass(slots=True)
class Seeds:
    """The start of a recall: lots in the order of their places, material lots, dies of a wafer."""

    things: set[Thing] = field(default_factory=set)
    lots: list[Seed] = field(default_factory=list)
    unitless: dict[str, Instant] = field(default_factory=dict)
    materials: dict[str, Instant | None] = field(default_factory=dict)
    wafer: WaferScope | None = None
    mounted: list[tuple[Thing, Thing, Event]] = field(default_factory=list)


def seeds_of(plant: Plant, scope: RecallScope, as_of: Instant | None) -> Seeds:
    """What a scope exposes in a plant."""
    match scope:
        case MaterialLotScope():
            thing = Thing(ThingKind.MATERIAL_LOT, scope.material_lot_id)
            return Seeds({thing}, materials={scope.material_lot_id: scope.start})
        case WaferScope():
            return Seeds({Thing(ThingKind.SUBSTRATE, scope.substrate_id)}, wafer=scope)
        case LotScope():
            if as_of is not None and scope.start is not None and scope.start > as_of:
                return Seeds({Thing(ThingKind.LOT, scope.lot_id)})
            return _lot(plant, scope)
        case RecipeVersionScope():
            return _recipe(plant, scope)
        case _:
            return _windowed(plant, scope, as_of)


def _windowed(
    plant: Plant, scope: EquipmentScope | OperatorScope | ToolScope, as_of: Instant | None
) -> Seeds:
    if isinstance(scope, ToolScope):
        return _tool(plant, scope, as_of)
    if isinstance(scope, OperatorScope):
        thing = Thing(ThingKind.OPERATOR, scope.operator_id)
        met = _in_window(plant, _operated(plant, scope.operator_id), thing, scope.window, as_of)
    else:
        thing = Thing(ThingKind.EQUIPMENT, scope.equipment_id)
        runs = _on(plant, scope.equipment_id)
        met = _in_window(plant, runs, thing, scope.window, as_of, scope.position)
    return Seeds({thing}, _sorted(met))


def _sorted(seeds: Iterable[Seed]) -> list[Seed]:
    """Between two events the seeds that act earlier come first."""
    return sorted(seeds, key=lambda seed: (seed.meeting.place, seed.meeting.at))


def _lot(plant: Plant, scope: LotScope) -> Seeds:
    """A lot right after the given time, or right after the first event that leaves it units."""
    thing = Thing(ThingKind.LOT, scope.lot_id)
    account = plant.ledger.accounts.lots[scope.lot_id]
    first = account.first_event
    if account.first_units is None:
        since = scope.start if scope.start is not None else first.occurred_at if first else Instant(0)
        return Seeds({thing}, unitless={scope.lot_id: since})
    place, event = account.first_units
    if scope.start is None:
        meeting = Meeting(scope.lot_id, place + 1, event.occurred_at, thing, "SEED", event)
    else:
        meeting = Meeting(scope.lot_id, plant.after(scope.start), scope.start, thing, "SEED", event)
    return Seeds({thing}, [Seed(meeting, is_whole=True)])


def _recipe(plant: Plant, scope: RecipeVersionScope) -> Seeds:
    """Every run that used the version and started within the window, at its start."""
    thing = Thing(ThingKind.RECIPE_VERSION, recipe_version_key(scope.recipe_id, scope.version))
    found = [
        Seed(_at_start(run, thing), is_whole=True)
        for run in plant.runs_with("RecipeVersion", thing.key)
        if run.recipe == (scope.recipe_id, scope.version) and _starts_within(run, scope.window)
    ]
    return Seeds({thing}, _sorted(found))


def _tool(plant: Plant, scope: ToolScope, as_of: Instant | None) -> Seeds:
    """Each time the tool was mounted is a window of that machine and position, cut to the given one."""
    thing = Thing(ThingKind.TOOL, scope.tool_id)
    seeds = Seeds({thing})
    for mount in plant.materials.tools.of.get(scope.tool_id, ()):
        start = mount.start if scope.window.start is None else max(mount.start, scope.window.start)
        end = mount.end if scope.window.end is None else min(mount.end, scope.window.end)
        machine = Thing(ThingKind.EQUIPMENT, mount.equipment_id)
        seeds.mounted.append((thing, machine, mount.event))
        window = Window(start, None if end == FOR_EVER else end)
        runs = _on(plant, mount.equipment_id)
        seeds.lots += _in_window(plant, runs, machine, window, as_of, mount.position)
    seeds.lots = _sorted(seeds.lots)
    return seeds


def _on(plant: Plant, equipment_id: str) -> Iterator[Run]:
    return (run for run in plant.runs_with("Equipment", equipment_id) if run.equipment_id == equipment_id)


def _operated(plant: Plant, operator_id: str) -> Iterator[Run]:
    return (run for run in plant.runs_with("Operator", operator_id) if operator_id in run.operators)


def _starts_within(run: Run, window: Window) -> bool:
    if run.started_at is None:
        return False
    return (window.start is None or run.started_at >= window.start) and (
        window.end is None or run.started_at < window.end
    )


def _at_start(run: Run, thing: Thing) -> Meeting:
    event = run.event
    place = run.opened if run.opened is not None else run.closed
    assert event is not None  # noqa: S101 - a run comes from an event
    assert place is not None  # noqa: S101
    return Meeting(run.lot_id, place, run.first_at, thing, "PROCESSED", event)


def _in_window(
    plant: Plant,
    runs: Iterable[Run],
    thing: Thing,
    window: Window,
    as_of: Instant | None,
    position: str | None = None,
) -> Iterator[Seed]:
    """The runs that overlap a window: whole inside it, or partly, or of no told position."""
    for run in runs:
        if position is not None and run.position not in (None, position):
            continue
        inside = _inside(run, window, as_of)
        if inside is None:
            continue
        meeting = _at_start(run, thing)
        if window.start is not None and window.start > run.first_at:
            place = plant.after(window.start)
            meeting = Meeting(run.lot_id, place, window.start, thing, meeting.relation, meeting.event)
        yield Seed(meeting, is_whole=inside and (position is None or run.position == position))


def _inside(run: Run, window: Window, as_of: Instant | None) -> bool | None:
    """Whether a run lies whole inside a window, only partly, or (None) not at all."""
    start = run.first_at
    end = run.last_at if run.ended_at is not None or as_of is None else as_of
    since = Instant(-FOR_EVER) if window.start is None else window.start
    until = FOR_EVER if window.end is None else window.end
    if since >= until:
        return None
    if start == end:
        return True if since <= start < until else None
    if start >= until or end <= since:
        return None
    return since <= start and end <= until
