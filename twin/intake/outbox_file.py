"""The SQLite file of an outbox: private, in WAL mode, synced at every commit."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final

from twin.intake import trimming

_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA cache_size = -16000",
)
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY,
    shard INTEGER NOT NULL,
    event_id TEXT NOT NULL UNIQUE,
    content_hash TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    shard_bytes INTEGER NOT NULL,
    payload BLOB
);
CREATE INDEX IF NOT EXISTS events_of_shard ON events (shard, seq);
"""


def connected(path: Path) -> sqlite3.Connection:
    """A connection to the file, which is made where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10.0)


def prepare(db: sqlite3.Connection) -> None:
    """Set how it is written, and make the tables that are not there yet.

    Raises:
        sqlite3.Error: the file is none of SQLite's, or cannot be written.
    """
    for statement in _PRAGMAS:
        db.execute(statement)
    db.executescript(_TABLES)
    db.executescript(trimming.TABLES)
