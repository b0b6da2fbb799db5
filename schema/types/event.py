"""Events as evidence, findings, and what an answer says about itself."""

from __future__ import annotations

import strawberry

from resolvers import events
from schema.fields import answers, identity, resolved_by, told
from schema.policies import INVESTIGATORS, READERS, SHOP_FLOOR
from schema.scalars import Json
from schema.types.node import Connection, Node
from twin.records import answer as answers_of
from twin.records import event as records
from twin.records.page import Cursor
from twin.vocabulary.instants import Instant


@answers(records.EventRecord, allow=READERS)
class EventRecord:
    """A recorded event: what a system told, and when the twin learned it."""

    event_id: str = told("Its name, unique for ever.")
    type: str = told("What happened, such as LotTrackedIn.")
    source: str = told("The system that told it.")
    occurred_at: Instant = told("When it happened, by the factory's clock.")
    recorded_at: Instant = told("When the twin recorded it, by its own clock.")
    data: Json = told("What it said, field for field.", allow=SHOP_FLOOR)
    voided_by: EventRecord | None = resolved_by(events.voided_by)
    raw: str | None = told("The bytes it came from, where they were kept.", allow=INVESTIGATORS)


@answers(records.Finding, allow=READERS)
class Finding(Node):
    """Something in the data that a person should look at."""

    id: strawberry.ID = identity("FINDING", "finding_id")
    code: str = told("What kind of finding, such as die.used_twice.")
    message: str = told("What does not fit, in words.")
    severity: str = told("INFO, WARNING or ERROR.")
    things: list[str] = told("The things it is about, as KIND:key.")
    found_at: Instant = told("When what it is about happened.")
    resolved_at: Instant | None = told("When it was settled; null while it is open.")
    hint: str | None = told("What a person may do about it.")
    events: list[EventRecord] = resolved_by(events.finding_events)


@answers(allow=READERS)
class FindingConnection(Connection):
    """A slice of a list of findings."""

    nodes: list[Finding] = told("The findings of this slice.")


@answers(answers_of.SourceWatermark, allow=READERS)
class SourceWatermark:
    """How far the facts of one source are known."""

    source: str = told("The system.")
    occurred_at: Instant | None = told("The latest moment it told of.")
    recorded_at: Instant | None = told("When the latest of its facts was recorded.")
    sequence: str | None = told("Its highest sequence number; null for a source that does not count.")
    gaps: int = told("How many holes its numbering has.")


@answers(answers_of.Watermark, allow=READERS)
class Watermark:
    """How far the twin has read."""

    token: str = told("Send it as dieloom-min-watermark and a later read sees at least this much.")
    sources: list[SourceWatermark] = told("The same, source by source.")


@answers(answers_of.Answer, allow=READERS)
class Answer:
    """What an answer says about itself."""

    as_of: Instant = told("The moment of the factory's clock that it tells of.")
    known_at: Instant = told("The moment of our clock up to which recorded events count.")
    complete: bool = told("Whether nothing was cut.")
    limit_hit: str | None = told("What cut it, or what it cannot know.")
    continue_: Cursor | None = told("Send it as `after` to go on; null at the end.", name="continue")
    watermark: Watermark = told("How far the twin had read.")
    findings: list[Finding] = told("What does not fit in what it rests on.")
