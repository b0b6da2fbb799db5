"""The peer of the ingest figure: the same events by MERGE on the same store, one a transaction."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, LiteralString

from twin.graph.session import Graph

OF_LOT: Final[LiteralString] = """
    MERGE (event:Event {event_id: $event_id})
    SET event.type = $type, event.occurred_at = $at, event.data = $data
    MERGE (lot:Lot {lot_id: $lot_id})
    MERGE (event)-[:ABOUT]->(lot)
"""

OF_RUN: Final[LiteralString] = """
    MERGE (event:Event {event_id: $event_id})
    SET event.type = $type, event.occurred_at = $at, event.data = $data
    MERGE (lot:Lot {lot_id: $lot_id})
    MERGE (machine:Equipment {equipment_id: $equipment_id})
    MERGE (event)-[:ABOUT]->(lot)
    MERGE (event)-[:ABOUT]->(machine)
"""

OF_CONSUMPTION: Final[LiteralString] = """
    MERGE (event:Event {event_id: $event_id})
    SET event.type = $type, event.occurred_at = $at, event.data = $data
    MERGE (lot:Lot {lot_id: $lot_id})
    MERGE (machine:Equipment {equipment_id: $equipment_id})
    MERGE (material:MaterialLot {material_lot_id: $material_lot_id})
    MERGE (event)-[:ABOUT]->(lot)
    MERGE (event)-[:ABOUT]->(machine)
    MERGE (event)-[:ABOUT]->(material)
"""


async def merge_rate(graph: Graph, lines: Iterable[bytes]) -> float:
    """Events a second that single MERGE transactions reach; they tell less than the twin keeps of each."""
    events = [json.loads(line) for line in lines]
    started = time.perf_counter()
    for event in events:
        statement, parameters = _row(event)
        async with graph.transaction() as transaction:
            await transaction.write(statement, **parameters)
    return len(events) / (time.perf_counter() - started)


def _row(event: dict[str, Any]) -> tuple[LiteralString, dict[str, Any]]:
    told = event["data"]
    row = {
        "event_id": event["event_id"],
        "type": event["type"],
        "at": round(datetime.fromisoformat(event["occurred_at"]).timestamp() * 1_000),
        "data": json.dumps(told),
        "lot_id": told.get("lot_id") or told["parent_lot_id"],
    }
    if "equipment_id" not in told:
        return OF_LOT, row
    row["equipment_id"] = told["equipment_id"]
    if "material_lot_id" not in told:
        return OF_RUN, row
    row["material_lot_id"] = told["material_lot_id"]
    return OF_CONSUMPTION, row
