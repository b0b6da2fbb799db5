"""Work in progress, by operation."""

from __future__ import annotations

import time
from typing import Final, LiteralString

from twin.graph.session import Graph
from twin.records.wip import WipBoard, WipStage
from twin.vocabulary.instants import Instant

PLANT: Final[LiteralString] = """
    MATCH (lot:Lot) WHERE lot.status IN ['PLANNED', 'IN_PROGRESS', 'HOLD'] AND lot.quantity > 0
    RETURN coalesce(lot.current_operation, '') AS operation, lot.wip_status AS wip_status,
           sum(lot.quantity) AS units, count(lot) AS lots, min(lot.updated_at) AS oldest
"""

LINE: Final[LiteralString] = """
    MATCH (machine:Equipment) WHERE machine.line_id = $line_id
    WITH collect(machine.equipment_id) AS machines
    MATCH (lot:Lot)
    WHERE lot.status IN ['PLANNED', 'IN_PROGRESS', 'HOLD'] AND lot.quantity > 0
      AND lot.current_equipment_id IN machines
    RETURN coalesce(lot.current_operation, '') AS operation, lot.wip_status AS wip_status,
           sum(lot.quantity) AS units, count(lot) AS lots, min(lot.updated_at) AS oldest
"""


async def wip_board(graph: Graph, line_id: str | None) -> WipBoard:
    """The lots in work by their current operation; before the first one, the operation is empty."""
    if line_id is None:
        rows = await graph.read(PLANT)
    else:
        rows = await graph.read(LINE, line_id=line_id)
    stages: dict[str, dict[str, int]] = {}
    for row in rows:
        stage = stages.setdefault(row["operation"], {"lots": 0})
        stage["lots"] += row["lots"]
        stage[row["wip_status"] or "WAITING"] = row["units"]
        if row["oldest"] is not None:
            stage["oldest"] = min(row["oldest"], stage.get("oldest", row["oldest"]))
    shown = tuple(_stage(operation, stages[operation]) for operation in sorted(stages))
    return WipBoard(line_id, shown, Instant(time.time_ns() // 1_000_000))


def _stage(operation: str, counted: dict[str, int]) -> WipStage:
    oldest = counted.get("oldest")
    return WipStage(
        operation=operation,
        waiting=counted.get("WAITING", 0),
        processing=counted.get("PROCESSING", 0),
        held=counted.get("HOLD", 0),
        lots=counted["lots"],
        oldest_since=None if oldest is None else Instant(oldest),
    )
