"""Everything that can be changed; facts come in through ``/ingest`` only."""

from __future__ import annotations

from resolvers import case_changes, case_holds, recall_jobs
from schema.fields import answers, resolved_by
from schema.policies import ANALYSTS, RECALLERS
from schema.types.case import HoldCommandPayload, RecallCasePayload
from schema.types.job import RecallJobPayload
from twin.vocabulary.roles import Role


@answers(allow=RECALLERS)
class Mutation:
    """Everything that can be changed."""

    draft_recall_case: RecallCasePayload = resolved_by(case_changes.draft, allow=RECALLERS)
    simulate_recall_case: RecallCasePayload = resolved_by(case_changes.simulate, allow=RECALLERS)
    open_recall_case: RecallCasePayload = resolved_by(case_changes.open_case, allow=RECALLERS)
    contain_recall_case: RecallCasePayload = resolved_by(case_holds.contain, allow=RECALLERS)
    release_from_recall_case: RecallCasePayload = resolved_by(case_holds.release, allow=RECALLERS)
    acknowledge_hold_command: HoldCommandPayload = resolved_by(
        case_holds.acknowledge, allow=RECALLERS | {Role.INTEGRATION}
    )
    assign_recall_case: RecallCasePayload = resolved_by(case_changes.assign, allow=RECALLERS)
    note_on_recall_case: RecallCasePayload = resolved_by(case_changes.note, allow=RECALLERS)
    close_recall_case: RecallCasePayload = resolved_by(case_changes.close, allow=RECALLERS)
    start_recall_job: RecallJobPayload = resolved_by(recall_jobs.start, allow=ANALYSTS)
    cancel_recall_job: RecallJobPayload = resolved_by(recall_jobs.cancel, allow=RECALLERS)
    run_recall_drill: RecallCasePayload = resolved_by(case_changes.drill, allow=RECALLERS)
