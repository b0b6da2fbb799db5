"""Findings: raised when a fold becomes suspicious, resolved when it no longer is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final, LiteralString

from twin.folds.suspicion import Suspicion
from twin.graph.session import Transaction
from twin.projection.pieces import send
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import LABELS, ThingKind

RAISE: Final[LiteralString] = """
    UNWIND $rows AS row
    MERGE (finding:Finding {finding_id: row.finding_id})
    ON CREATE SET finding.found_at = row.at
    SET finding += row.properties
"""

RESOLVE: Final[LiteralString] = """
    UNWIND $finding_ids AS finding_id
    MATCH (finding:Finding {finding_id: finding_id})
    SET finding.resolved_at = $at
"""

LET_GO: Final[LiteralString] = """
    UNWIND $finding_ids AS finding_id
    MATCH (:Finding {finding_id: finding_id})-[touches:TOUCHES]->()
    DELETE touches
"""

DIES: Final[LiteralString] = """
    UNWIND $rows AS row
    MERGE (die:Die {die_id: row.key})
    SET die.substrate_id = row.substrate_id, die.x = row.x, die.y = row.y
    WITH die, row
    MATCH (substrate:Substrate {substrate_id: row.substrate_id})
    MERGE (die)-[:FORMED_ON]->(substrate)
"""

TOUCH: Final[dict[str, LiteralString]] = {
    "Lot": """
        UNWIND $rows AS row
        MATCH (finding:Finding {finding_id: row.finding_id})
        MATCH (thing:Lot {lot_id: row.key})
        CREATE (finding)-[:TOUCHES]->(thing)
    """,
    "MaterialLot": """
        UNWIND $rows AS row
        MATCH (finding:Finding {finding_id: row.finding_id})
        MATCH (thing:MaterialLot {material_lot_id: row.key})
        CREATE (finding)-[:TOUCHES]->(thing)
    """,
    "Equipment": """
        UNWIND $rows AS row
        MATCH (finding:Finding {finding_id: row.finding_id})
        MATCH (thing:Equipment {equipment_id: row.key})
        CREATE (finding)-[:TOUCHES]->(thing)
    """,
    "Substrate": """
        UNWIND $rows AS row
        MATCH (finding:Finding {finding_id: row.finding_id})
        MATCH (thing:Substrate {substrate_id: row.key})
        CREATE (finding)-[:TOUCHES]->(thing)
    """,
    "Die": """
        UNWIND $rows AS row
        MATCH (finding:Finding {finding_id: row.finding_id})
        MATCH (thing:Die {die_id: row.key})
        CREATE (finding)-[:TOUCHES]->(thing)
    """,
    "Unit": """
        UNWIND $rows AS row
        MATCH (finding:Finding {finding_id: row.finding_id})
        MATCH (thing:Unit {unit_id: row.key})
        CREATE (finding)-[:TOUCHES]->(thing)
    """,
    "OperationRun": """
        UNWIND $rows AS row
        MATCH (finding:Finding {finding_id: row.finding_id})
        MATCH (thing:OperationRun {run_id: row.key})
        CREATE (finding)-[:TOUCHES]->(thing)
    """,
}
"""Tie findings to the things that they are about."""


async def write_findings(
    tx: Transaction, raised: Iterable[tuple[str, Suspicion]], resolved: Iterable[str], at: Instant
) -> None:
    """Store what became suspicious, each with its subject, and resolve what no longer is."""
    gone = sorted(resolved)
    if gone:
        await tx.send(RESOLVE, finding_ids=gone, at=at)
    found = sorted(raised)
    if not found:
        return
    await send(tx, RAISE, [_row(subject, suspicion, at) for subject, suspicion in found])
    await tx.send(LET_GO, finding_ids=[suspicion.finding_id for _, suspicion in found])
    touched = _touched([suspicion for _, suspicion in found])
    if dies := touched.get("Die"):
        await send(tx, DIES, [_die(row["key"]) for row in dies])
    for label, rows in touched.items():
        if label in TOUCH:
            await send(tx, TOUCH[label], rows)


def _row(subject: str, suspicion: Suspicion, at: Instant) -> dict[str, Any]:
    properties = {
        "code": suspicion.code,
        "message": suspicion.message,
        "severity": suspicion.severity,
        "things": list(suspicion.things),
        "hint": suspicion.hint,
        "subject": subject,
        "resolved_at": None,
    }
    return {"finding_id": suspicion.finding_id, "at": at, "properties": properties}


def _touched(suspicions: Iterable[Suspicion]) -> dict[str, list[dict[str, str]]]:
    rows: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for suspicion in suspicions:
        for thing in dict.fromkeys(suspicion.things):
            kind, _, key = thing.partition(":")
            label = LABELS[ThingKind(kind)]
            rows[label].append({"finding_id": suspicion.finding_id, "key": key})
    return rows


def _die(key: str) -> dict[str, Any]:
    substrate_id, _, site = key.rpartition("@")
    x, _, y = site.partition(",")
    return {"key": key, "substrate_id": substrate_id, "x": int(x), "y": int(y)}
