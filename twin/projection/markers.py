"""The statements of the exactly-once marker: who may write, what is known, what no longer counts, how far."""

from __future__ import annotations

from typing import Final, LiteralString, NamedTuple


class Marker(NamedTuple):
    """An event as it is marked; the statements name its parts by their places.

    ``data`` is the fact alone as canonical JSON.
    """

    event_id: str
    type: str
    source: str
    source_sequence: int | None
    occurred_at: int
    recorded_at: int
    data: str
    content_hash: str


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
    CALL {
        UNWIND $event_ids AS event_id
        MATCH (event:Event {event_id: event_id})
        RETURN collect({event_id: event_id, content_hash: event.content_hash}) AS stored
    }
    CALL {
        MATCH (one:Skipped)
        WITH one LIMIT 1
        UNWIND $event_ids AS event_id
        MATCH (skipped:Skipped {event_id: event_id})
        RETURN collect({
            event_id: event_id, content_hash: skipped.content_hash,
            error: skipped.error, message: skipped.message
        }) AS skipped
    }
    CALL {
        MATCH (one:Voiding)
        WITH one LIMIT 1
        UNWIND $event_ids AS event_id
        MATCH (voiding:Voiding {voided_event_id: event_id})
        RETURN collect({
            event_id: event_id, voided_at: voiding.voided_at, voided_by: voiding.voided_by
        }) AS voided
    }
    RETURN stored, skipped, voided
"""
"""A batch's first words: the lease as above, how far its shards are with it, what is known of its events.

What is known of event ids: the events themselves, those set aside, those voided. Each is looked up in a
subquery of its own: of most ids nothing is known, and a row for each costs three times as much. Where nothing
was ever set aside, or voided, no id is looked up for it.
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
    CREATE (event:Event {
        event_id: row[0], type: row[1], source: row[2], source_sequence: row[3],
        occurred_at: row[4], recorded_at: row[5], data: row[6], content_hash: row[7]
    })
"""
"""Marks events. A row is a ``Marker``; below, a row is the keys of the things to tie to, then the markers.

A list is packed, sent and read in half the time of a map, and this is most of what is ever written.
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
        MATCH (thing:Lot {lot_id: row[0]})
        UNWIND row[1] AS told
        CREATE (thing)<-[:ABOUT]-(event:Event {
            event_id: told[0], type: told[1], source: told[2], source_sequence: told[3],
            occurred_at: told[4], recorded_at: told[5], data: told[6], content_hash: told[7]
        })
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
        MATCH (thing:Equipment {equipment_id: row[0]})
        UNWIND row[1] AS told
        CREATE (thing)<-[:ABOUT]-(event:Event {
            event_id: told[0], type: told[1], source: told[2], source_sequence: told[3],
            occurred_at: told[4], recorded_at: told[5], data: told[6], content_hash: told[7]
        })
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
        MATCH (thing:MaterialLot {material_lot_id: row[0]})
        UNWIND row[1] AS told
        CREATE (thing)<-[:ABOUT]-(event:Event {
            event_id: told[0], type: told[1], source: told[2], source_sequence: told[3],
            occurred_at: told[4], recorded_at: told[5], data: told[6], content_hash: told[7]
        })
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
        MATCH (thing:Substrate {substrate_id: row[0]})
        UNWIND row[1] AS told
        CREATE (thing)<-[:ABOUT]-(event:Event {
            event_id: told[0], type: told[1], source: told[2], source_sequence: told[3],
            occurred_at: told[4], recorded_at: told[5], data: told[6], content_hash: told[7]
        })
    """,
}
"""Write sources and things of a label, mark events, tie each to the first thing it names: one round trip."""

MARK_AT_MACHINE: Final[LiteralString] = """
    UNWIND $rows AS row
    MATCH (lot:Lot {lot_id: row[0]})
    MATCH (machine:Equipment {equipment_id: row[1]})
    UNWIND row[2] AS told
    CREATE (lot)<-[:ABOUT]-(event:Event {
        event_id: told[0], type: told[1], source: told[2], source_sequence: told[3],
        occurred_at: told[4], recorded_at: told[5], data: told[6], content_hash: told[7]
    })-[:ABOUT]->(machine)
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
