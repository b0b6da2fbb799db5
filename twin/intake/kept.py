"""The outbox file as a reader finds it: every event ever accepted, checked row by row, nothing written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from twin.errors import TwinError
from twin.events.codec import payload_hash
from twin.events.event import Event
from twin.intake.watermark import position_id
from twin.stream.log import Entry

_Row: TypeAlias = tuple[int, int, str, str, int, bytes | None]

_COLUMNS: Final = "SELECT seq, shard, event_id, content_hash, recorded_at, CAST(payload AS BLOB) FROM events"
_ALL: Final = f"{_COLUMNS} WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
_OF_SHARD: Final = f"{_COLUMNS} WHERE shard = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
_LAST: Final = f"{_COLUMNS} ORDER BY seq DESC LIMIT 1"
_ABOUT: Final = "SELECT value FROM about WHERE name = 'outbox_id'"

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
    last: int = 0
    size: int = 0


class KeptOutbox:
    """One outbox file, opened so that it cannot be written; the service may go on writing to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        address = f"{path.absolute().as_uri()}?mode=ro"
        try:
            self._db = sqlite3.connect(address, uri=True, check_same_thread=False, timeout=_WAIT_SECONDS)
            self.outbox_id = str(self._db.execute(_ABOUT).fetchone()[0])
        except (sqlite3.Error, TypeError) as cause:
            raise OutboxUnreadable(f"{path} cannot be read as an outbox: {cause}") from cause

    def last(self) -> int:
        """The place of the newest row, 0 when there is none."""
        return next((row[0] for row in self._asked(_LAST, ())), 0)

    def pages(self, up_to: int) -> Iterator[Page]:
        """All rows up to a place; a place without a row is a damage, too, because places have no gaps."""
        after = 0
        while after < up_to:
            page = self._page(_ALL, (after, up_to, _ROWS), after)
            after = page.last or up_to
            yield page

    def pages_of_shard(self, shard: int, after: int, up_to: int) -> Iterator[Page]:
        """The rows of one shard after a place up to another."""
        while (page := self._page(_OF_SHARD, (shard, after, up_to, _ROWS), None)).last:
            after = page.last
            yield page

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _page(self, statement: str, bounds: Sequence[int], before: int | None) -> Page:
        page = Page()
        for seq, shard, event_id, digest, recorded_at, payload in self._asked(statement, bounds):
            if before is not None and seq != before + 1:
                page.damaged.append(self._missing(before + 1, seq - 1))
            entry = Entry(shard, self.outbox_id, seq, recorded_at, payload or b"")
            reason = _wrong_with(entry, event_id, digest)
            if reason is None:
                page.entries.append(entry)
            else:
                page.damaged.append(Damage(self.outbox_id, seq, event_id, reason))
            page.reached[position_id(self.outbox_id, shard)] = page.last = seq
            before = seq if before is not None else None
            page.size += len(entry.payload)
            if page.size > _BYTES:
                break
        return page

    def _missing(self, first: int, last: int) -> Damage:
        return Damage(self.outbox_id, first, None, f"rows {first} to {last} are missing")

    def _asked(self, statement: str, values: Sequence[int]) -> Iterator[_Row]:
        try:
            yield from self._db.execute(statement, values)
        except sqlite3.Error as cause:
            raise OutboxUnreadable(f"{self.path} is damaged and cannot be read on: {cause}") from cause


def _wrong_with(entry: Entry, event_id: str, digest: str) -> str | None:
    if not entry.payload:
        return "its bytes are gone"
    if payload_hash(entry.payload) != digest:
        return "its bytes are not those that were accepted"
    try:
        event: Event = entry.event()
    except Exception as fault:  # noqa: BLE001 - whatever is wrong with the bytes
        return f"its bytes are no event: {type(fault).__name__}"
    return None if event.event_id == event_id else "its bytes are those of another event"
