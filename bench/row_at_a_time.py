"""The peer of the ingest figure: the same facts by MERGE on the same store, an event a transaction."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, LiteralString

from twin.graph.session import Graph

CREATED: Final[LiteralString] = """
    MERGE (event:Event {event_id: $event_id})
    SET event.type = $type, event.occurred_at = $at, event.data = $data
    MERGE (lot:Lot {lot_id: $lot_id})
    SET lot.product_id = $product_id, lot.quantity = $quantity, lot.status = 'CREATED'
    MERGE (product:Product {product_id: $product_id})
    MERGE (event)-[:ABOUT]->(lot)
    MERGE (event)-[:ABOUT]->(product)
"""

TRACKED_IN: Final[LiteralString] = """
    MERGE (event:Event {event_id: $event_id})
    SET event.type = $type, event.occurred_at = $at, event.data = $data
    MERGE (lot:Lot {lot_id: $lot_id})
    SET lot.status = 'IN_PROGRESS', lot.current_operation = $operation
    MERGE (machine:Equipment {equipment_id: $equipment_id})
    SET machine.lot_id = $lot_id
    MERGE (run:OperationRun {run_id: $run_id})
    SET run.operation = $operation, run.started_at = $at
    MERGE (run)-[:PROCESSED]->(lot)
    MERGE (run)-[:RAN_ON]->(machine)
    MERGE (event)-[:ABOUT]->(lot)
    MERGE (event)-[:ABOUT]->(machine)
"""

TRACKED_OUT: Final[LiteralString] = """
    MERGE (event:Event {event_id: $event_id})
    SET event.type = $type, event.occurred_at = $at, event.data = $data
    MERGE (lot:Lot {lot_id: $lot_id})
    SET lot.quantity = lot.quantity - $scrap
    MERGE (machine:Equipment {equipment_id: $equipment_id})
    MERGE (run:OperationRun {run_id: $run_id})
    SET run.good = $good, run.scrap = $scrap, run.ended_at = $at
    MERGE (event)-[:ABOUT]->(lot)
    MERGE (event)-[:ABOUT]->(machine)
"""

CONSUMED: Final[LiteralString] = """
    MERGE (event:Event {event_id: $event_id})
    SET event.type = $type, event.occurred_at = $at, event.data = $data
    MERGE (lot:Lot {lot_id: $lot_id})
    MERGE (machine:Equipment {equipment_id: $equipment_id})
    MERGE (material:MaterialLot {material_lot_id: $material_lot_id})
    MERGE (lot)-[consumed:CONSUMED {event_id: $event_id}]->(material)
    SET consumed.quantity = $quantity, consumed.unit = $unit, consumed.occurred_at = $at
    MERGE (event)-[:ABOUT]->(lot)
    MERGE (event)-[:ABOUT]->(machine)
    MERGE (event)-[:ABOUT]->(material)
"""

SPLIT: Final[LiteralString] = """
    MERGE (event:Event {event_id: $event_id})
    SET event.type = $type, event.occurred_at = $at, event.data = $data
    MERGE (lot:Lot {lot_id: $parent_lot_id})
    SET lot.quantity = lot.quantity - $quantity
    MERGE (child:Lot {lot_id: $child_lot_id})
    SET child.quantity = $quantity, child.status = 'CREATED'
    MERGE (lot)-[derived:DERIVED_INTO {event_id: $event_id}]->(child)
    SET derived.quantity = $quantity, derived.occurred_at = $at
    MERGE (event)-[:ABOUT]->(lot)
    MERGE (event)-[:ABOUT]->(child)
"""

COMPLETED: Final[LiteralString] = """
    MERGE (event:Event {event_id: $event_id})
    SET event.type = $type, event.occurred_at = $at, event.data = $data
    MERGE (lot:Lot {lot_id: $lot_id})
    SET lot.status = 'COMPLETED', lot.quality = $quality
    MERGE (event)-[:ABOUT]->(lot)
"""

_STATEMENTS: Final[dict[str, LiteralString]] = {
    "LotCreated": CREATED,
    "LotTrackedIn": TRACKED_IN,
    "LotTrackedOut": TRACKED_OUT,
    "MaterialConsumed": CONSUMED,
    "LotSplit": SPLIT,
    "LotCompleted": COMPLETED,
}


async def seconds_of_merges(graph: Graph, lines: Iterable[bytes]) -> float:
    """How long a consumer takes that writes each fact where it belongs, as it comes.

    It keeps what a reader of the graph sees of these lots (state, quantity, runs, consumption, descent),
    but proves nothing: no order of arrival, no two clocks, no voids, no findings, no fencing.
    """
    events = [json.loads(line) for line in lines]
    started = time.perf_counter()
    for event in events:
        async with graph.transaction() as transaction:
            await transaction.write(_STATEMENTS[event["type"]], **_row(event))
    return time.perf_counter() - started


def _row(event: dict[str, Any]) -> dict[str, Any]:
    told = dict(event["data"])
    row = {
        "event_id": event["event_id"],
        "type": event["type"],
        "at": round(datetime.fromisoformat(event["occurred_at"]).timestamp() * 1_000),
        "data": json.dumps(told),
    }
    if "operation" in told:
        row["run_id"] = f"{told['lot_id']}/{told['operation']}"
    if "children" in told:
        (child,) = told.pop("children")
        row["child_lot_id"], row["quantity"] = child["lot_id"], child["quantity"]
    return told | row
