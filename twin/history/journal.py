"""The history's book: samples not yet in a segment, which segments count, what was taken back, how far."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from twin.history.engine import HistoryUnavailable
from twin.history.segments import Segment


class Waiting(NamedTuple):
    """The samples of one event, as a JSON list, that are durable and in no segment yet."""

    number: int
    event_id: str
    equipment_id: str
    first_at: int
    last_at: int
    samples: int
    rows: bytes


class Taken(NamedTuple):
    """An event that no longer counts: since when, and whose; None when nobody knows whose."""

    event_id: str
    recorded_at: int
    equipment_id: str | None


class Journal:
    """One SQLite file in WAL mode, synced at every change; threads may share it.

    A sample is either waiting or in a segment that counts: one commit takes it from the one to the other.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._opened: sqlite3.Connection | None = None

    def keep(self, waiting: Sequence[Waiting], taken: Sequence[Taken], places: dict[str, int]) -> list[str]:
        """Add what is not waiting already, and how far each shard is; the ids of the events added.

        Raises:
            HistoryUnavailable: the disk is full or failing; nothing was kept.
        """
        with self._changing() as db:
            added = [str(row[0]) for one in waiting for row in db.execute(_ADD, tuple(one)[1:]).fetchall()]
            db.executemany(_TAKE, taken)
            db.executemany(_REACH, list(places.items()))
        return added

    def places(self) -> dict[str, int]:
        """The last place of each shard whose samples are kept."""
        with self._reading() as db:
            return dict(db.execute("SELECT position_id, seq FROM places").fetchall())

    def waiting(self, samples: int, size: int) -> list[Waiting]:
        """The samples that wait longest: at most so many and about so many bytes, but at least one event."""
        found: list[Waiting] = []
        with self._reading() as db:
            for row in db.execute(_WAITING):
                one = Waiting(*row)
                samples, size = samples - one.samples, size - len(one.rows)
                if found and (samples < 0 or size < 0):
                    break
                found.append(one)
        return found

    def among_waiting(self, event_ids: Sequence[str]) -> set[str]:
        """Which of these events have samples that wait."""
        names = msgspec.json.encode(event_ids).decode()
        with self._reading() as db:
            return {row[0] for row in db.execute(_AMONG, (names,))}

    def depth(self) -> int:
        """How many samples wait."""
        with self._reading() as db:
            return int(db.execute("SELECT coalesce(sum(samples), 0) FROM waiting").fetchone()[0])

    def segments(self, equipment_id: str, day: int) -> list[Segment]:
        """The segments of a machine's day that count."""
        with self._reading() as db:
            return [Segment(*row) for row in db.execute(_SEGMENTS_OF_DAY, (equipment_id, day))]

    def crowded(self, files: int, samples: int) -> list[list[Segment]]:
        """The segments of each machine's day that has many, without those that are large already."""
        with self._reading() as db:
            days = db.execute(_CROWDED, (samples, files)).fetchall()
        found = [self.segments(equipment_id, day) for equipment_id, day in days]
        return [[one for one in day if one.samples < samples] for day in found]

    def settle(self, numbers: Sequence[int], segments: Sequence[Segment]) -> None:
        """Let segments count instead of the samples that waited."""
        with self._changing() as db:
            db.executemany(_COUNT, [astuple(one) for one in segments])
            db.executemany("DELETE FROM waiting WHERE number = ?", [(number,) for number in numbers])

    def replace(self, parts: Sequence[Segment], whole: Segment | None, at: int) -> None:
        """Let a segment count instead of its parts; without one, the parts simply no longer count."""
        paths = [(part.path,) for part in parts]
        with self._changing() as db:
            if whole is not None:
                db.execute(_COUNT, astuple(whole))
            db.executemany("DELETE FROM segments WHERE path = ?", paths)
            db.executemany("INSERT OR IGNORE INTO retired VALUES (?, ?)", [(*path, at) for path in paths])

    def before(self, day: int) -> list[Segment]:
        """The segments of all days before one."""
        with self._reading() as db:
            return [Segment(*row) for row in db.execute(_BEFORE, (day,))]

    def forget_taken(self, recorded_before: int) -> None:
        """Forget what was taken back so long ago that no sample of it is left."""
        with self._changing() as db:
            db.execute("DELETE FROM taken WHERE recorded_at < ?", (recorded_before,))

    def retired(self, before: int) -> list[str]:
        """Files that stopped counting before a moment; nobody reads them any more."""
        with self._reading() as db:
            return [row[0] for row in db.execute("SELECT path FROM retired WHERE retired_at < ?", (before,))]

    def forget_retired(self, paths: Sequence[str]) -> None:
        """Forget files that are deleted."""
        with self._changing() as db:
            db.executemany("DELETE FROM retired WHERE path = ?", [(path,) for path in paths])

    def known_paths(self) -> set[str]:
        """Every file that counts, or did until lately."""
        with self._reading() as db:
            return {row[0] for row in db.execute("SELECT path FROM segments UNION SELECT path FROM retired")}

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _translated():
            yield self._database()

    @contextlib.contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _translated():
            db = self._database()
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def _database(self) -> sqlite3.Connection:
        if self._opened is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=10.0)
            for statement in _PRAGMAS:
                db.execute(statement)
            db.executescript(_TABLES)
            self._opened = db
        return self._opened


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as cause:
        raise HistoryUnavailable("the history of samples cannot be read or written") from cause


_PRAGMAS: Final = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA cache_size = -4000")
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS waiting (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL UNIQUE,
    equipment_id TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    rows BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS waiting_of_machine ON waiting (equipment_id);
CREATE TABLE IF NOT EXISTS segments (
    path TEXT PRIMARY KEY,
    equipment_id TEXT NOT NULL,
    day INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    samples INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS segments_of_day ON segments (equipment_id, day);
CREATE TABLE IF NOT EXISTS retired (path TEXT PRIMARY KEY, retired_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS taken (
    event_id TEXT PRIMARY KEY, recorded_at INTEGER NOT NULL, equipment_id TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS places (position_id TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
"""
_ADD: Final = """
INSERT INTO waiting (event_id, equipment_id, first_at, last_at, samples, rows)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (event_id) DO NOTHING RETURNING event_id
"""
_TAKE: Final = """
INSERT INTO taken VALUES (?, ?, ?)
ON CONFLICT (event_id) DO UPDATE SET equipment_id = coalesce(equipment_id, excluded.equipment_id)
"""
_REACH: Final = """
INSERT INTO places VALUES (?, ?)
ON CONFLICT (position_id) DO UPDATE SET seq = max(seq, excluded.seq)
"""
_COUNT: Final = "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?)"
_WAITING: Final = """
SELECT number, event_id, equipment_id, first_at, last_at, samples, rows FROM waiting ORDER BY number
"""
_AMONG: Final = "SELECT event_id FROM waiting WHERE event_id IN (SELECT value FROM json_each(?))"
_SEGMENTS: Final = "SELECT path, equipment_id, day, first_at, last_at, samples FROM segments"
_SEGMENTS_OF_DAY: Final = f"{_SEGMENTS} WHERE equipment_id = ? AND day = ? ORDER BY samples, path"
_BEFORE: Final = f"{_SEGMENTS} WHERE day < ?"
_CROWDED: Final = """
SELECT equipment_id, day FROM segments WHERE samples < ?
GROUP BY equipment_id, day HAVING count(*) >= ? LIMIT 100
"""
