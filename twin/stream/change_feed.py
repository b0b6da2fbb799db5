"""What the projector has committed, told to everybody who shows it live."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import Struct

from twin.errors import TwinError
from twin.records.equipment import Equipment
from twin.stream.client import ANSWER_SECONDS, BLOCK_MS, Stream, answering

KEPT: Final = 100_000
"""Changes that a late follower can still catch up with."""

KEPT_BYTES: Final = 64 * 1024 * 1024
"""Memory of the stream that changes may take; beyond it the oldest go, however few they are."""

_KEY: Final = "dieloom:{changes}:feed"
_AT_ONCE: Final = 256
_LOOKS: Final = 8
"""How often the memory is looked at while changes fill the bound once."""
_BEGINNING: Final = "0-0"
_OWN: Final = 4
"""Changes told by this process that its followers get from here; who is further behind asks the stream."""

_LISTEN_SECONDS: Final = 1.0
"""How long a follower trusts that nobody but this process tells changes."""


class ChangedEvent(Struct, frozen=True, kw_only=True):
    """One event that was applied, and the things it names as (label, key)."""

    event_id: str
    type: str
    occurred_at: int
    things: tuple[tuple[str, str], ...] = ()


class Change(Struct, frozen=True, kw_only=True):
    """One committed batch: when, which events, and how far every outbox shard is now projected.

    ``positions`` are by "outbox/shard". ``cursor`` is given by the feed; whoever shows a change
    can go on after it. ``machines`` are those the batch touched, as they are with it, as many as told.
    """

    at: int
    events: tuple[ChangedEvent, ...] = ()
    positions: dict[str, int] = {}
    machines: tuple[Equipment, ...] = ()
    cursor: str = ""
    previous: str = ""


class FeedGap(TwinError):
    """Changes between the follower's cursor and now are lost; only a new snapshot helps."""

    code = "feed.gap"


@dataclass(slots=True)
class _Look:
    """A look at the feed that is under way, and how many followers wait for what it finds."""

    task: asyncio.Task[list[Change]]
    followers: int = 0


class ChangeFeed:
    """The feed of changes, kept to a bound, in the order of the commits.

    Followers of one process who stand at the same place share one look at it; what the process tells
    itself they get as soon as the stream has it, without asking for it.
    """

    def __init__(self, stream: Stream, kept: int = KEPT, kept_bytes: int = KEPT_BYTES) -> None:
        self._stream = stream
        self._kept, self._kept_bytes = kept, kept_bytes
        self._told_bytes = kept_bytes
        self._last: str | None = None
        self._looks: dict[str, _Look] = {}
        self._tail: str | None = None
        self._own: OrderedDict[str, Change] = OrderedDict()
        self._published = asyncio.Event()

    async def publish(self, change: Change) -> str:
        """Tell a committed change; its cursor.

        Raises:
            StreamUnavailable: whether it was told is unknown; telling it again is harmless.
        """
        previous = self._last if self._last is not None else await self.last()
        self._last = None
        change = msgspec.structs.replace(change, cursor="", previous=previous)
        body = msgspec.json.encode(change)
        self._told_bytes += len(body)
        async with answering():
            if self._told_bytes * _LOOKS > self._kept_bytes:
                await self._shrink()
            place = await self._stream.commands.xadd(_KEY, {b"c": body}, maxlen=self._kept, approximate=True)
        self._last = _text(place)
        self._pass_on(msgspec.structs.replace(change, cursor=self._last))
        return self._last

    def taken_over(self) -> None:
        """Others may have told changes since: the next one comes after whatever is the newest by then."""
        self._last = self._tail = None
        self._own.clear()

    async def last(self) -> str:
        """The cursor of the newest change: take it before a snapshot, follow after it."""
        async with answering():
            newest = await self._stream.commands.xrevrange(_KEY, count=1)
        return _text(newest[0][0]) if newest else _BEGINNING

    async def follow(self, after: str | None = None) -> AsyncIterator[Change]:
        """Every change after a cursor, for ever; without one, every change from now on.

        Raises:
            FeedGap: the changes after the cursor are no longer all there.
            StreamUnavailable: the stream does not answer; follow again after the last cursor.
        """
        cursor = await self.last() if after is None else await self._checked(after)
        while True:
            changes = await self._next(cursor)
            if not changes and await self.last() < cursor:
                raise FeedGap("the feed was lost and began anew")
            for change in changes:
                if change.previous != cursor:
                    raise FeedGap("changes were dropped before they were read")
                cursor = change.cursor
                yield change

    async def _shrink(self) -> None:
        """Drop the oldest changes of a feed that takes too much memory; what then comes finds room."""
        commands: Any = self._stream.commands
        taken = int(await commands.memory_usage(_KEY) or 0)
        if taken > self._kept_bytes:
            kept = await commands.xlen(_KEY) * self._kept_bytes // (taken * 2)
            await commands.xtrim(_KEY, maxlen=kept, approximate=False)
        self._told_bytes = 0

    async def _checked(self, after: str) -> str:
        if after == _BEGINNING:
            return after
        if not _is_cursor(after):
            raise FeedGap("that is no cursor of this feed")
        async with answering():
            found = await self._stream.commands.xrange(_KEY, min=after, max=after, count=1)
        if not found:
            raise FeedGap("the changes after this cursor are no longer kept")
        return after

    async def _next(self, cursor: str) -> list[Change]:
        """What comes after a cursor: from this process as soon as it is told, else from the stream."""
        if cursor == self._tail:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LISTEN_SECONDS):
                    await self._published.wait()
        if (own := self._own.get(cursor)) is not None:
            return [own]
        return await self._shared(cursor)

    async def _shared(self, cursor: str) -> list[Change]:
        """One look at the stream for all who stand at a cursor."""
        look = self._looks.get(cursor)
        if look is None:
            look = self._looks[cursor] = _Look(asyncio.create_task(self._look(cursor)))
        look.followers += 1
        try:
            return await asyncio.shield(look.task)
        finally:
            if self._looks.get(cursor) is look:
                del self._looks[cursor]  # over, or given up: the next one looks anew
            look.followers -= 1
            if not look.followers:
                look.task.cancel()
                await asyncio.gather(look.task, return_exceptions=True)

    async def _look(self, cursor: str) -> list[Change]:
        block = None if cursor == self._tail else BLOCK_MS
        async with answering(ANSWER_SECONDS + BLOCK_MS / 1000):
            found: Any = await self._stream.waits.xread({_KEY: cursor}, count=_AT_ONCE, block=block)
        if found and cursor == self._tail:
            self._tail = None  # another process tells changes now
        return [_change(place, fields) for _, entries in found or () for place, fields in entries]

    def _pass_on(self, change: Change) -> None:
        self._tail = change.cursor
        if change.previous != _BEGINNING:  # every feed has that one: it may be of the feed before this
            self._own[change.previous] = change
        if len(self._own) > _OWN:
            self._own.popitem(last=False)
        self._published.set()
        self._published = asyncio.Event()


def _change(place: bytes, fields: dict[bytes, bytes]) -> Change:
    told = msgspec.json.decode(fields[b"c"], type=Change)
    return msgspec.structs.replace(told, cursor=_text(place))


def _is_cursor(text: str) -> bool:
    milliseconds, _, number = text.partition("-")
    return all(part.isascii() and part.isdigit() and len(part) < 20 for part in (milliseconds, number))


def _text(place: Any) -> str:  # noqa: ANN401 - redis-py's reply
    return place.decode() if isinstance(place, bytes) else str(place)
