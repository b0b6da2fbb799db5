"""The outbox on disk: every event ever accepted, in the order of acceptance, and every id for ever."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from twin.errors import Refused
from twin.events.codec import payload_hash
from twin.intake import trimming
from twin.intake.outbox_file import connected, prepare
from twin.intake.verdict import Draft, Known, Receipt, Verdict, is_reuse, judged, reuse_of
from twin.stream.log import Entry
from twin.vocabulary.instants import Instant


class OutboxRefused(Refused):
    """Nothing of it was taken; the sender keeps it and tries again."""

    code = "outbox.full"


def now() -> Instant:
    """Our own clock in milliseconds."""
    return Instant(time.time_ns() // 1_000_000)


class Ledger:
    """One SQLite file in WAL mode, synced at every commit; safe for one thread at a time.

    An id is known for ever: of a row that was trimmed, its id, its content's hash and its place stay. The
    first other event under an id gets a row, too, so that the twin learns of it; the twin does not count it.
    """

    def __init__(self, path: Path, shards: int, clock: Callable[[], int] = now) -> None:
        self._clock = clock
        self._db = connected(path)
        try:
            prepare(self._db)
            self.outbox_id = self._fixed("outbox_id", uuid.uuid4().hex)
            known = int(self._fixed("shards", str(shards)))
        except sqlite3.Error as cause:
            self._db.close()
            raise _refusal(cause) from cause
        self._reach: _Reach | None = None
        if known != shards:
            self._db.close()
            raise Refused(
                f"this outbox has {known} shards for ever; DIELOOM_SHARDS is {shards}",
                code="outbox.shards_fixed",
            )

    def record(self, drafts: Sequence[Draft]) -> tuple[list[Receipt], list[Entry]]:
        """Write what is new in one synced commit; the verdict on each draft, and the rows written.

        Raises:
            OutboxRefused: the disk is full or failing; nothing was written.
        """
        try:
            if len(drafts) == 1 and (lone := self._alone(drafts[0])) is not None:
                return lone
            self._db.execute("BEGIN IMMEDIATE")
            try:
                reach = self._reached()
                receipts, rows = self._sorted_out(drafts, reach)
                self._db.executemany(_INSERT, rows)
                self._db.execute("COMMIT")
            except BaseException:
                self._reach = None
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as cause:
            self._reach = None
            raise _refusal(cause) from cause
        return receipts, [self._entry(row) for row in rows]

    def after(self, seq: int, rows: int, size: int) -> list[Entry]:
        """The next rows after a place, at most so many and about so many bytes."""
        found: list[Entry] = []
        for number, shard, at, body in self._db.execute(_AFTER, (seq, rows)):
            found.append(Entry(shard, self.outbox_id, number, at, body))
            size -= len(body)
            if size <= 0:
                break
        return found

    def first_after(self, shard: int, seq: int) -> int | None:
        """The next place of a shard after a place; of those trimmed, one that is not behind the next."""
        if seq < trimming.of_shards(self._db).get(shard, _NOTHING).seq:
            return seq + 1
        row = self._db.execute(_FIRST_AFTER, (shard, seq)).fetchone()
        return None if row is None else int(row[0])

    def entry(self, event_id: str) -> Entry | None:
        """The row of one event."""
        row = self._db.execute(_ENTRY, (event_id,)).fetchone()
        return None if row is None else Entry(row[1], self.outbox_id, row[0], row[2], row[3])

    def place(self, event_id: str) -> int | None:
        """Where an event stood whose row was trimmed."""
        return trimming.place(self._db, event_id)

    def trimmed(self) -> int:
        """The last place whose row is gone; every one before it is gone, too."""
        return trimming.up_to(self._db)

    def trim(self, seq: int) -> None:
        """Let go of the rows up to a place, in one synced commit; what they were is known for ever.

        Raises:
            OutboxRefused: the disk is full or failing; no row is gone.
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                trimming.trim(self._db, seq)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as cause:
            raise _refusal(cause) from cause

    def probe(self) -> None:
        """Write something durable that means nothing, and take it away again.

        Raises:
            OutboxRefused: the disk is full or failing.
        """
        try:
            self._db.execute(_PROBE, (bytes(_PROBE_BYTES),))
            self._db.execute(_PROBED)
        except sqlite3.Error as cause:
            raise _refusal(cause) from cause

    def last(self) -> dict[int, int]:
        """The newest place of every shard that has one."""
        gone = {shard: kept.seq for shard, kept in trimming.of_shards(self._db).items()}
        return gone | dict(self._db.execute(_LAST).fetchall())

    def sizes_up_to(self, reached: Mapping[int, int]) -> dict[int, int]:
        """Bytes of several shards up to a place of each."""
        return {shard: self.size_up_to(shard, seq) for shard, seq in reached.items()}

    def size_up_to(self, shard: int, seq: int) -> int:
        """Bytes of a shard's payloads up to a place; what was trimmed counts whatever the place."""
        row = self._db.execute(_SIZE, (shard, seq)).fetchone()
        gone = trimming.of_shards(self._db).get(shard, _NOTHING).size
        return gone if row is None else int(row[0])

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _alone(self, draft: Draft) -> tuple[list[Receipt], list[Entry]] | None:
        """Write one row in one statement, for each waits its turn; None when it is not simply the next row.

        A row, an id or a trimmed place that another process wrote since breaks a constraint.
        """
        reach, (event_id, shard, payload) = self._reach, draft
        if reach is None or shard not in reach.sizes:
            return None
        seq, recorded_at = reach.seq + 1, max(reach.recorded_at, self._clock())
        size = reach.sizes[shard] + len(payload)
        row = (seq, shard, event_id, payload_hash(payload), recorded_at, size, payload)
        try:
            self._db.execute(_INSERT_NEXT, row)
        except sqlite3.IntegrityError:
            return None
        reach.seq, reach.recorded_at, reach.sizes[shard] = seq, recorded_at, size
        return [Receipt(Verdict.ACCEPTED, shard, seq)], [self._entry(row)]

    def _entry(self, row: _Row) -> Entry:
        seq, shard, _, _, recorded_at, _, payload = row
        return Entry(shard, self.outbox_id, seq, recorded_at, payload)

    def _reached(self) -> _Reach:
        """Where the next row goes; within a transaction, and read anew when others wrote to the file."""
        version = int(self._db.execute(_VERSION).fetchone()[0])
        if self._reach is None or self._reach.version != version:
            seq, recorded_at = self._db.execute(_NEWEST).fetchone() or trimming.newest(self._db)
            self._reach = _Reach(version, seq, recorded_at, {})
        return self._reach

    def _sorted_out(self, drafts: Sequence[Draft], reach: _Reach) -> tuple[list[Receipt], list[_Row]]:
        known = self._known([draft.event_id for draft in drafts])
        known |= self._known([reuse_of(draft.event_id) for draft in drafts if is_reuse(draft, known)])
        seq, recorded_at, sizes = reach.seq, max(reach.recorded_at, self._clock()), reach.sizes
        for shard in {draft.shard for draft in drafts} | {shard for _, shard, _ in known.values()}:
            if shard not in sizes:
                sizes[shard] = self.size_up_to(shard, seq)
        receipts: list[Receipt] = []
        rows: list[_Row] = []
        for draft in drafts:
            verdict, (key, shard, payload) = judged(draft, known)
            if (seen := known.get(key)) is None:
                seq += 1
                sizes[shard] += len(payload)
                content = payload_hash(payload)
                seen = known[key] = (content, shard, seq)
                rows.append((seq, shard, key, content, recorded_at, sizes[shard], payload))
            receipts.append(Receipt(verdict, seen[1], seen[2]))
        reach.seq, reach.recorded_at = seq, recorded_at
        return receipts, rows

    def _known(self, event_ids: Sequence[str]) -> Known:
        names = msgspec.json.encode(event_ids).decode()
        found = self._db.execute(_KNOWN, (names,)).fetchall()
        return {event_id: (content, shard, seq) for event_id, content, shard, seq in found}

    def _fixed(self, name: str, value: str) -> str:
        self._db.execute("INSERT OR IGNORE INTO about VALUES (?, ?)", (name, value))
        row = self._db.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return str(row[0])


@dataclass(slots=True)
class _Reach:
    """The newest row and clock, and the bytes of the shards, as a version of the file has them."""

    version: int
    seq: int
    recorded_at: int
    sizes: dict[int, int]


_Row = tuple[int, int, str, str, int, int, bytes]
_NOTHING: Final = trimming.Gone(0, 0, 0)

_INSERT: Final = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)"
_INSERT_NEXT: Final = """
INSERT INTO events VALUES (?1, ?2, ?3,
    CASE WHEN EXISTS (SELECT 1 FROM known WHERE event_id = ?3)
        OR EXISTS (SELECT 1 FROM about WHERE name = 'trimmed' AND CAST(value AS INTEGER) >= ?1)
    THEN NULL ELSE ?4 END,
?5, ?6, ?7)
"""
_NEWEST: Final = "SELECT seq, recorded_at FROM events ORDER BY seq DESC LIMIT 1"
_VERSION: Final = "PRAGMA data_version"
_KNOWN: Final = """
SELECT event_id, content_hash, shard, seq FROM events
WHERE event_id IN (SELECT value FROM json_each(?1))
UNION ALL
SELECT event_id, lower(hex(content_hash)), shard, seq FROM known
WHERE event_id IN (SELECT value FROM json_each(?1))
"""
_AFTER: Final = """
SELECT seq, shard, recorded_at, payload FROM events
WHERE seq > ? AND payload IS NOT NULL ORDER BY seq LIMIT ?
"""
_FIRST_AFTER: Final = "SELECT seq FROM events WHERE shard = ? AND seq > ? ORDER BY seq LIMIT 1"
_ENTRY: Final = """
SELECT seq, shard, recorded_at, payload FROM events WHERE event_id = ? AND payload IS NOT NULL
"""
_PROBE_BYTES: Final = 128 * 1024
_PROBE: Final = "INSERT OR REPLACE INTO about VALUES ('probe', ?)"
_PROBED: Final = "DELETE FROM about WHERE name = 'probe'"
_LAST: Final = "SELECT shard, max(seq) FROM events GROUP BY shard"
_SIZE: Final = """
SELECT shard_bytes FROM events WHERE shard = ? AND seq <= ? ORDER BY seq DESC LIMIT 1
"""


def _refusal(cause: sqlite3.Error) -> OutboxRefused:
    if "full" in str(cause) or "I/O" in str(cause):
        return OutboxRefused("the outbox cannot write: its disk is full or failing; nothing was taken")
    return OutboxRefused("the outbox cannot write; nothing was taken", code="outbox.unavailable")
