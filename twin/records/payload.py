"""What a mutation answers: the thing it changed, or why it did not."""

from __future__ import annotations

from dataclasses import dataclass

from twin.records.case import HoldCommand, RecallCase
from twin.records.job import RecallJob


@dataclass(frozen=True, slots=True)
class UserError:
    """Why a change was not made, for the person who asked for it."""

    code: str
    field: str | None
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class CasePayload:
    """A case after a change, or null with the reasons."""

    case: RecallCase | None
    user_errors: tuple[UserError, ...]
    watermark: str
    client_mutation_id: str | None = None


@dataclass(frozen=True, slots=True)
class CommandPayload:
    """A hold command after a change, or null with the reasons."""

    command: HoldCommand | None
    user_errors: tuple[UserError, ...]
    watermark: str
    client_mutation_id: str | None = None


@dataclass(frozen=True, slots=True)
class JobPayload:
    """A recall job after a change, or null with the reasons."""

    job: RecallJob | None
    user_errors: tuple[UserError, ...]
    watermark: str
    client_mutation_id: str | None = None
