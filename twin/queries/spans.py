"""States, mounts, repairs and inspections of one thing, folded from its counted events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final, TypeVar

from twin.events.event import Event
from twin.events.quality import InspectionRecorded
from twin.folds import state_interval as states_of
from twin.folds.mount_interval import MOUNTING, mount_intervals, track_of
from twin.folds.mount_interval import MountInterval as Mounted
from twin.folds.repair import REPAIRING, repair, repair_of
from twin.records.inspection import Defect, Inspection
from twin.records.spans import MountInterval, Repair, StateInterval
from twin.vocabulary.states import EquipmentState

K = TypeVar("K", bound=Hashable)

STATES: Final = tuple(fact.__name__ for fact in states_of.REPORTS)
MOUNTS: Final = tuple(fact.__name__ for fact in MOUNTING)
REPAIRS: Final = tuple(fact.__name__ for fact in REPAIRING)
INSPECTIONS: Final = (InspectionRecorded.__name__,)
_FAR: Final = 2**62


def states(events: Iterable[Event]) -> list[StateInterval]:
    """What a machine was in, by the reports of its states in their order, the latest first."""
    found: list[StateInterval] = []
    for one in states_of.chained([states_of.reported(event) for event in events]):
        is_same_moment = bool(found) and found[-1].started_at == one.order[0]
        found.append(_state(one, found[-1].number + 1 if is_same_moment else 0))
    return found[::-1]


def mounts(events: Iterable[Event]) -> list[MountInterval]:
    """What sat on a machine, or where a material lot sat, the latest first."""
    tracks = _grouped(events, track_of)
    found = [_mount(one) for track, told in tracks.items() for one in mount_intervals(track, told)]
    return sorted(found, key=place_of_mount)


def repairs(events: Iterable[Event]) -> list[Repair]:
    """The repairs of a machine, by name."""
    told = _grouped(events, repair_of)
    return [_repair(key, told[key]) for key in sorted(told)]


def inspections(events: Iterable[Event]) -> list[Inspection]:
    """Who looked, the earliest first."""
    return sorted(map(_inspection, events), key=place_of_inspection)


def place_of_state(state: StateInterval) -> tuple[int, int]:
    """Where a state stands in a list that begins with the latest."""
    return (-state.started_at, -state.number)


def place_of_mount(mount: MountInterval) -> tuple[int, str]:
    """Where a mount stands in a list that begins with the latest."""
    at = mount.started_at if mount.started_at is not None else mount.ended_at
    return (-(_FAR if at is None else at), mount.event_ids[0])


def place_of_inspection(inspection: Inspection) -> tuple[int, str]:
    """Where an inspection stands in a list that begins with the earliest."""
    return (inspection.at, inspection.event_id)


def _grouped(events: Iterable[Event], by: Callable[[Event], K | None]) -> dict[K, list[Event]]:
    found: defaultdict[K, list[Event]] = defaultdict(list)
    for event in events:
        if (key := by(event)) is not None:
            found[key].append(event)
    return found


def _state(one: states_of.StateInterval, number: int) -> StateInterval:
    told: dict[str, Any] = one.properties()
    names = ("event_id", "reason_code", "process_state", "lot_id", "entered", "started_at", "ended_at")
    state = EquipmentState(told["state"])
    return StateInterval(state=state, number=number, **{name: told[name] for name in names})


def _mount(one: Mounted) -> MountInterval:
    told = one.properties()
    names = ("equipment_id", "position", "tool_id", "tool_kind", "material_lot_id", "started_at", "ended_at")
    count = told["count"]
    return MountInterval(
        **{name: told[name] for name in names},
        count=None if count is None else int(count),
        remaining=told["remaining"],
        event_ids=tuple(one.told_by),
    )


def _repair(repair_id: str, events: Sequence[Event]) -> Repair:
    told = repair(events)
    told.pop("equipment_id")
    parts = tuple(told.pop("parts", ()))
    return Repair(repair_id=repair_id, event_ids=tuple(e.event_id for e in events), parts=parts, **told)


def _inspection(event: Event) -> Inspection:
    fact = event.fact
    assert isinstance(fact, InspectionRecorded)  # noqa: S101 - narrows the type
    return Inspection(
        event_id=event.event_id,
        inspection_id=fact.inspection_id,
        operation=fact.operation,
        kind=fact.kind.value,
        passed=fact.passed,
        inspected=fact.inspected,
        by=fact.by,
        at=event.occurred_at,
        lot_id=fact.lot_id,
        substrate_id=fact.substrate_id,
        defects=tuple(
            Defect(row.code, row.quantity, row.unit_ids, row.substrate_id, row.x, row.y)
            for row in fact.defects
        ),
    )
