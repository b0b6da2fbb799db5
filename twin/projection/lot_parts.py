"""What the fold of a lot derives beside the lot itself: runs, holds, and the orders it serves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, LiteralString

from twin.folds.live_lot import LiveLot
from twin.graph.session import Transaction
from twin.projection.held import Holding
from twin.projection.projection import Row

PARTS: Final[LiteralString] = """
    UNWIND $keys AS key
    MATCH (lot:Lot {lot_id: key})
    OPTIONAL MATCH (lot)<-[:OF_LOT]-(part)
    RETURN key AS key, collect(part.run_id) AS runs, collect(part.hold_key) AS holds
"""

SERVED: Final[LiteralString] = """
    UNWIND $keys AS key
    MATCH (lot:Lot {lot_id: key})-[:SERVES]->(order:Order)
    RETURN key AS key, collect(order.order_id) AS orders
"""

KEEP_RUNS: Final[LiteralString] = """
    UNWIND $rows AS row
    MERGE (run:OperationRun {run_id: row.key})
    SET run += row.properties
"""

TIE_RUNS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (run:OperationRun {run_id: row.key})
    MATCH (lot:Lot {lot_id: row.lot_id})
    MATCH (machine:Equipment {equipment_id: row.properties.equipment_id})
    MERGE (run)-[:OF_LOT]->(lot)
    MERGE (run)-[:RAN_ON]->(machine)
"""

DROP_RUNS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (run:OperationRun {run_id: row.key})
    DETACH DELETE run
"""

KEEP_HOLDS: Final[LiteralString] = """
    UNWIND $rows AS row
    MERGE (hold:Hold {hold_key: row.key})
    SET hold += row.properties
"""

TIE_HOLDS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (hold:Hold {hold_key: row.key})
    MATCH (lot:Lot {lot_id: row.lot_id})
    MERGE (hold)-[:OF_LOT]->(lot)
"""

DROP_HOLDS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (hold:Hold {hold_key: row.key})
    DETACH DELETE hold
"""

TIE_ORDERS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (lot:Lot {lot_id: row.lot_id})
    MATCH (order:Order {order_id: row.key})
    MERGE (lot)-[:SERVES]->(order)
"""

DROP_ORDERS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (lot:Lot {lot_id: row.lot_id})-[serves:SERVES]->(order:Order {order_id: row.key})
    DELETE serves
"""

_KINDS: Final[tuple[tuple[str, LiteralString, LiteralString | None, LiteralString], ...]] = (
    ("runs", DROP_RUNS, KEEP_RUNS, TIE_RUNS),
    ("holds", DROP_HOLDS, KEEP_HOLDS, TIE_HOLDS),
    ("orders", DROP_ORDERS, None, TIE_ORDERS),
)


async def recall_parts(tx: Transaction, lots: dict[str, Holding]) -> None:
    """Note which parts the graph holds of lots that come back into memory."""
    keys = list(lots)
    for statement in (PARTS, SERVED):
        for row in await tx.read(statement, keys=keys):
            parts = lots[row["key"]].parts
            for kind in ("runs", "holds", "orders"):
                parts.setdefault(kind, {}).update(dict.fromkeys(row.get(kind) or ()))


async def write_parts(tx: Transaction, lots: Iterable[Holding]) -> None:
    """Write the parts that changed, tie the new ones, drop those that are no more."""
    changed = list(lots)
    for kind, drop, keep, tie in _KINDS:
        gone: list[Row] = []
        written: list[Row] = []
        new: list[Row] = []
        for holding in changed:
            _compare(holding, kind, (gone, written, new))
        if gone:
            await tx.write(drop, rows=gone)
        if written and keep is not None:
            await tx.write(keep, rows=written)
        if new:
            await tx.write(tie, rows=new)


def _compare(holding: Holding, kind: str, changes: tuple[list[Row], list[Row], list[Row]]) -> None:
    lot = holding.fold
    assert isinstance(lot, LiveLot)  # noqa: S101 - narrows the type
    now: dict[str, Row] = {"runs": lot.runs, "holds": lot.holds, "orders": lot.orders}[kind]()
    before = holding.parts.get(kind, {})
    gone, written, new = changes
    gone.extend({"lot_id": lot.key, "key": key} for key in before if key not in now)
    for key, properties in now.items():
        row = {"lot_id": lot.key, "key": key, "properties": properties}
        if before.get(key) != properties:
            written.append(row)
        if before.get(key) is None:
            new.append(row)
    holding.parts[kind] = dict(now)
