"""Long recalls on disk: what was walked over, what waits, which events were found, after every step."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from twin.cases.ledger import CasesUnavailable
from twin.cases.scope_text import scope_kept, scope_read
from twin.errors import NotFound, Refused
from twin.events.codec import fact_json, fact_of
from twin.events.event import Event
from twin.queries.recall_walk import Step
from twin.queries.rings import Reached, Way
from twin.records.job import JobSums, RecallJob
from twin.records.recall import RecallScope
from twin.vocabulary.cases import JobState
from twin.vocabulary.instants import Instant

LEASE_MS: Final = 15_000
"""For so long after its last step a job belongs to the process that made it."""

MOST_RUNNING: Final = 20
KEPT_MS: Final = 7 * 24 * 3_600_000
_SECONDS: Final = 10.0


class JobStore:
    """One SQLite file, synced at every step; several processes may share it."""

    def __init__(self, path: Path, clock: Callable[[], int]) -> None:
        self._path, self._clock = path, clock
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None

    async def begin(
        self, scope: RecallScope, as_of: Instant | None, by: str, owner: str | None = None
    ) -> RecallJob:
        """A new job, asked at what is known now; without an owner whoever has time works on it.

        Raises:
            Refused: ``job.too_many`` run already.
        """
        job_id = await asyncio.to_thread(self._begin, scope, as_of, by, owner)
        return await self.job(job_id)

    async def job(self, job_id: str) -> RecallJob:
        """One job as it stands.

        Raises:
            NotFound: there is none of that name.
        """
        rows = await asyncio.to_thread(self._read, _JOB, (job_id,))
        if not rows:
            raise NotFound(f"there is no recall job {job_id!r}", code="job.not_found", field="jobId")
        return _job(rows[0])

    async def claim(self, owner: str) -> RecallJob | None:
        """The next job that nobody works on, from now on this process's."""
        job_id = await asyncio.to_thread(self._claim, owner)
        return None if job_id is None else await self.job(job_id)

    async def checkpoint(self, job_id: str, owner: str, step: Step) -> bool:
        """Keep what a step brought; false when the job was cancelled or is another's by now."""
        return await asyncio.to_thread(self._checkpoint, job_id, owner, step)

    async def walked(self, job_id: str) -> tuple[list[Reached], list[Reached], list[Event]]:
        """What was walked over, what waits, and the events found."""
        return await asyncio.to_thread(self._walked, job_id)

    async def let_go(self, job_id: str, owner: str) -> None:
        """Let whoever has time go on with a job."""
        await asyncio.to_thread(self._do, _LET_GO, (job_id, owner))

    async def end(self, job_id: str, state: JobState, problem: str | None, sums: JobSums | None) -> None:
        """A job is over."""
        told = None if sums is None else msgspec.json.encode(sums).decode()
        values = (state.value, problem, told, self._clock(), job_id)
        await asyncio.to_thread(self._do, _END, values)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _begin(self, scope: RecallScope, as_of: Instant | None, by: str, owner: str | None) -> str:
        now = self._clock()

        def work(db: sqlite3.Connection) -> str:
            db.execute(_FORGET, (now - KEPT_MS,))
            (running,) = db.execute("SELECT count(*) FROM jobs WHERE state = 'RUNNING'").fetchone()
            if running >= MOST_RUNNING:
                raise Refused(f"{running} recall jobs run already; wait for one", code="job.too_many")
            (last,) = db.execute("SELECT coalesce(max(number), 0) FROM jobs").fetchone()
            kept = msgspec.json.encode(scope_kept(scope)).decode()
            db.execute(_BEGIN, (last + 1, f"RJ-{last + 1:06d}", kept, as_of, now, by, now, now, owner))
            return f"RJ-{last + 1:06d}"

        return str(self._in_transaction(work))

    def _claim(self, owner: str) -> str | None:
        now = self._clock()

        def work(db: sqlite3.Connection) -> str | None:
            row = db.execute(_NEXT, (owner, now - LEASE_MS)).fetchone()
            if row is None:
                return None
            db.execute(_CLAIM, (owner, now, row[0]))
            return str(row[0])

        found = self._in_transaction(work)
        return None if found is None else str(found)

    def _checkpoint(self, job_id: str, owner: str, step: Step) -> bool:
        def work(db: sqlite3.Connection) -> bool:
            if not db.execute(_STEP, (self._clock(), len(step.events), job_id, owner)).rowcount:
                return False
            db.executemany(_FOUND, [(job_id, *_names(reached)) for reached in step.found])
            db.executemany(_DONE, [(job_id, *_names(reached)) for reached in step.done])
            db.executemany(_KEEP, [(job_id, event.event_id, _kept(event)) for event in step.events])
            return True

        return bool(self._in_transaction(work))

    def _walked(self, job_id: str) -> tuple[list[Reached], list[Reached], list[Event]]:
        things = self._read(_THINGS, (job_id,))
        events = [_event(row[0]) for row in self._read(_EVENTS, (job_id,))]
        done = [Reached(Way(way), label, key) for way, label, key, is_done in things if is_done]
        waiting = [Reached(Way(way), label, key) for way, label, key, is_done in things if not is_done]
        return done, waiting, events

    def _read(self, statement: str, values: Sequence[Any]) -> list[Any]:
        with self._lock:
            try:
                return self._opened().execute(statement, values).fetchall()
            except sqlite3.Error as cause:
                raise CasesUnavailable("the recall jobs cannot be read now; try again") from cause

    def _do(self, statement: str, values: Sequence[Any]) -> list[Any]:
        return list(self._in_transaction(lambda db: db.execute(statement, values).fetchall()))

    def _in_transaction(self, work: Callable[[sqlite3.Connection], Any]) -> Any:  # noqa: ANN401 - the work's
        with self._lock:
            try:
                db = self._opened()
                db.execute("BEGIN IMMEDIATE")
                try:
                    done = work(db)
                    db.execute("COMMIT")
                except BaseException:
                    if db.in_transaction:
                        db.execute("ROLLBACK")
                    raise
            except sqlite3.Error as cause:
                raise CasesUnavailable("the recall jobs cannot be read or written now; try again") from cause
            return done

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=_SECONDS)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA foreign_keys = ON")
            db.executescript(_TABLES)
            self._db = db
        return self._db


def _names(reached: Reached) -> tuple[str, str, str]:
    return reached.way.value, reached.label, reached.key


def _kept(event: Event) -> bytes:
    envelope = (event.event_id, event.source, event.source_sequence, event.occurred_at, event.recorded_at)
    return msgspec.json.encode([*envelope, event.type, fact_json(event)])


def _event(kept: bytes) -> Event:
    event_id, source, sequence, occurred_at, recorded_at, kind, data = msgspec.json.decode(kept)
    return Event(
        event_id=event_id,
        source=source,
        source_sequence=sequence,
        occurred_at=Instant(occurred_at),
        recorded_at=Instant(recorded_at),
        fact=fact_of(kind, data),
    )


def _job(row: Sequence[Any]) -> RecallJob:
    job_id, scope, as_of, known_at, by, state, created, updated = row[:8]
    steps, events, restarts, problem, sums, done, waiting = row[8:]
    return RecallJob(
        job_id=job_id,
        scope=scope_read(msgspec.json.decode(scope)),
        as_of=None if as_of is None else Instant(as_of),
        known_at=Instant(known_at),
        by=by,
        state=JobState(state),
        created_at=Instant(created),
        updated_at=Instant(updated),
        steps=steps,
        done=done,
        waiting=waiting,
        events=events,
        restarts=max(restarts - 1, 0),
        problem=problem,
        sums=None if sums is None else msgspec.json.decode(sums, type=JobSums),
    )


_TABLES: Final = """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL UNIQUE,
    scope TEXT NOT NULL,
    as_of INTEGER,
    known_at INTEGER NOT NULL,
    by TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'RUNNING',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    steps INTEGER NOT NULL DEFAULT 0,
    events INTEGER NOT NULL DEFAULT 0,
    claims INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    problem TEXT,
    sums TEXT
);
CREATE TABLE IF NOT EXISTS walked (
    job_id TEXT NOT NULL REFERENCES jobs (job_id) ON DELETE CASCADE,
    way TEXT NOT NULL,
    label TEXT NOT NULL,
    key TEXT NOT NULL,
    is_done INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job_id, way, label, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS found (
    job_id TEXT NOT NULL REFERENCES jobs (job_id) ON DELETE CASCADE,
    event_id TEXT NOT NULL,
    event BLOB NOT NULL,
    PRIMARY KEY (job_id, event_id)
) WITHOUT ROWID;
"""
_BEGIN: Final = """
INSERT INTO jobs (number, job_id, scope, as_of, known_at, by, created_at, updated_at, owner)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_JOB: Final = """
SELECT job_id, scope, as_of, known_at, by, state, created_at, updated_at,
       steps, events, claims, problem, sums,
       (SELECT count(*) FROM walked WHERE walked.job_id = jobs.job_id AND is_done),
       (SELECT count(*) FROM walked WHERE walked.job_id = jobs.job_id AND NOT is_done)
FROM jobs WHERE job_id = ?
"""
_NEXT: Final = """
SELECT job_id FROM jobs
WHERE state = 'RUNNING' AND (owner IS NULL OR owner = ? OR updated_at < ?) ORDER BY number LIMIT 1
"""
_CLAIM: Final = "UPDATE jobs SET owner = ?, updated_at = ?, claims = claims + 1 WHERE job_id = ?"
_STEP: Final = """
UPDATE jobs SET steps = steps + 1, updated_at = ?, events = events + ?
WHERE job_id = ? AND owner = ? AND state = 'RUNNING'
"""
_LET_GO: Final = "UPDATE jobs SET owner = NULL WHERE job_id = ? AND owner = ?"
_FOUND: Final = "INSERT OR IGNORE INTO walked (job_id, way, label, key) VALUES (?, ?, ?, ?)"
_DONE: Final = """
INSERT INTO walked (job_id, way, label, key, is_done) VALUES (?, ?, ?, ?, 1)
ON CONFLICT DO UPDATE SET is_done = 1
"""
_KEEP: Final = "INSERT OR IGNORE INTO found VALUES (?, ?, ?)"
_THINGS: Final = "SELECT way, label, key, is_done FROM walked WHERE job_id = ?"
_EVENTS: Final = "SELECT event FROM found WHERE job_id = ?"
_END: Final = """
UPDATE jobs SET state = ?, problem = ?, sums = ?, updated_at = ? WHERE job_id = ? AND state = 'RUNNING'
"""
_FORGET: Final = "DELETE FROM jobs WHERE state <> 'RUNNING' AND updated_at < ?"
