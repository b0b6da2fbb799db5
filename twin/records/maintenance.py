"""What was maintained on machines."""

from __future__ import annotations

from dataclasses import dataclass

from twin.vocabulary.instants import Instant


@dataclass(frozen=True, slots=True)
class MaintenanceCheck:
    """One point of a maintenance task."""

    name: str
    ok: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A maintenance task that was done."""

    event_id: str
    task_id: str
    by: str
    at: Instant
    items: tuple[MaintenanceCheck, ...]
