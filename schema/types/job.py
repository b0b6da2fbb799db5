"""Recalls that are too big to wait for."""

from __future__ import annotations

from resolvers import recall_jobs
from schema.fields import answers, resolved_by, told
from schema.policies import ANALYSTS
from schema.scalars import Json
from schema.types.case import UserError
from schema.types.frame import Frame
from schema.types.recall import RecallImpact
from twin.records import frame, payload
from twin.records import job as records
from twin.vocabulary.cases import JobState
from twin.vocabulary.instants import Instant


@answers(records.Estimate, allow=ANALYSTS)
class RecallEstimate:
    """What a recall would have to read, by names and counts at lot level."""

    lots: int = told("Lots that it reaches at any time; units that went on by themselves are not counted.")
    material_lots: int = told("Material lots that it reaches.")
    events: int = told("Events about these lots, from a sample when there are many.")
    seconds: float = told("Time that the answer takes, roughly.")
    is_whole: bool = told("Whether all were counted; else there are more.")
    needs_job: bool = told("Whether startRecallJob is the better way to ask.")


@answers(records.JobSums, allow=ANALYSTS)
class RecallJobSums:
    """The sums of a finished job's answer."""

    low: int = told("Units that carry the suspect, at least.")
    high: int = told("Units that carry the suspect, at most.")
    lots: int = told("Lots reached.")
    customers: int = told("Customers reached.")
    shipments: int = told("Shipments reached.")
    complete: bool = told("Whether the answer is whole.")
    limit_hit: str | None = told("Why it is not.")


@answers(records.RecallJob, allow=ANALYSTS)
class RecallJob:
    """A recall worked out in the background, at moments fixed when it was begun."""

    job_id: str = told("Its name.")
    scope: Json = resolved_by(recall_jobs.scope)
    as_of: Instant | None = told("The factory's time it looks from; null means now.")
    known_at: Instant = told("What the twin knew then is what it looks at.")
    by: str = told("Who began it.")
    state: JobState = told("Where it stands.")
    created_at: Instant = told("When it was begun.")
    updated_at: Instant = told("When it last came on.")
    steps: int = told("Steps that are kept.")
    done: int = told("Things walked over.")
    waiting: int = told("Things known to be walked over still.")
    events: int = told("Events found.")
    restarts: int = told("How often another process took it up again.")
    problem: str | None = told("Why it failed.")
    sums: RecallJobSums | None = told("The sums of its answer, once it is done.")
    impact: RecallImpact | None = resolved_by(recall_jobs.impact)


@answers(payload.JobPayload, allow=ANALYSTS)
class RecallJobPayload:
    """A job after a change, or why nothing was changed."""

    job: RecallJob | None = told("The job as it is now; null when nothing was changed.")
    user_errors: list[UserError] = told("Why nothing was changed; empty when it was.")
    watermark: str = told("How far events had been accepted.")
    client_mutation_id: str | None = told("Your own id, as sent.")


@answers(frame.JobFrame, allow=ANALYSTS)
class RecallJobFrame(Frame):
    """A job as it came on; the subscription ends when the job does."""

    job: RecallJob = told("The job.")
