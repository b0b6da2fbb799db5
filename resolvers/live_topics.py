"""The subjects that can be followed: what a snapshot of each holds, and which changes concern it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypedDict, TypeVar

from resolvers.live_moments import Moment
from resolvers.live_tables import Tables
from twin.errors import Refused
from twin.graph.session import Graph
from twin.queries.cursors import cursor_of
from twin.queries.events import event_record_of
from twin.queries.lots import lot_of
from twin.queries.things import things_by_key
from twin.records.equipment import Alarm, Equipment
from twin.records.frame import AlarmFrame, EquipmentFrame, Frame, LotFrame
from twin.records.lots import Lot
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import FrameKind

F = TypeVar("F", bound=Frame)
F_co = TypeVar("F_co", bound=Frame, covariant=True)
P = TypeVar("P")

MOST_NAMED: Final = 500
LONGEST_KEY: Final = 256


class Common(TypedDict):
    """What every frame says."""

    kind: FrameKind
    seq: int
    cursor: str
    at: Instant


class Framed(Protocol[F_co]):
    """A subject with its scope; equal scopes have equal names."""

    @property
    def name(self) -> str:
        """What cursors of this subject and scope are bound to."""

    def frame(self, common: Common, fields: Mapping[str, Any]) -> F_co:
        """One frame of this subject."""


class Numbering(Generic[F]):
    """Numbers the frames of one follower and says where each may be resumed."""

    def __init__(self, subject: Framed[F], position: str) -> None:
        self._subject = subject
        self._seq = 0
        self.position = position

    def next(self, kind: FrameKind, fields: Mapping[str, Any]) -> F:
        """The next frame."""
        self._seq += 1
        cursor = cursor_of(self._subject.name, (self.position,))
        now = Instant(time.time_ns() // 1_000_000)
        return self._subject.frame(Common(kind=kind, seq=self._seq, cursor=cursor, at=now), fields)


class Topic(Framed[F_co], Protocol[F_co, P]):
    """A subject whose changes are told one by one."""

    def pick(self, moment: Moment) -> P | None:
        """What a change means for this subject; None when nothing."""

    async def snapshot(self) -> Mapping[str, Any]:
        """The fields of a frame that holds everything."""

    async def deltas(self, payload: P) -> Sequence[Mapping[str, Any]]:
        """The fields of the frames that tell a change."""


@dataclass(frozen=True, slots=True)
class MachineStates:
    """The machines of a line, or those named, or all."""

    tables: Tables
    line_id: str | None
    equipment_ids: frozenset[str] | None

    @property
    def name(self) -> str:
        """Bound to the line and the names."""
        named = None if self.equipment_ids is None else sorted(self.equipment_ids)
        return scope_name("equipmentStates", self.line_id, named)

    def pick(self, moment: Moment) -> tuple[Equipment, ...] | None:
        """The machines in scope that changed, those that left it included."""
        return (
            tuple(
                one.now
                for one in moment.machines
                if self._holds(one.now) or (one.before is not None and self._holds(one.before))
            )
            or None
        )

    async def snapshot(self) -> Mapping[str, Any]:
        """All machines in scope, by name."""
        held = (machine for machine in self.tables.machines.values() if self._holds(machine))
        return {"equipments": tuple(sorted(held, key=lambda machine: machine.equipment_id))}

    async def deltas(self, payload: tuple[Equipment, ...]) -> Sequence[Mapping[str, Any]]:
        """One frame with all machines that the change touched."""
        return ({"equipments": payload},)

    def frame(self, common: Common, fields: Mapping[str, Any]) -> EquipmentFrame:
        """One frame of this subject."""
        return EquipmentFrame(**common, **fields)

    def _holds(self, machine: Equipment) -> bool:
        return (self.line_id is None or machine.line_id == self.line_id) and (
            self.equipment_ids is None or machine.equipment_id in self.equipment_ids
        )


@dataclass(frozen=True, slots=True)
class AlarmStates:
    """The alarms of a line from a level on."""

    tables: Tables
    line_id: str | None
    minimum_level: int

    @property
    def name(self) -> str:
        """Bound to the line and the level."""
        return scope_name("alarmEvents", self.line_id, self.minimum_level)

    def pick(self, moment: Moment) -> tuple[Alarm, ...] | None:
        """The alarms in scope that changed, cleared ones included."""
        return tuple(one.now for one in moment.alarms if self._holds(one.now)) or None

    async def snapshot(self) -> Mapping[str, Any]:
        """All open alarms in scope, the earliest first."""
        held = (alarm for alarm in self.tables.alarms.values() if self._holds(alarm))
        return {"alarms": tuple(sorted(held, key=lambda alarm: (alarm.set_at, alarm.alarm_id)))}

    async def deltas(self, payload: tuple[Alarm, ...]) -> Sequence[Mapping[str, Any]]:
        """One frame with all alarms that the change touched."""
        return ({"alarms": payload},)

    def frame(self, common: Common, fields: Mapping[str, Any]) -> AlarmFrame:
        """One frame of this subject."""
        return AlarmFrame(**common, **fields)

    def _holds(self, alarm: Alarm) -> bool:
        machine = self.tables.machines.get(alarm.equipment_id)
        return alarm.level >= self.minimum_level and (
            self.line_id is None or (machine is not None and machine.line_id == self.line_id)
        )


@dataclass(frozen=True, slots=True)
class LotStory:
    """One lot, and every event that names it."""

    graph: Graph
    lot_id: str

    @property
    def name(self) -> str:
        """Bound to the lot."""
        return scope_name("lotEvents", self.lot_id)

    def pick(self, moment: Moment) -> tuple[str, ...] | None:
        """The events of the change that name the lot."""
        thing = ("Lot", self.lot_id)
        return tuple(event.event_id for event in moment.events if thing in event.things) or None

    async def snapshot(self) -> Mapping[str, Any]:
        """The lot as it is now, without an event."""
        return {"lot": await self._lot(), "event": None}

    async def deltas(self, payload: tuple[str, ...]) -> Sequence[Mapping[str, Any]]:
        """One frame for each event."""
        lot = await self._lot()
        told = await things_by_key(self.graph, "Event", payload)
        return [{"lot": lot, "event": event_record_of(told[key])} for key in payload if key in told]

    def frame(self, common: Common, fields: Mapping[str, Any]) -> LotFrame:
        """One frame of this subject."""
        return LotFrame(**common, **fields)

    async def _lot(self) -> Lot | None:
        row = (await things_by_key(self.graph, "Lot", [self.lot_id])).get(self.lot_id)
        return None if row is None else lot_of(row)


def scope_name(subject: str, *scope: object) -> str:
    """A short name for a subject and its scope: equal scopes, equal names."""
    return f"{subject}/{hashlib.blake2b(repr(scope).encode(), digest_size=12).hexdigest()}"


def checked_names(names: list[str] | None, field: str) -> frozenset[str] | None:
    """The names that a subscription narrows by, if they are few and short.

    Raises:
        Refused: too many of them, or one that no thing can have.
    """
    if names is None:
        return None
    if len(names) > MOST_NAMED:
        raise Refused(
            f"{len(names)} names; at most {MOST_NAMED} are allowed.", code="list.too_long", field=field
        )
    if any(len(name) > LONGEST_KEY for name in names):
        raise Refused(f"a name has at most {LONGEST_KEY} characters.", code="name.too_long", field=field)
    return frozenset(names)
