"""Facts about who looked at what, and which faults were seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, LiteralString

from twin.events.event import Event
from twin.events.quality import InspectionRecorded
from twin.projection.projection import Projection, Row, fact_row

INSPECT: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (event:Event {event_id: row.fact.event_id})
    CREATE (inspection:Inspection)
    SET inspection = row.fact
    CREATE (inspection)-[:TOLD_BY]->(event)
"""

VOID_INSPECTION: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (inspection:Inspection {event_id: row.event_id})
    SET inspection.voided_at = row.voided_at
"""

LOOK_AT_LOT: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (inspection:Inspection {event_id: row.source})
    MATCH (thing:Lot {lot_id: row.target})
    CREATE (inspection)-[looked:INSPECTED]->(thing)
    SET looked = row.fact
"""

LOOK_AT_SUBSTRATE: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (inspection:Inspection {event_id: row.source})
    MATCH (thing:Substrate {substrate_id: row.target})
    CREATE (inspection)-[looked:INSPECTED]->(thing)
    SET looked = row.fact
"""

VOID_LOOK: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (inspection:Inspection {event_id: row.event_id})-[looked:INSPECTED]->()
    SET looked.voided_at = row.voided_at
"""

FAULT_UNIT: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (inspection:Inspection {event_id: row.source})
    MATCH (thing:Unit {unit_id: row.target})
    CREATE (inspection)-[fault:DEFECT_ON]->(thing)
    SET fault = row.fact
"""

FAULT_SUBSTRATE: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (inspection:Inspection {event_id: row.source})
    MATCH (thing:Substrate {substrate_id: row.target})
    CREATE (inspection)-[fault:DEFECT_ON]->(thing)
    SET fault = row.fact
"""

VOID_FAULT: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (inspection:Inspection {event_id: row.event_id})-[fault:DEFECT_ON]->()
    SET fault.voided_at = row.voided_at
"""


def _inspected(event: Event) -> Iterator[Row]:
    fact = event.fact
    assert isinstance(fact, InspectionRecorded)  # noqa: S101 - narrows the type
    names = ("inspection_id", "operation", "passed", "inspected", "lot_id", "substrate_id", "by")
    told = {name: getattr(fact, name) for name in names}
    told["kind"] = fact.kind.value
    told["defects"] = len(fact.defects)
    told["codes"] = sorted({defect.code for defect in fact.defects})
    yield fact_row(event, {}, told)


def _looked(field: str) -> Callable[[Event], Iterator[Row]]:
    def rows(event: Event) -> Iterator[Row]:
        fact = event.fact
        assert isinstance(fact, InspectionRecorded)  # noqa: S101 - narrows the type
        if (target := getattr(fact, field)) is not None:
            yield fact_row(event, {"source": event.event_id, "target": target}, {"passed": fact.passed})

    return rows


def _faulty_units(event: Event) -> Iterator[Row]:
    fact = event.fact
    assert isinstance(fact, InspectionRecorded)  # noqa: S101 - narrows the type
    places = Counter((unit_id, row.code) for row in fact.defects for unit_id in dict.fromkeys(row.unit_ids))
    for (unit_id, code), count in places.items():
        yield fact_row(event, {"source": event.event_id, "target": unit_id}, {"code": code, "places": count})


def _faulty_substrates(event: Event) -> Iterator[Row]:
    fact = event.fact
    assert isinstance(fact, InspectionRecorded)  # noqa: S101 - narrows the type
    told: dict[tuple[str, str], Row] = {}
    for row in fact.defects:
        if row.substrate_id is not None:
            seen = told.setdefault((row.substrate_id, row.code), {"places": 0, "quantity": 0})
            seen["places"] += 1
            seen["quantity"] += row.quantity
    for (substrate_id, code), seen in told.items():
        ends = {"source": event.event_id, "target": substrate_id}
        yield fact_row(event, ends, {"code": code, **seen})


PROJECTIONS: Final = (
    Projection(InspectionRecorded, "Inspection", INSPECT, VOID_INSPECTION, _inspected),
    Projection(InspectionRecorded, "INSPECTED", LOOK_AT_LOT, VOID_LOOK, _looked("lot_id")),
    Projection(InspectionRecorded, "INSPECTED", LOOK_AT_SUBSTRATE, VOID_LOOK, _looked("substrate_id")),
    Projection(InspectionRecorded, "DEFECT_ON", FAULT_UNIT, VOID_FAULT, _faulty_units),
    Projection(InspectionRecorded, "DEFECT_ON", FAULT_SUBSTRATE, VOID_FAULT, _faulty_substrates),
)
"""The facts of inspections: one relationship for each kind of fault, however many dies have it."""
