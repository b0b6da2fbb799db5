"""The words of recall cases: where a case stands, what people did to it, what became of a command."""

from __future__ import annotations

from enum import StrEnum


class CaseKind(StrEnum):
    """Whether a case is meant, or only practises."""

    RECALL = "RECALL"
    DRILL = "DRILL"


class CaseState(StrEnum):
    """Where a recall case stands."""

    DRAFT = "DRAFT"
    SIMULATED = "SIMULATED"
    OPENED = "OPENED"
    CONTAINED = "CONTAINED"
    PARTLY_RELEASED = "PARTLY_RELEASED"
    CLOSED = "CLOSED"


class CaseAction(StrEnum):
    """What somebody did to a recall case."""

    DRAFTED = "DRAFTED"
    SIMULATED = "SIMULATED"
    OPENED = "OPENED"
    HOLDS_ORDERED = "HOLDS_ORDERED"
    CONTAINED = "CONTAINED"
    RELEASE_ORDERED = "RELEASE_ORDERED"
    RELEASED = "RELEASED"
    CLOSED = "CLOSED"
    OWNER_CHANGED = "OWNER_CHANGED"
    NOTED = "NOTED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    DRILL_SCORED = "DRILL_SCORED"


class HoldTarget(StrEnum):
    """What a hold stops."""

    LOT = "LOT"
    CONTAINER = "CONTAINER"


class HoldVerb(StrEnum):
    """What a system is told to do with a lot or container."""

    HOLD = "HOLD"
    RELEASE = "RELEASE"


class CommandState(StrEnum):
    """What became of a command to a system: OVERDUE ones wait for longer than they may."""

    PENDING = "PENDING"
    OVERDUE = "OVERDUE"
    ACKNOWLEDGED = "ACKNOWLEDGED"


class ChangeKind(StrEnum):
    """What happened to a lot or unit of a live case."""

    ADDED = "ADDED"
    REMOVED = "REMOVED"
    CHANGED = "CHANGED"


class JobState(StrEnum):
    """Where a long recall stands."""

    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
