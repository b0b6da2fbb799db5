"""What just changed, kept for a while for those who come back, and queued for those who follow."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from twin.records.equipment import Alarm, Equipment
from twin.stream.change_feed import ChangedEvent

T = TypeVar("T")
Payload = TypeVar("Payload")

REMEMBERED_CHANGES: Final = 5_000
REMEMBERED_EVENTS: Final = 50_000
QUEUED: Final = 128


@dataclass(frozen=True, slots=True)
class Touched(Generic[T]):
    """A thing before and after a change; None before it was known."""

    before: T | None
    now: T


@dataclass(frozen=True, slots=True)
class Moment:
    """One committed change, with the things that it touched as they are now."""

    cursor: str
    machines: tuple[Touched[Equipment], ...] = ()
    alarms: tuple[Touched[Alarm], ...] = ()
    events: tuple[ChangedEvent, ...] = ()


class Recent:
    """The latest moments, bounded, so that a follower who was away for a moment misses nothing."""

    def __init__(self) -> None:
        self._moments: deque[Moment] = deque()
        self._seen: dict[str, None] = {}
        self._start = ""
        self.position = ""

    def restart(self, position: str) -> None:
        """Forget everything; what follows comes after this position."""
        self._moments.clear()
        self._seen.clear()
        self._start = self.position = position

    def add(self, moment: Moment) -> None:
        """Remember one more, and forget the oldest beyond the bound."""
        self._moments.append(moment)
        self._seen.update(dict.fromkeys(event.event_id for event in moment.events))
        self.position = moment.cursor
        while len(self._moments) > REMEMBERED_CHANGES or len(self._seen) > REMEMBERED_EVENTS:
            gone = self._moments.popleft()
            for event in gone.events:
                self._seen.pop(event.event_id, None)
            self._start = gone.cursor

    def unseen(self, events: Sequence[ChangedEvent]) -> tuple[ChangedEvent, ...]:
        """Those that were not told before: the projector tells again what it is not sure of."""
        return tuple(event for event in events if event.event_id not in self._seen)

    def after(self, position: str) -> list[Moment] | None:
        """Everything since a position; None when part of it is no longer remembered."""
        if position == self._start:
            return list(self._moments)
        newer: list[Moment] = []
        for moment in reversed(self._moments):
            if moment.cursor == position:
                return newer[::-1]
            newer.append(moment)
        return None


@dataclass(frozen=True, slots=True)
class Sent(Generic[Payload]):
    """What one change means for one follower."""

    cursor: str
    payload: Payload


class Mailbox(Generic[Payload]):
    """What waits for one follower: a bounded queue that, once full, forgets and says so."""

    def __init__(self, pick: Callable[[Moment], Payload | None]) -> None:
        self._pick = pick
        self._waiting: deque[Sent[Payload]] = deque()
        self._something = asyncio.Event()
        self._lost = False
        self.conflated = 0

    def offer(self, moment: Moment) -> None:
        """Queue a change if it concerns this follower; never waits."""
        payload = self._pick(moment)
        if payload is None or self._lost:
            return
        if len(self._waiting) >= QUEUED:
            self.lose()
            return
        self._waiting.append(Sent(moment.cursor, payload))
        self._something.set()

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting and not self._lost

    def clear(self) -> None:
        """Drop what a new snapshot is about to tell."""
        self._waiting.clear()
        self._lost = False
        self._something.clear()

    def lose(self) -> None:
        """Drop what waits: the follower needs a new snapshot."""
        self.conflated += len(self._waiting) + 1
        self._waiting.clear()
        self._lost = True
        self._something.set()

    def refill(self, moments: Sequence[Moment]) -> None:
        """Queue what a returning follower missed, the bound aside: it is bounded by what is remembered."""
        for moment in moments:
            payload = self._pick(moment)
            if payload is not None:
                self._waiting.append(Sent(moment.cursor, payload))
        if self._waiting:
            self._something.set()

    async def take(self, within: float) -> Sent[Payload] | None:
        """The next change; None after so many seconds of silence.

        Raises:
            FramesLost: the follower was too slow, or the feed was cut.
        """
        try:
            async with asyncio.timeout(within):
                await self._something.wait()
        except TimeoutError:
            return None
        if self._lost:
            raise FramesLost
        sent = self._waiting.popleft()
        if not self._waiting:
            self._something.clear()
        return sent


class FramesLost(Exception):
    """Changes passed by unseen; a new snapshot makes up for them."""
