"""States, mounts and repairs of machines by pure folds of counted events, each with what it is tied to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from twin.events.event import Event
from twin.folds.mount_interval import mount_intervals, track_of
from twin.folds.repair import repair, repair_of
from twin.folds.state_interval import StateInterval, is_report, reported

K = TypeVar("K")


class Span(NamedTuple):
    label: str
    key: str
    properties: dict[str, Any]
    told_by: Sequence[str]
    ties: tuple[tuple[str, str], ...]


def spans(counted: Sequence[Event]) -> Iterator[Span]:
    """From counted events in their order."""
    yield from states(counted)
    for track, events in grouped(counted, track_of).items():
        ties = ("MOUNTED_ON", f"Equipment:{track.equipment_id}"), ("MOUNT_OF", f"{track.label}:{track.thing}")
        for mount in mount_intervals(track, events):
            yield Span("MountInterval", mount.key, mount.properties(), mount.told_by, ties)
    for key, events in grouped(counted, repair_of).items():
        found = repair(events)
        told_by = [event.event_id for event in events]
        yield Span("Repair", key, found, told_by, (("REPAIR_OF", f"Equipment:{found['equipment_id']}"),))


def states(counted: Sequence[Event]) -> Iterator[Span]:
    machines: defaultdict[str, list[StateInterval]] = defaultdict(list)
    for event in filter(is_report, counted):
        report = reported(event)
        machines[report.equipment_id].append(report)
    for machine, told in machines.items():
        for place, report in enumerate(told):
            later = told[place + 1].order if place + 1 < len(told) else (None, "", 0, None)
            entered = place == 0 or told[place - 1].state != report.state
            link = {"entered": entered, "ended_at": later[0], "ended_by": later[3]}
            ties = (("STATE_OF", f"Equipment:{machine}"),)
            yield Span("StateInterval", report.key, report.properties() | link, [report.event_id], ties)


def grouped(events: Sequence[Event], by: Callable[[Event], K | None]) -> dict[K, list[Event]]:
    found: defaultdict[K, list[Event]] = defaultdict(list)
    for event in events:
        if (key := by(event)) is not None:
            found[key].append(event)
    return found
