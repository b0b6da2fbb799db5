"""Everything that can be followed."""

from __future__ import annotations

from resolvers import following, recall_jobs
from schema.fields import answers, followed_by
from schema.policies import ANALYSTS, READERS
from schema.types.frame import AlarmFrame, CaseFrame, EquipmentFrame, LotFrame, RecallFrame, WipFrame
from schema.types.job import RecallJobFrame


@answers(allow=READERS)
class Subscription:
    """Everything that can be followed: a snapshot first, then one frame per change."""

    equipment_states: EquipmentFrame = followed_by(following.equipment_states)
    lot_events: LotFrame = followed_by(following.lot_events)
    alarm_events: AlarmFrame = followed_by(following.alarm_events)
    wip_board: WipFrame = followed_by(following.wip_board)
    recall_impact: RecallFrame = followed_by(following.recall_impact, allow=ANALYSTS)
    recall_case_changes: CaseFrame = followed_by(following.recall_case_changes, allow=ANALYSTS)
    recall_job_changes: RecallJobFrame = followed_by(recall_jobs.changes, allow=ANALYSTS)
