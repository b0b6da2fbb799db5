"""The peer of the ingest figure: one MERGE a row, each in its own transaction, on the same store."""

from __future__ import annotations

import time
from typing import Final, LiteralString

from twin.graph.session import Graph

ROW: Final[LiteralString] = """
    MERGE (event:Event {event_id: $event_id})
    MERGE (lot:Lot {lot_id: $lot_id})
    MERGE (event)-[:ABOUT]->(lot)
    SET event.occurred_at = $at
"""


async def merge_rate(graph: Graph, first: int, rows: int) -> float:
    """Rows a second that single MERGE transactions reach, with new rows from a number on."""
    started = time.perf_counter()
    for number in range(first, first + rows):
        async with graph.transaction() as transaction:
            await transaction.write(
                ROW, event_id=f"row-{number}", lot_id=f"row-lot-{number // 12}", at=number
            )
    return rows / (time.perf_counter() - started)
