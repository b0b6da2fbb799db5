"""Events as evidence, and what does not fit among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twin.vocabulary.instants import Instant


@dataclass(frozen=True, slots=True)
class EventRecord:
    """A recorded event; ``voided_by_id`` names the event that took it out again."""

    event_id: str
    type: str
    source: str
    occurred_at: Instant
    recorded_at: Instant
    data: dict[str, Any]
    voided_by_id: str | None = None
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the data that a person should look at; ``things`` are spelled KIND:key."""

    finding_id: str
    code: str
    message: str
    severity: str
    things: tuple[str, ...]
    found_at: Instant
    resolved_at: Instant | None = None
    hint: str | None = None
    event_ids: tuple[str, ...] = ()
    subject: str | None = None
