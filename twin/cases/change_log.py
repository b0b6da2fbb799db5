"""What joined and left each live case, kept: whoever comes in the morning sees what the night brought."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import structlog

from twin.cases.ledger import CasesUnavailable
from twin.records.case import CaseChange, Standing
from twin.vocabulary.cases import ChangeKind
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind

MOST_CHANGES: Final = 200_000
"""Changes kept of one case; what comes after is shown live only."""

_SECONDS: Final = 10.0
_log = structlog.get_logger("dieloom.cases")


class ChangeLog:
    """One SQLite file; telling it the same standing twice, or from two processes, adds nothing."""

    def __init__(self, path: Path, clock: Callable[[], int]) -> None:
        self._path, self._clock = path, clock
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None

    async def now_whole(self, case_id: str, standing: Mapping[Thing, Standing]) -> int:
        """All that is in a case by now; how many changes that makes to what was told before."""
        return await asyncio.to_thread(self._bring, case_id, dict(standing), None, None)

    async def now_partly(
        self, case_id: str, standing: Mapping[Thing, Standing | None], because: str | None
    ) -> int:
        """How some things stand in a case by now, None for those that left it, and the event that did it."""
        return await asyncio.to_thread(self._bring, case_id, None, dict(standing), because)

    async def of_case(self, case_id: str) -> list[CaseChange]:
        """All changes of a case, in their order."""
        return await asyncio.to_thread(self._of_case, case_id)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _bring(
        self,
        case_id: str,
        whole: dict[Thing, Standing] | None,
        part: dict[Thing, Standing | None] | None,
        because: str | None,
    ) -> int:
        with self._lock:
            try:
                db = self._opened()
                db.execute("BEGIN IMMEDIATE")
                try:
                    rows = self._rows(db, case_id, whole, part, because)
                    db.executemany(_INSERT, rows)
                    db.execute("COMMIT")
                except BaseException:
                    if db.in_transaction:
                        db.execute("ROLLBACK")
                    raise
            except sqlite3.Error as cause:
                raise CasesUnavailable("the changes of cases cannot be written now") from cause
        return len(rows)

    def _rows(
        self,
        db: sqlite3.Connection,
        case_id: str,
        whole: dict[Thing, Standing] | None,
        part: dict[Thing, Standing | None] | None,
        because: str | None,
    ) -> list[tuple[Any, ...]]:
        before = _standing(db, case_id)
        now: dict[Thing, Standing | None] = dict(part or {})
        if whole is not None:
            now = {**dict.fromkeys(before), **whole}
        told = [
            (case_id, self._clock(), kind.value, thing.kind.value, thing.key, *values, because)
            for thing, after in now.items()
            if (kind := _kind(before.get(thing), after)) is not None
            for values in [after or Standing(0, 0)]
        ]
        (kept,) = db.execute(_COUNT, (case_id,)).fetchone()
        if told and kept + len(told) > MOST_CHANGES:
            _log.warning("case.changes_full", case=case_id)
            return []
        return told

    def _of_case(self, case_id: str) -> list[CaseChange]:
        with self._lock:
            try:
                found = self._opened().execute(_OF_CASE, (case_id,)).fetchall()
            except sqlite3.Error as cause:
                raise CasesUnavailable("the changes of cases cannot be read now; try again") from cause
        return [
            CaseChange(
                number, Instant(at), ChangeKind(change), Thing(ThingKind(kind), key), low, high, because
            )
            for number, at, change, kind, key, low, high, because in found
        ]

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=_SECONDS)
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(_TABLE)
            self._db = db
        return self._db


def _standing(db: sqlite3.Connection, case_id: str) -> dict[Thing, Standing]:
    found: dict[Thing, Standing] = {}
    for change, kind, key, low, high in db.execute(_STANDING, (case_id,)):
        thing = Thing(ThingKind(kind), key)
        if change == ChangeKind.REMOVED:
            found.pop(thing, None)
        else:
            found[thing] = Standing(low, high)
    return found


def _kind(before: Standing | None, now: Standing | None) -> ChangeKind | None:
    if before == now:
        return None
    if before is None:
        return ChangeKind.ADDED
    return ChangeKind.REMOVED if now is None else ChangeKind.CHANGED


_TABLE: Final = """
CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    change TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    because TEXT
);
CREATE INDEX IF NOT EXISTS changes_of_cases ON changes (case_id, number);
"""
_INSERT: Final = """
INSERT INTO changes (case_id, at, change, kind, key, low, high, because) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_STANDING: Final = "SELECT change, kind, key, low, high FROM changes WHERE case_id = ? ORDER BY number"
_COUNT: Final = "SELECT count(*) FROM changes WHERE case_id = ?"
_OF_CASE: Final = """
SELECT number, at, change, kind, key, low, high, because FROM changes WHERE case_id = ? ORDER BY number
"""
