"""What the fold of a lot derives beside the lot itself: runs, holds, and the orders it serves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, LiteralString

from twin.folds.live_lot import LiveLot
from twin.graph.session import Transaction
from twin.projection.held import Holding
from twin.projection.pieces import send
from twin.projection.projection import Row

PARTS: Final[LiteralString] = """
    UNWIND $keys AS key
    MATCH (lot:Lot {lot_id: key})
    OPTIONAL MATCH (lot)<-[:PROCESSED|STOPPED]-(part)
    RETURN key AS key, collect(part.run_id) AS runs, collect(part.hold_key) AS holds
"""

SERVED: Final[LiteralString] = """
    UNWIND $keys AS key
    MATCH (lot:Lot {lot_id: key})-[:SERVES]->(order:Order)
    RETURN key AS key, collect(order.order_id) AS orders
"""

ADD_RUNS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (lot:Lot {lot_id: row[1]})
    MATCH (machine:Equipment {equipment_id: row[3]})
    CREATE (lot)<-[:PROCESSED]-(:OperationRun {
        run_id: row[0], lot_id: row[1], operation: row[2], equipment_id: row[3], attempt: row[4],
        position: row[5], operator_id: row[6], recipe_id: row[7], recipe_version: row[8],
        started_at: row[9], ended_at: row[10], good: row[11], scrap: row[12], rework: row[13],
        inferred: row[14], other: row[15], carrier_id: row[16], quantity: row[17]
    })-[:RAN_ON]->(machine)
"""
"""A row is the key of a run, then its properties in their order: no map, and nothing is written twice."""

CHANGE_RUNS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (run:OperationRun {run_id: row.key})
    SET run += row.properties
"""

DROP_RUNS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (run:OperationRun {run_id: row.key})
    DETACH DELETE run
"""

ADD_HOLDS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (lot:Lot {lot_id: row.lot_id})
    CREATE (hold:Hold)
    SET hold = row.properties, hold.hold_key = row.key
    CREATE (hold)-[:STOPPED]->(lot)
"""

CHANGE_HOLDS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (hold:Hold {hold_key: row.key})
    SET hold += row.properties
"""

DROP_HOLDS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (hold:Hold {hold_key: row.key})
    DETACH DELETE hold
"""

ADD_ORDERS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (lot:Lot {lot_id: row.lot_id})
    MATCH (order:Order {order_id: row.key})
    CREATE (lot)-[:SERVES]->(order)
"""

DROP_ORDERS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (lot:Lot {lot_id: row.lot_id})-[serves:SERVES]->(order:Order {order_id: row.key})
    DELETE serves
"""

_KINDS: Final[tuple[tuple[str, LiteralString, LiteralString, LiteralString | None], ...]] = (
    ("runs", DROP_RUNS, ADD_RUNS, CHANGE_RUNS),
    ("holds", DROP_HOLDS, ADD_HOLDS, CHANGE_HOLDS),
    ("orders", DROP_ORDERS, ADD_ORDERS, None),
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
    """Drop the parts that are no more, add the new ones, write those that changed."""
    touched = list(lots)
    for kind, drop, add, change in _KINDS:
        gone: list[Row] = []
        new: list[Row | list[Any]] = []
        changed: list[Row] = []
        for holding in touched:
            _compare(holding, kind, (gone, new, changed))
        await send(tx, drop, gone)
        await send(tx, add, new)
        if change is not None:
            await send(tx, change, changed)


def _compare(
    holding: Holding, kind: str, changes: tuple[list[Row], list[Row | list[Any]], list[Row]]
) -> None:
    lot = holding.fold
    assert isinstance(lot, LiveLot)  # noqa: S101 - narrows the type
    now: dict[str, Row] = {"runs": lot.runs, "holds": lot.holds, "orders": lot.orders}[kind]()
    before = holding.parts.get(kind, {})
    gone, new, changed = changes
    gone.extend({"lot_id": lot.key, "key": key} for key in before if key not in now)
    for key, properties in now.items():
        row = {"lot_id": lot.key, "key": key, "properties": properties}
        if key not in before:
            new.append([key, *properties.values()] if kind == "runs" else row)
        elif before[key] != properties:
            changed.append(row)
    holding.parts[kind] = dict(now)
