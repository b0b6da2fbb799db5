"""What came from outside and could not become part of the twin: kept with its bytes, told with its reason."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from twin.errors import NotFound
from twin.intake.ledger import OutboxRefused, now

CAPACITY_BYTES: Final = 1024**3
"""Raw bytes kept before more are refused, so that their senders keep them."""

_FULL: Final = "outbox.dead_letters_full"
_LONGEST_MESSAGE: Final = 4_096

INGEST: Final = "ingest"
"""Stage: the bytes were not a valid event."""

FILE: Final = "file"
"""Stage: a file handed in could not be read."""

PROJECTION: Final = "projection"
"""Stage: a valid event could not be applied to the graph."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One thing to be kept: where it failed, who sent it, why, and its bytes."""

    stage: str
    source: str
    code: str
    message: str
    raw: bytes
    event_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeadLetter(Refusal):
    """A kept refusal; ``attempts`` counts how often the same bytes failed the same way."""

    letter_id: int
    first_at: int
    last_at: int
    attempts: int
    requeued_at: int | None


class DeadLetters:
    """One SQLite file, synced at every letter; several processes may share it."""

    def __init__(self, path: Path, *, capacity_bytes: int = CAPACITY_BYTES) -> None:
        self._path, self._capacity = path, capacity_bytes
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None

    async def keep(self, refusals: Sequence[Refusal]) -> None:
        """Keep refusals; returns once they are durable.

        Raises:
            OutboxRefused: the disk or the store is full; their sender must keep them.
        """
        if refusals:
            await asyncio.to_thread(self._keep, refusals)

    async def waiting(self, *, first: int = 50, after: int = 0, stage: str | None = None) -> list[DeadLetter]:
        """Letters that still wait, oldest first, without those requeued."""
        return await asyncio.to_thread(self._rows, _LIST, (after, stage, stage, first))

    async def show(self, letter_id: int) -> DeadLetter:
        """One letter with its bytes.

        Raises:
            NotFound: there is none of that number.
        """
        found = await asyncio.to_thread(self._rows, _SHOW, (letter_id,))
        if not found:
            raise NotFound(f"there is no dead letter {letter_id}", code="dead_letter.not_found")
        return found[0]

    async def requeue(self, letter_id: int, again: Callable[[DeadLetter], Awaitable[None]]) -> DeadLetter:
        """Try a letter again; it leaves the list when ``again`` returns. Doing so twice changes nothing more.

        Raises:
            NotFound: there is none of that number.
        """
        letter = await self.show(letter_id)
        if letter.requeued_at is None:
            await again(letter)
            await asyncio.to_thread(self._change, _REQUEUED, (now(), letter_id))
        return await self.show(letter_id)

    async def depth(self) -> int:
        """How many letters wait."""
        return int(await asyncio.to_thread(self._number, _DEPTH))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            try:
                self._db = _connected(self._path)
            except (sqlite3.Error, OSError) as cause:
                raise OutboxRefused(
                    "the dead letters cannot be opened; nothing was taken", code=_FULL
                ) from cause
        return self._db

    def _keep(self, refusals: Sequence[Refusal]) -> None:
        at = now()
        rows = [_row(one, at) for one in refusals]
        if self._number(_BYTES) + sum(len(one.raw) for one in refusals) > self._capacity:
            raise OutboxRefused(
                "the dead letters are full; nothing was taken", code="outbox.dead_letters_full"
            )
        self._change(_KEEP, *rows)

    def _change(self, statement: str, *rows: tuple[object, ...]) -> None:
        with self._lock:
            try:
                db = self._opened()
                db.execute("BEGIN IMMEDIATE")
                try:
                    db.executemany(statement, rows)
                    db.execute("COMMIT")
                except BaseException:
                    if db.in_transaction:
                        db.execute("ROLLBACK")
                    raise
            except sqlite3.Error as cause:
                raise OutboxRefused(
                    "the dead letters cannot be written; nothing was taken", code=_FULL
                ) from cause

    def _rows(self, statement: str, values: tuple[object, ...]) -> list[DeadLetter]:
        with self._lock:
            return [DeadLetter(**dict(row)) for row in self._opened().execute(statement, values)]

    def _number(self, statement: str) -> int:
        with self._lock:
            return int(self._opened().execute(statement).fetchone()[0])


def _connected(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10.0)
    try:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.executescript(_TABLES)
    except BaseException:
        db.close()
        raise
    return db


def _row(one: Refusal, at: int) -> tuple[object, ...]:
    stage, source, code = _storable(one.stage), _storable(one.source), _storable(one.code)
    digest = hashlib.sha256("\0".join((stage, source, code, "")).encode() + one.raw).digest()
    event_id = None if one.event_id is None else _storable(one.event_id)
    return digest, stage, source, code, _storable(one.message), event_id, one.raw, at, at


def _storable(text: str) -> str:
    return text[:_LONGEST_MESSAGE].encode(errors="backslashreplace").decode()


_TABLES: Final = """
CREATE TABLE IF NOT EXISTS letters (
    letter_id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest BLOB NOT NULL UNIQUE,
    stage TEXT NOT NULL,
    source TEXT NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    event_id TEXT,
    raw BLOB NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 1,
    requeued_at INTEGER
);
"""
_KEEP: Final = """
INSERT INTO letters (digest, stage, source, code, message, event_id, raw, first_at, last_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (digest) DO UPDATE
SET attempts = attempts + 1, last_at = excluded.last_at, message = excluded.message, requeued_at = NULL
"""
_LETTER: Final = """
SELECT letter_id, stage, source, code, message, event_id, raw, first_at, last_at, attempts, requeued_at
FROM letters
"""
_LIST: Final = f"""{_LETTER}
WHERE letter_id > ? AND requeued_at IS NULL AND (? IS NULL OR stage = ?) ORDER BY letter_id LIMIT ?
"""
_SHOW: Final = f"{_LETTER} WHERE letter_id = ?"
_REQUEUED: Final = "UPDATE letters SET requeued_at = ? WHERE letter_id = ?"
_DEPTH: Final = "SELECT count(*) FROM letters WHERE requeued_at IS NULL"
_BYTES: Final = "SELECT coalesce(sum(length(raw)), 0) FROM letters WHERE requeued_at IS NULL"
