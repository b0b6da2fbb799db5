"""The statements of the exactly-once marker: who may write, what is known, what no longer counts, how far."""

from __future__ import annotations

from typing import Final, LiteralString

TAKE_LEASE: Final[LiteralString] = """
    MERGE (lease:Lease {lease_id: $lease_id})
    ON CREATE SET lease.fencing = $fencing
    SET lease.asked = $fencing
    WITH lease
    WHERE lease.fencing <= $fencing
    SET lease.fencing = $fencing
    RETURN lease.fencing AS fencing
"""
"""Writes before it reads, so that of two writers at most one commits; no row: a newer writer was here."""

ENTER: Final[LiteralString] = """
    MERGE (lease:Lease {lease_id: $lease_id})
    ON CREATE SET lease.fencing = $fencing
    SET lease.asked = $fencing
    WITH lease
    WHERE lease.fencing <= $fencing
    SET lease.fencing = $fencing
    WITH lease.fencing AS fencing
    UNWIND $positions AS place
    MERGE (position:ShardPosition {position_id: place.position_id})
    SET position.outbox = place.outbox, position.shard = place.shard,
        position.seq = CASE WHEN position.seq > place.seq THEN position.seq ELSE place.seq END
    WITH fencing, count(*) AS shards
    UNWIND $event_ids AS event_id
    OPTIONAL MATCH (event:Event {event_id: event_id})
    OPTIONAL MATCH (skipped:Skipped {event_id: event_id})
    OPTIONAL MATCH (voiding:Voiding {voided_event_id: event_id})
    WITH fencing, event_id, event, skipped, voiding,
         event IS NOT NULL OR skipped IS NOT NULL OR voiding IS NOT NULL AS is_known
    RETURN fencing, collect(CASE WHEN is_known THEN {
        event_id: event_id, content_hash: event.content_hash,
        skipped_hash: skipped.content_hash, error: skipped.error, message: skipped.message,
        voided_at: voiding.voided_at, voided_by: voiding.voided_by
    } END) AS known
"""
"""A batch's first words: the lease as above, how far its shards are with it, what is known of its events.

What is known of event ids: the events themselves, those set aside, those voided.
"""

STORED: Final[LiteralString] = """
    UNWIND $event_ids AS event_id
    MATCH (event:Event {event_id: event_id})
    RETURN event.event_id AS event_id, event.type AS type, event.source AS source,
           event.source_sequence AS source_sequence, event.occurred_at AS occurred_at,
           event.recorded_at AS recorded_at, event.data AS data, event.voided_at AS voided_at
"""

MARK: Final[LiteralString] = """
    UNWIND $rows AS row
    CREATE (event:Event)
    SET event = row
"""

KEEP_AND_MARK: Final[dict[str, LiteralString]] = {
    "Lot": """
        UNWIND $sources AS row
        MERGE (source:Source {source_id: row.source_id})
        SET source += row
        WITH count(*) AS heard
        UNWIND $things AS row
        MERGE (thing:Lot {lot_id: row.key})
        SET thing += row.properties
        WITH count(*) AS kept
        UNWIND $rows AS row
        MATCH (thing:Lot {lot_id: row.key})
        CREATE (event:Event)
        SET event = row.event
        CREATE (event)-[:ABOUT]->(thing)
    """,
    "Equipment": """
        UNWIND $sources AS row
        MERGE (source:Source {source_id: row.source_id})
        SET source += row
        WITH count(*) AS heard
        UNWIND $things AS row
        MERGE (thing:Equipment {equipment_id: row.key})
        SET thing += row.properties
        WITH count(*) AS kept
        UNWIND $rows AS row
        MATCH (thing:Equipment {equipment_id: row.key})
        CREATE (event:Event)
        SET event = row.event
        CREATE (event)-[:ABOUT]->(thing)
    """,
    "MaterialLot": """
        UNWIND $sources AS row
        MERGE (source:Source {source_id: row.source_id})
        SET source += row
        WITH count(*) AS heard
        UNWIND $things AS row
        MERGE (thing:MaterialLot {material_lot_id: row.key})
        SET thing += row.properties
        WITH count(*) AS kept
        UNWIND $rows AS row
        MATCH (thing:MaterialLot {material_lot_id: row.key})
        CREATE (event:Event)
        SET event = row.event
        CREATE (event)-[:ABOUT]->(thing)
    """,
    "Substrate": """
        UNWIND $sources AS row
        MERGE (source:Source {source_id: row.source_id})
        SET source += row
        WITH count(*) AS heard
        UNWIND $things AS row
        MERGE (thing:Substrate {substrate_id: row.key})
        SET thing += row.properties
        WITH count(*) AS kept
        UNWIND $rows AS row
        MATCH (thing:Substrate {substrate_id: row.key})
        CREATE (event:Event)
        SET event = row.event
        CREATE (event)-[:ABOUT]->(thing)
    """,
}
"""Write sources and things of a label, mark events, tie each to the first thing it names: one round trip."""

MARK_AT_MACHINE: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (lot:Lot {lot_id: row.key})
    MATCH (machine:Equipment {equipment_id: row.machine})
    CREATE (event:Event {event_id: row.event.event_id})
    SET event = row.event
    CREATE (event)-[:ABOUT]->(lot)
    CREATE (event)-[:ABOUT]->(machine)
"""
"""The same for what happens to a lot at a machine, which is most of what happens."""

NOTE_VOIDING: Final[LiteralString] = """
    UNWIND $rows AS row
    MERGE (voiding:Voiding {voided_event_id: row.event_id})
    SET voiding.voided_at = row.voided_at, voiding.voided_by = row.voided_by
"""

VOID: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (event:Event {event_id: row.event_id})
    WHERE event.type <> 'EventVoided'
    SET event.voided_at = row.voided_at, event.voided_by = row.voided_by
"""

SKIP: Final[LiteralString] = """
    UNWIND $rows AS row
    MERGE (skipped:Skipped {event_id: row.event_id})
    SET skipped.content_hash = row.content_hash, skipped.error = row.error,
        skipped.message = row.message, skipped.skipped_at = row.skipped_at
"""

FORGIVE: Final[LiteralString] = """
    UNWIND $event_ids AS event_id
    MATCH (skipped:Skipped {event_id: event_id})
    DELETE skipped
"""

REACH: Final[LiteralString] = """
    UNWIND $rows AS row
    MERGE (position:ShardPosition {position_id: row.position_id})
    SET position.outbox = row.outbox, position.shard = row.shard,
        position.seq = CASE WHEN position.seq > row.seq THEN position.seq ELSE row.seq END
"""
