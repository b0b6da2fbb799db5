"""Tools that sit in machines and wear."""

from __future__ import annotations

from twin.events.fact import Fact
from twin.vocabulary.identifiers import EquipmentId, Position, ToolId
from twin.vocabulary.quantities import Count
from twin.vocabulary.states import ToolKind


class ToolMounted(Fact, frozen=True):
    """A tool was put into a machine."""

    tool_id: ToolId
    tool_kind: ToolKind
    equipment_id: EquipmentId
    position: Position


class ToolUnmounted(Fact, frozen=True):
    """A tool was taken out of a machine, after so many uses."""

    tool_id: ToolId
    tool_kind: ToolKind
    equipment_id: EquipmentId
    position: Position
    count: Count | None = None
