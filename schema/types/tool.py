"""Tools: parts of machines that wear and are changed."""

from __future__ import annotations

import strawberry

from resolvers import spans, tools
from schema.fields import answers, identity, resolved_by, told
from schema.policies import READERS
from schema.types.forward import EquipmentRef, MountIntervalConnectionRef
from schema.types.node import Node
from twin.records import tool as records


@answers(records.Tool, allow=READERS)
class Tool(Node):
    """A part of a machine that wears and is changed."""

    id: strawberry.ID = identity("TOOL", "tool_id")
    tool_id: str = told("The tool's own name.")
    tool_kind: str | None = told("What kind of tool it is.")
    equipment: EquipmentRef | None = resolved_by(tools.equipment)
    position: str | None = told("Where on that machine.")
    count: int | None = told("How often it had been used when it was last taken off.")
    mounts: MountIntervalConnectionRef = resolved_by(spans.tool_mounts)
