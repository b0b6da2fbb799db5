"""The log of all recall cases on disk: lines are only added, each sealed by the hash of the one before."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
import threading
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from twin.cases.lifecycle import after, check
from twin.errors import Conflict, NotFound, TwinError
from twin.records.case import Actor, CaseEntry, RecallCase
from twin.vocabulary.cases import CaseAction
from twin.vocabulary.instants import Instant

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS: Final = 10.0
KEPT_MS: Final = 24 * 3_600_000
"""For how long the answer to a client's own mutation id is kept."""


class CasesUnavailable(TwinError):
    """The file of the cases cannot be read or written now."""

    code = "cases.unavailable"


@dataclass(frozen=True, slots=True)
class Asked:
    """A mutation as a client named it, so that sending it again changes nothing."""

    actor: str
    mutation: str
    client_id: str
    digest: str


class CaseLedger:
    """One SQLite file, synced at every line; several processes may share it.

    What a case is follows from its lines alone (twin/cases/lifecycle.py); they are folded once and kept.
    """

    def __init__(self, path: Path, clock: Callable[[], int]) -> None:
        self._path, self._clock = path, clock
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._cases: dict[str, RecallCase] = {}
        self._read_up_to = 0
        self._seal = ""

    async def cases(self) -> list[RecallCase]:
        """All cases as they stand, the newest first."""
        found = await asyncio.to_thread(self._all)
        return sorted(found, key=lambda case: case.case_id, reverse=True)

    async def case(self, case_id: str) -> RecallCase:
        """One case as it stands.

        Raises:
            NotFound: there is none of that name.
        """
        return await asyncio.to_thread(self._one, case_id)

    async def draft(self, actor: Actor, data: Mapping[str, Any], asked: Asked | None = None) -> RecallCase:
        """Begin a case; its first line names it."""
        return await asyncio.to_thread(self._write, None, actor, CaseAction.DRAFTED, data, asked)

    async def note(
        self,
        case: RecallCase,
        actor: Actor,
        action: CaseAction,
        data: Mapping[str, Any],
        asked: Asked | None = None,
    ) -> RecallCase:
        """Add a line to a case that is still as the caller saw it.

        Raises:
            ImpossibleTransition: the case does not take that step.
            Conflict: somebody else changed the case meanwhile.
        """
        return await asyncio.to_thread(self._write, case, actor, action, data, asked)

    async def answered(self, asked: Asked) -> str | None:
        """The case that the same mutation, sent before, was about.

        Raises:
            Conflict: the client used this id for something else.
        """
        return await asyncio.to_thread(self._answered, asked)

    async def verify(self) -> int | None:
        """The place of the first line that is not as it was written; None when all are."""
        return await asyncio.to_thread(self._verify)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _all(self) -> list[RecallCase]:
        with self._lock, _failing():
            self._refresh(self._opened())
            return list(self._cases.values())

    def _one(self, case_id: str) -> RecallCase:
        with self._lock, _failing():
            self._refresh(self._opened())
            if case_id not in self._cases:
                raise NotFound(f"there is no recall case {case_id!r}", code="case.not_found", field="caseId")
            return self._cases[case_id]

    def _write(
        self,
        seen: RecallCase | None,
        actor: Actor,
        action: CaseAction,
        data: Mapping[str, Any],
        asked: Asked | None,
    ) -> RecallCase:
        with self._lock, _failing(), _transaction(self._opened()) as db:
            self._refresh(db)
            case_id = f"RC-{self._number(db):06d}" if seen is None else seen.case_id
            now = self._cases.get(case_id)
            if now is not None and seen is not None:
                check(now, action)
                if now.revision != seen.revision:
                    raise Conflict(
                        f"{case_id} was changed meanwhile; read it again", code="case.changed", field="caseId"
                    )
            number = 1 if now is None else now.revision + 1
            at = self._clock()
            if now is not None:
                at = max(at, now.updated_at)
            text = msgspec.json.encode(data, order="sorted").decode()
            row = (case_id, number, at, actor.name, actor.role, action.value, text)
            db.execute(_INSERT, (*row, _sealed(self._seal, row)))
            if asked is not None:
                db.execute(_FORGET, (at - KEPT_MS,))
                db.execute(
                    _REMEMBER, (asked.actor, asked.mutation, asked.client_id, asked.digest, at, case_id)
                )
        return self._one(case_id)

    def _answered(self, asked: Asked) -> str | None:
        with self._lock, _failing():
            row = (
                self._opened()
                .execute(_ASKED, (asked.actor, asked.mutation, asked.client_id, self._clock() - KEPT_MS))
                .fetchone()
            )
        if row is None:
            return None
        if row[0] != asked.digest:
            raise Conflict(
                "clientMutationId was used for something else within the last 24 hours",
                code="mutation.id_reused",
                field="clientMutationId",
            )
        return str(row[1])

    def _number(self, db: sqlite3.Connection) -> int:
        return int(db.execute("SELECT count(DISTINCT case_id) FROM entries").fetchone()[0]) + 1

    def _refresh(self, db: sqlite3.Connection) -> None:
        for seq, *row, seal in db.execute(_SINCE, (self._read_up_to,)):
            entry = _entry(row, seal)
            self._cases[entry.case_id] = after(self._cases.get(entry.case_id), entry)
            self._read_up_to, self._seal = seq, seal

    def _verify(self) -> int | None:
        seal = ""
        with self._lock, _failing():
            for seq, *row, kept in self._opened().execute(_SINCE, (0,)):
                seal = _sealed(seal, tuple(row))
                if seal != kept:
                    return int(seq)
        return None

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=_SECONDS)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.executescript(_TABLES)
            self._db = db
        return self._db


@contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as cause:
        raise CasesUnavailable("the recall cases cannot be read or written now; try again") from cause


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _entry(row: list[Any], seal: str) -> CaseEntry:
    case_id, number, at, actor, role, action, data = row
    told = msgspec.json.decode(data)
    return CaseEntry(case_id, number, Instant(at), actor, role, CaseAction(action), told, seal)


def _sealed(before: str, row: tuple[Any, ...]) -> str:
    return hashlib.sha256(msgspec.json.encode([before, *row])).hexdigest()


_TABLES: Final = """
CREATE TABLE IF NOT EXISTS entries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    action TEXT NOT NULL,
    data TEXT NOT NULL,
    seal TEXT NOT NULL,
    UNIQUE (case_id, number)
);
CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'a line of the log is never changed'); END;
CREATE TRIGGER IF NOT EXISTS entries_remain BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'a line of the log is never deleted'); END;
CREATE TABLE IF NOT EXISTS asked (
    actor TEXT NOT NULL,
    mutation TEXT NOT NULL,
    client_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    at INTEGER NOT NULL,
    case_id TEXT NOT NULL,
    PRIMARY KEY (actor, mutation, client_id)
) WITHOUT ROWID;
"""
_INSERT: Final = """
INSERT INTO entries (case_id, number, at, actor, role, action, data, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_SINCE: Final = """
SELECT seq, case_id, number, at, actor, role, action, data, seal FROM entries WHERE seq > ? ORDER BY seq
"""
_REMEMBER: Final = "INSERT OR REPLACE INTO asked VALUES (?, ?, ?, ?, ?, ?)"
_FORGET: Final = "DELETE FROM asked WHERE at < ?"
_ASKED: Final = """
SELECT digest, case_id FROM asked WHERE actor = ? AND mutation = ? AND client_id = ? AND at >= ?
"""
