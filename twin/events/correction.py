"""Corrections: a fact taken out again, never erased."""

from __future__ import annotations

from twin.events.fact import Fact
from twin.vocabulary.identifiers import EventId, OperatorId
from twin.vocabulary.states import VoidReason


class EventVoided(Fact, frozen=True):
    """A recorded event does not count from now on; a void itself cannot be voided."""

    voided_event_id: EventId
    reason: VoidReason
    by: OperatorId
    replacement_event_ids: tuple[EventId, ...] = ()
