"""Tools: parts of machines that wear and are changed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool, where it sits, and how often it was used."""

    tool_id: str
    tool_kind: str | None = None
    equipment_id: str | None = None
    position: str | None = None
    count: int | None = None
