"""What a subscription sends: a snapshot first, then one frame per change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twin.records.equipment import Alarm, Equipment
from twin.records.event import EventRecord
from twin.records.job import RecallJob
from twin.records.lots import Lot
from twin.records.recall import RecallTotals
from twin.records.wip import WipBoard
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import FrameKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Every frame: its kind, its rising number, the cursor to resume after it, and our clock."""

    kind: FrameKind
    seq: int
    cursor: str
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentFrame(Frame):
    """The machines that changed; all of them in a snapshot."""

    equipments: tuple[Equipment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFrame(Frame):
    """A lot after an event that touched it."""

    lot: Lot | None = None
    event: EventRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmFrame(Frame):
    """The alarms that changed; the open ones in a snapshot."""

    alarms: tuple[Alarm, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WipFrame(Frame):
    """The board after a change."""

    board: WipBoard


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallFrame(Frame):
    """The live answer to a recall scope: what joined, left and changed, and the event that did it."""

    impact: Any = None
    added: tuple[Any, ...] = ()
    removed: tuple[Any, ...] = ()
    changed: tuple[Any, ...] = ()
    because: EventRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFrame(Frame):
    """What joined, left and changed of a recall case, and the event that did it."""

    case_id: str
    totals: RecallTotals | None = None
    added_lots: tuple[Any, ...] = ()
    removed_lots: tuple[Any, ...] = ()
    changed_lots: tuple[Any, ...] = ()
    added_units: tuple[Any, ...] = ()
    removed_units: tuple[Any, ...] = ()
    changed_units: tuple[Any, ...] = ()
    because: EventRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFrame(Frame):
    """A recall job as it came on."""

    job: RecallJob
