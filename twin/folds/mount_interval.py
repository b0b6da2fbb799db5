"""When a tool or material lot sat on a position of a machine: from put on to taken off (semantics.md §4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple, TypeAlias

from msgspec import Struct, field

from twin.events.event import Event
from twin.events.material import MaterialMounted, MaterialUnmounted
from twin.events.tool import ToolMounted, ToolUnmounted
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import joined

_On: TypeAlias = MaterialMounted | ToolMounted
_Off: TypeAlias = MaterialUnmounted | ToolUnmounted


MOUNTING: Final = (MaterialMounted, MaterialUnmounted, ToolMounted, ToolUnmounted)
"""The facts that put something on a machine or take it off."""


class Track(NamedTuple):
    """One thing at one position of one machine, where it may sit again and again."""

    label: str
    thing: str
    equipment_id: str
    position: str

    @property
    def key(self) -> str:
        """Its name."""
        return f"{self.label}:{joined(self.thing, self.equipment_id, self.position)}"


class MountInterval(Struct):
    """A thing on a position; what was told again while nothing changed is told of the same interval."""

    track: Track
    told_by: list[str]
    tool_kind: str | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    ended_by: str | None = None
    left: dict[str, float] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Its name in the graph: that of its track and of the first event that told of it."""
        return f"{self.track.key}/{self.told_by[0]}"

    def properties(self) -> dict[str, Any]:
        """The interval as the graph stores it."""
        is_tool = self.track.label == "Tool"
        return {
            "track": self.track.key,
            "tool_id": self.track.thing if is_tool else None,
            "tool_kind": self.tool_kind,
            "material_lot_id": None if is_tool else self.track.thing,
            "equipment_id": self.track.equipment_id,
            "position": self.track.position,
            "event_id": self.told_by[0],
            "started_at": self.started_at,
            "ended_at": self.ended_at,
            "ended_by": self.ended_by,
            "count": self.left.get("count"),
            "remaining": self.left.get("remaining"),
            "inferred": self.started_at is None,
        }


def track_of(event: Event) -> Track | None:
    """Where an event puts a thing on or takes it off; None for any other event."""
    match event.fact:
        case ToolMounted() | ToolUnmounted() as fact:
            return Track("Tool", fact.tool_id, fact.equipment_id, fact.position)
        case MaterialMounted() | MaterialUnmounted() as fact:
            return Track("MaterialLot", fact.material_lot_id, fact.equipment_id, fact.position)
    return None


def mount_intervals(track: Track, events: Iterable[Event]) -> list[MountInterval]:
    """The intervals of a track, from its events in any order.

    Put on again while it sits there, it simply stays; taken off without having been put on, it is an interval
    whose begin nobody told.
    """
    found: list[MountInterval] = []
    for event in sorted(events, key=lambda event: event.order):
        last = found[-1] if found else None
        if isinstance(event.fact, _On):
            if last is None or last.ended_by is not None:
                found.append(MountInterval(track, [event.event_id], started_at=event.occurred_at))
            else:
                last.told_by.append(event.event_id)
        elif last is None:
            found.append(_ended(MountInterval(track, []), event))
        elif last.ended_by is None:
            _ended(last, event)
        else:
            last.told_by.append(event.event_id)
        if isinstance(event.fact, ToolMounted | ToolUnmounted):
            found[-1].tool_kind = event.fact.tool_kind.value
    return found


def _ended(interval: MountInterval, event: Event) -> MountInterval:
    """The same interval, ended by an event."""
    fact = event.fact
    assert isinstance(fact, _Off)  # noqa: S101 - narrows the type
    interval.told_by.append(event.event_id)
    interval.ended_at, interval.ended_by = event.occurred_at, event.event_id
    told = fact.count if isinstance(fact, ToolUnmounted) else fact.remaining
    if told is not None:
        interval.left["count" if isinstance(fact, ToolUnmounted) else "remaining"] = float(told)
    return interval
