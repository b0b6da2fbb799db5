"""What an outbox keeps of rows it let go: their ids and hashes for ever, and how far each shard was."""

from __future__ import annotations

import sqlite3
from typing import Final, NamedTuple

TABLES: Final = """
CREATE TABLE IF NOT EXISTS known (
    event_id TEXT PRIMARY KEY, content_hash BLOB NOT NULL, shard INTEGER NOT NULL, seq INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS trimmed (
    shard INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    shard_bytes INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
);
"""
_UP_TO: Final = "SELECT value FROM about WHERE name = 'trimmed'"
_REACH: Final = """
INSERT INTO about VALUES ('trimmed', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""
_GOING: Final = "SELECT event_id, content_hash, shard, seq FROM events WHERE seq <= ?"
_REMEMBER: Final = "INSERT INTO known VALUES (?, ?, ?, ?)"
_PLACES: Final = """
INSERT INTO trimmed
SELECT shard, max(seq), shard_bytes, recorded_at FROM events WHERE seq <= ? GROUP BY shard
ON CONFLICT (shard) DO UPDATE
SET seq = excluded.seq, shard_bytes = excluded.shard_bytes, recorded_at = excluded.recorded_at
"""
_DELETE: Final = "DELETE FROM events WHERE seq <= ?"
_OF_SHARDS: Final = "SELECT shard, seq, shard_bytes, recorded_at FROM trimmed"
_PLACE: Final = "SELECT seq FROM known WHERE event_id = ?"


class Gone(NamedTuple):
    """The last row that a shard let go: its place, the shard's bytes up to it, when it was recorded."""

    seq: int
    size: int
    recorded_at: int


def trim(db: sqlite3.Connection, seq: int) -> None:
    """Within a transaction: delete the rows up to a place and keep what must never be forgotten."""
    going = [
        (event_id, bytes.fromhex(content), shard, place)
        for event_id, content, shard, place in db.execute(_GOING, (seq,))
    ]
    db.executemany(_REMEMBER, going)
    db.execute(_PLACES, (seq,))
    db.execute(_REACH, (str(max(seq, up_to(db))),))
    db.execute(_DELETE, (seq,))


def up_to(db: sqlite3.Connection) -> int:
    """The last place that was let go, 0 when none was."""
    row = db.execute(_UP_TO).fetchone()
    return 0 if row is None else int(row[0])


def of_shards(db: sqlite3.Connection) -> dict[int, Gone]:
    """The last row that each shard let go."""
    return {shard: Gone(*rest) for shard, *rest in db.execute(_OF_SHARDS)}


def newest(db: sqlite3.Connection) -> tuple[int, int]:
    """The place and the clock of the newest row that was let go."""
    gone = max(of_shards(db).values(), default=Gone(0, 0, 0))
    return max(gone.seq, up_to(db)), gone.recorded_at


def place(db: sqlite3.Connection, event_id: str) -> int | None:
    """Where an event stood that was let go."""
    row = db.execute(_PLACE, (event_id,)).fetchone()
    return None if row is None else int(row[0])
