"""What subscriptions send."""

from __future__ import annotations

from schema.fields import answers, told
from schema.policies import ANALYSTS, READERS
from schema.types.equipment import Alarm, Equipment
from schema.types.event import EventRecord
from schema.types.lot import Lot
from schema.types.recall import AffectedLot, AffectedUnit, RecallImpact, RecallTotals
from schema.types.wip import WipBoard
from twin.records import frame as records
from twin.records.page import Cursor
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import FrameKind


@answers(records.Frame, allow=READERS)
class Frame:
    """What every frame says."""

    kind: FrameKind = told("SNAPSHOT first, then DELTA; RESYNC when frames were lost; HEARTBEAT in silence.")
    seq: int = told("Rises by one with every frame of this subscription.")
    cursor: Cursor = told("Send it as `after` to resume behind this frame.")
    at: Instant = told("When it was sent, by our clock.")


@answers(records.EquipmentFrame, allow=READERS)
class EquipmentFrame(Frame):
    """Machines that changed."""

    equipments: list[Equipment] = told("All of them in a SNAPSHOT or RESYNC, the changed ones in a DELTA.")


@answers(records.LotFrame, allow=READERS)
class LotFrame(Frame):
    """A lot after an event that touched it."""

    lot: Lot | None = told("The lot as it is now; null when nobody has named it yet.")
    event: EventRecord | None = told("The event that touched it.")


@answers(records.AlarmFrame, allow=READERS)
class AlarmFrame(Frame):
    """Alarms that changed."""

    alarms: list[Alarm] = told("The open ones in a SNAPSHOT or RESYNC, the changed ones in a DELTA.")


@answers(records.WipFrame, allow=READERS)
class WipFrame(Frame):
    """The board after a change."""

    board: WipBoard = told("The whole board, in every frame.")


@answers(records.RecallFrame, allow=ANALYSTS)
class RecallFrame(Frame):
    """The answer to a recall scope after a change."""

    impact: RecallImpact | None = told("The whole answer; null in a HEARTBEAT.")
    added: list[AffectedLot] = told("Lots that joined.")
    removed: list[AffectedLot] = told("Lots that left.")
    changed: list[AffectedLot] = told("Lots whose bounds or places changed.")
    because: EventRecord | None = told("The event that did it.")


@answers(records.CaseFrame, allow=ANALYSTS)
class CaseFrame(Frame):
    """What joined and left a recall case; everything in it counts as added in a SNAPSHOT or RESYNC."""

    case_id: str = told("The case.")
    totals: RecallTotals | None = told("The sums now.")
    added_lots: list[AffectedLot] = told("Lots that joined.")
    removed_lots: list[AffectedLot] = told("Lots that left, as they were.")
    changed_lots: list[AffectedLot] = told("Lots whose bounds or places changed.")
    added_units: list[AffectedUnit] = told("Units that joined.")
    removed_units: list[AffectedUnit] = told("Units that left, as they were.")
    changed_units: list[AffectedUnit] = told("Units that are surer, or less sure, than before.")
    because: EventRecord | None = told("The event that did it.")
