"""Facts between lots, and between lots and what they used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, LiteralString

from twin.events.event import Event
from twin.events.lot import LotsMerged, LotSplit
from twin.events.material import MaterialConsumed, MaterialMixed
from twin.projection.projection import Projection, Row, fact_row

DERIVE: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (source:Lot {lot_id: row[0]})
    UNWIND row[1] AS told
    MATCH (target:Lot {lot_id: told[0]})
    CREATE (source)-[:DERIVED_INTO {
        kind: told[1], quantity: told[2], event_id: told[3], occurred_at: told[4], recorded_at: told[5]
    }]->(target)
"""

VOID_DERIVED: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (:Event {event_id: row.event_id})-[:ABOUT]->(source:Lot)
    MATCH (source)-[derived:DERIVED_INTO]->(:Lot)
    WHERE derived.event_id = row.event_id
    SET derived.voided_at = row.voided_at
"""

CONSUME: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (material:MaterialLot {material_lot_id: row[0]})
    UNWIND row[1] AS told
    MATCH (lot:Lot {lot_id: told[0]})
    CREATE (lot)-[:CONSUMED {
        operation: told[1], quantity: told[2], unit: told[3], method: told[4], expected: told[5],
        equipment_id: told[6], position: told[7], operator_id: told[8], material_id: told[9],
        event_id: told[10], occurred_at: told[11], recorded_at: told[12]
    }]->(material)
"""

VOID_CONSUMED: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (:Event {event_id: row.event_id})-[:ABOUT]->(lot:Lot)
    MATCH (lot)-[consumed:CONSUMED]->(:MaterialLot)
    WHERE consumed.event_id = row.event_id
    SET consumed.voided_at = row.voided_at
"""

MIX: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (input:MaterialLot {material_lot_id: row.source})
    MATCH (mix:MaterialLot {material_lot_id: row.target})
    CREATE (input)-[mixed:MIXED_INTO]->(mix)
    SET mixed = row.fact
"""

VOID_MIXED: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (:Event {event_id: row.event_id})-[:ABOUT]->(mix:MaterialLot)
    MATCH (mix)<-[mixed:MIXED_INTO]-(:MaterialLot)
    WHERE mixed.event_id = row.event_id
    SET mixed.voided_at = row.voided_at
"""


def _split(event: Event) -> Iterator[Row]:
    fact = event.fact
    assert isinstance(fact, LotSplit)  # noqa: S101 - narrows the type
    for child in fact.children:
        told = {"kind": "SPLIT", "quantity": child.quantity}
        yield fact_row(event, {"source": fact.parent_lot_id, "target": child.lot_id}, told)


def _merged(event: Event) -> Iterator[Row]:
    fact = event.fact
    assert isinstance(fact, LotsMerged)  # noqa: S101 - narrows the type
    for parent in fact.parents:
        if parent.lot_id != fact.into_lot_id:
            told = {"kind": fact.reason.value, "quantity": parent.quantity}
            yield fact_row(event, {"source": parent.lot_id, "target": fact.into_lot_id}, told)


def _consumed(event: Event) -> Iterator[Row]:
    fact = event.fact
    assert isinstance(fact, MaterialConsumed)  # noqa: S101 - narrows the type
    told = {
        "operation": fact.operation,
        "quantity": float(fact.quantity),
        "unit": fact.unit,
        "method": fact.method.value,
        "expected": None if fact.expected is None else float(fact.expected),
        "equipment_id": fact.equipment_id,
        "position": fact.position,
        "operator_id": fact.operator_id,
        "material_id": fact.material_id,
    }
    yield fact_row(event, {"source": fact.lot_id, "target": fact.material_lot_id}, told)


def _mixed(event: Event) -> Iterator[Row]:
    fact = event.fact
    assert isinstance(fact, MaterialMixed)  # noqa: S101 - narrows the type
    for part in fact.inputs:
        told = {"quantity": float(part.quantity), "unit": part.unit}
        yield fact_row(event, {"source": part.material_lot_id, "target": fact.material_lot_id}, told)


PROJECTIONS: Final = (
    Projection(LotSplit, "DERIVED_INTO", DERIVE, VOID_DERIVED, _split, "source"),
    Projection(LotsMerged, "DERIVED_INTO", DERIVE, VOID_DERIVED, _merged, "source"),
    Projection(MaterialConsumed, "CONSUMED", CONSUME, VOID_CONSUMED, _consumed, "target"),
    Projection(MaterialMixed, "MIXED_INTO", MIX, VOID_MIXED, _mixed),
)
"""The facts between lots and materials."""
