"""The outbox and its archive as a reader finds them: every event ever accepted, checked, nothing written."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from twin.archive.archive import Archive
from twin.archive.lines import Row
from twin.archive.segment import SegmentBroken
from twin.errors import TwinError
from twin.events.codec import payload_hash
from twin.events.event import Event
from twin.intake.verdict import event_id_of
from twin.intake.watermark import position_id
from twin.stream.log import Entry

_COLUMNS: Final = "SELECT seq, shard, recorded_at, CAST(payload AS BLOB), event_id, content_hash FROM events"
_ALL: Final = f"{_COLUMNS} WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
_OF_SHARD: Final = f"{_COLUMNS} WHERE seq > ? AND seq <= ? AND shard = ? ORDER BY seq LIMIT ?"
_LAST: Final = f"{_COLUMNS} ORDER BY seq DESC LIMIT 1"
_ABOUT: Final = "SELECT value FROM about WHERE name = ?"

_ROWS: Final = 2_000
_BYTES: Final = 4 * 1024 * 1024
_WAIT_SECONDS: Final = 10.0


class OutboxUnreadable(TwinError):
    """The file cannot be read as an outbox: it is absent, foreign or broken as a whole."""

    code = "outbox.unreadable"


class Damage(NamedTuple):
    """A row that is not what was accepted: where it stands, whose it was as far as known, and why."""

    outbox: str
    seq: int
    event_id: str | None
    reason: str


@dataclass(slots=True)
class Page:
    """Some rows in their order: the good ones, the damaged ones, and how far they reach on each shard."""

    entries: list[Entry] = field(default_factory=list)
    damaged: list[Damage] = field(default_factory=list)
    reached: dict[str, int] = field(default_factory=dict)
    size: int = 0


class KeptOutbox:
    """One outbox and its archive, opened so that neither can be written; the service may go on writing."""

    def __init__(self, path: Path, archives: Path | None = None) -> None:
        self.path = path
        self._one = threading.Lock()
        address = f"{path.absolute().as_uri()}?mode=ro"
        try:
            self._db = sqlite3.connect(address, uri=True, check_same_thread=False, timeout=_WAIT_SECONDS)
            self.outbox_id = str(self._db.execute(_ABOUT, ("outbox_id",)).fetchone()[0])
        except (sqlite3.Error, TypeError) as cause:
            raise OutboxUnreadable(f"{path} cannot be read as an outbox: {cause}") from cause
        self._archive = None if archives is None else Archive(archives, self.outbox_id)

    def last(self) -> int:
        """The place of the newest row, 0 when there is none."""
        with self._one:
            newest = [row.seq for row in self._asked(_LAST, ())]
        return max([*newest, self.trimmed()])

    def trimmed(self) -> int:
        """The last place whose row is only in the archive."""
        try:
            with self._one:
                found = self._db.execute(_ABOUT, ("trimmed",)).fetchone()
        except sqlite3.Error as cause:
            raise OutboxUnreadable(f"{self.path} is damaged: {cause}") from cause
        return 0 if found is None else int(found[0])

    def pages(self, up_to: int, after: int = 0) -> Iterator[Page]:
        """All rows up to a place; a place without a row is a damage, too, because places have no gaps."""
        return self._paged(self.rows(after, up_to), after)

    def pages_of_shard(self, shard: int, after: int, up_to: int) -> Iterator[Page]:
        """The rows of one shard after a place up to another."""
        return self._paged(self.rows(after, up_to, shard), None)

    def rows(self, after: int, up_to: int, shard: int | None = None) -> Iterator[Row | Damage]:
        """The rows after a place up to another as they are, some at a time in memory."""
        while after < up_to:
            if after < (gone := min(self.trimmed(), up_to)):
                yield from self._archived(after, gone, shard)
                after = gone
                continue
            bounds = (after, up_to, _ROWS) if shard is None else (after, up_to, shard, _ROWS)
            found = self._some(_ALL if shard is None else _OF_SHARD, bounds)
            if after < self.trimmed():
                continue
            yield from found
            after = found[-1].seq if found else up_to

    def close(self) -> None:
        """Let go of the file once nobody reads it."""
        with self._one:
            self._db.close()

    def _archived(self, after: int, up_to: int, shard: int | None) -> Iterator[Row | Damage]:
        if self._archive is None:
            raise OutboxUnreadable(f"{self.path} was trimmed, and its archive is not here")
        while after < up_to:
            following: int | None = None
            try:
                for row in self._archive.rows(after):
                    if row.seq > up_to:
                        return
                    if shard in (None, row.shard):
                        yield row
                    after = row.seq
            except SegmentBroken as fault:
                following = self._archive.after_broken(after)
                yield Damage(self.outbox_id, after + 1, None, fault.message)
            after = up_to if following is None else following

    def _paged(self, rows: Iterator[Row | Damage], before: int | None) -> Iterator[Page]:
        page = Page()
        for row in rows:
            if isinstance(row, Damage):
                page.damaged.append(row)
                before = None
                continue
            if before is not None and row.seq != before + 1:
                page.damaged.append(self._missing(before + 1, row.seq - 1))
            self._put(page, row)
            before = row.seq if before is not None else None
            if page.size > _BYTES or len(page.entries) >= _ROWS:
                yield page
                page = Page()
        if page.reached or page.damaged:
            yield page

    def _put(self, page: Page, row: Row) -> None:
        entry = Entry(row.shard, self.outbox_id, row.seq, row.recorded_at, row.payload)
        reason = _wrong_with(entry, row)
        if reason is None:
            page.entries.append(entry)
        else:
            page.damaged.append(Damage(self.outbox_id, row.seq, row.event_id, reason))
        page.reached[position_id(self.outbox_id, row.shard)] = row.seq
        page.size += len(row.payload)

    def _missing(self, first: int, last: int) -> Damage:
        return Damage(self.outbox_id, first, None, f"rows {first} to {last} are missing")

    def _some(self, statement: str, bounds: Sequence[int]) -> list[Row]:
        found: list[Row] = []
        size = 0
        with self._one:
            for row in self._asked(statement, bounds):
                found.append(row)
                size += len(row.payload)
                if size > _BYTES:
                    break
        return found

    def _asked(self, statement: str, values: Sequence[int]) -> Iterator[Row]:
        try:
            for seq, shard, recorded_at, payload, event_id, digest in self._db.execute(statement, values):
                yield Row(seq, shard, recorded_at, payload or b"", event_id, digest)
        except sqlite3.Error as cause:
            raise OutboxUnreadable(f"{self.path} is damaged and cannot be read on: {cause}") from cause


def sound(row: Row) -> Row:
    """A row of an outbox as an archive takes it: without its hash where that only says what the bytes say."""
    named = b'{"event_id":' + msgspec.json.encode(row.event_id)
    if row.payload.startswith(named) and payload_hash(row.payload) == row.digest:
        return Row(row.seq, row.shard, row.recorded_at, row.payload, None, None)
    return row


def _wrong_with(entry: Entry, row: Row) -> str | None:
    if not entry.payload:
        return "its bytes are gone"
    if row.digest is not None and payload_hash(entry.payload) != row.digest:
        return "its bytes are not those that were accepted"
    try:
        event: Event = entry.event()
    except Exception as fault:  # noqa: BLE001 - whatever is wrong with the bytes
        return f"its bytes are no event: {type(fault).__name__}"
    is_other = row.event_id is not None and event.event_id != event_id_of(row.event_id)
    return "its bytes are those of another event" if is_other else None
