"""Facts about dies, substrates and units."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, LiteralString

import msgspec

from twin.events.event import Event
from twin.events.quality import TestResultsRecorded
from twin.events.substrate import DiesTransferred, SubstrateProcessed, UnitsAssembled
from twin.events.transfers import moved_from
from twin.projection.projection import Projection, Row, fact_row
from twin.vocabulary.instants import instant_of

TRANSFER: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (source:Substrate {substrate_id: row.source})
    MATCH (target:Substrate {substrate_id: row.target})
    CREATE (source)-[moved:TRANSFERRED_TO]->(target)
    SET moved = row.fact
"""

VOID_TRANSFERRED: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (:Event {event_id: row.event_id})-[:ABOUT]->(target:Substrate)
    MATCH (target)<-[moved:TRANSFERRED_TO]-(:Substrate)
    WHERE moved.event_id = row.event_id
    SET moved.voided_at = row.voided_at
"""

PROCESS: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (substrate:Substrate {substrate_id: row.source})
    MATCH (machine:Equipment {equipment_id: row.target})
    CREATE (substrate)-[passed:PROCESSED_ON]->(machine)
    SET passed = row.fact
"""

VOID_PROCESSED: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (:Event {event_id: row.event_id})-[:ABOUT]->(substrate:Substrate)
    MATCH (substrate)-[passed:PROCESSED_ON]->(:Equipment)
    WHERE passed.event_id = row.event_id
    SET passed.voided_at = row.voided_at
"""

BUILD_UNIT: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (part:Unit {unit_id: row.source})
    MATCH (unit:Unit {unit_id: row.target})
    CREATE (part)-[built:BUILT_INTO]->(unit)
    SET built = row.fact
"""

BUILD_SUBSTRATE: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (part:Substrate {substrate_id: row.source})
    MATCH (unit:Unit {unit_id: row.target})
    CREATE (part)-[built:BUILT_INTO]->(unit)
    SET built = row.fact
"""

BUILD_MATERIAL: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (part:MaterialLot {material_lot_id: row.source})
    MATCH (unit:Unit {unit_id: row.target})
    CREATE (part)-[built:BUILT_INTO]->(unit)
    SET built = row.fact
"""

VOID_BUILT: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (:Event {event_id: row.event_id})-[:ABOUT]->(unit:Unit)
    MATCH (unit)<-[built:BUILT_INTO]-()
    WHERE built.event_id = row.event_id
    SET built.voided_at = row.voided_at
"""

TEST: Final[LiteralString] = """
    UNWIND $rows AS row
    MERGE (run:TestRun {event_id: row.fact.event_id})
    SET run = row.fact
    WITH run, row
    MATCH (:Event {event_id: row.fact.event_id})-[:ABOUT]->(thing)
    WHERE thing:Lot OR thing:Substrate
    MERGE (run)-[:TESTED]->(thing)
"""

VOID_TESTED: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (run:TestRun {event_id: row.event_id})
    SET run.voided_at = row.voided_at
"""


def _transferred(event: Event) -> Iterator[Row]:
    fact = event.fact
    assert isinstance(fact, DiesTransferred)  # noqa: S101 - narrows the type
    for source, count in moved_from(fact.transfers).items():
        told = {
            "operation": fact.operation,
            "equipment_id": fact.equipment_id,
            "lot_id": fact.lot_id,
            "count": count,
        }
        yield fact_row(event, {"source": source, "target": fact.to_substrate_id}, told)


def _processed(event: Event) -> Iterator[Row]:
    fact = event.fact
    assert isinstance(fact, SubstrateProcessed)  # noqa: S101 - narrows the type
    told = {
        "lot_id": fact.lot_id,
        "operation": fact.operation,
        "position": fact.position,
        "started_at": instant_of(fact.started_at),
        "finished_at": instant_of(fact.finished_at),
    }
    yield fact_row(event, {"source": fact.substrate_id, "target": fact.equipment_id}, told)


def _components(field: str) -> Callable[[Event], Iterator[Row]]:
    def rows(event: Event) -> Iterator[Row]:
        fact = event.fact
        assert isinstance(fact, UnitsAssembled)  # noqa: S101 - narrows the type
        for part in fact.components:
            if (source := getattr(part, field)) is not None:
                told = {"operation": fact.operation, "lot_id": fact.lot_id, "x": part.x, "y": part.y}
                yield fact_row(event, {"source": source, "target": fact.unit_id}, told)

    return rows


def _tested(event: Event) -> Iterator[Row]:
    fact = event.fact
    assert isinstance(fact, TestResultsRecorded)  # noqa: S101 - narrows the type
    columns = ("unit_id", "x", "y", "attempt", "hard_bin", "soft_bin", "passed")
    names = ("test_run_id", "operation", "equipment_id", "lot_id", "substrate_id", "program")
    told = {name: getattr(fact, name) for name in (*names, "program_revision", "complete")}
    told["temperature_c"] = None if fact.temperature_c is None else float(fact.temperature_c)
    told["tested"] = len(fact.results)
    told["passed"] = sum(result.passed for result in fact.results)
    packed = {name: [getattr(result, name) for result in fact.results] for name in columns}
    told["results"] = msgspec.json.encode(packed).decode()
    yield fact_row(event, {}, told)


PROJECTIONS: Final = (
    Projection(DiesTransferred, "TRANSFERRED_TO", TRANSFER, VOID_TRANSFERRED, _transferred),
    Projection(SubstrateProcessed, "PROCESSED_ON", PROCESS, VOID_PROCESSED, _processed),
    Projection(UnitsAssembled, "BUILT_INTO", BUILD_UNIT, VOID_BUILT, _components("unit_id")),
    Projection(UnitsAssembled, "BUILT_INTO", BUILD_SUBSTRATE, VOID_BUILT, _components("substrate_id")),
    Projection(UnitsAssembled, "BUILT_INTO", BUILD_MATERIAL, VOID_BUILT, _components("material_lot_id")),
    Projection(TestResultsRecorded, "TestRun", TEST, VOID_TESTED, _tested),
)
"""The facts below the lot."""
