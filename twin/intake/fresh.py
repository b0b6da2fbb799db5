"""Events that this process took in a moment ago, as they were understood then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from msgspec.structs import replace

from twin.events.event import Event
from twin.events.substrate import DiesTransferred, SubstrateMapped
from twin.events.transfers import PackedTransfers
from twin.intake.verdict import Receipt, Verdict
from twin.stream.log import Entry
from twin.vocabulary.instants import Instant

_MOST: Final = 10_000
_LARGEST: Final = 2_048
"""Bytes of the largest event kept however it is built: a long list costs far more than its reading."""

_ROOM: Final = 16 * 1024 * 1024
"""Bytes of the large events that are kept."""

_MOST_BINS: Final = 256
"""Bins of a map that is kept: what is told of each takes three times its bytes."""

_PATIENCE_S: Final = 30.0
"""After so long, nobody is expected to ask for a large event any more."""


class _Large(NamedTuple):
    payload: bytes
    event: Event
    since: float


class FreshEvents:
    """Spares the projector of the same process reading again what the intake has just read.

    An event is found by its place and only for the very bytes that were made durable; each is handed out
    once. Of small ones the oldest make room for the newest. Large ones are kept while there is room for
    them, so that of a long queue those are here that are wanted next.
    """

    def __init__(
        self, most: int = _MOST, room: int = _ROOM, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._room, self._clock = most, room, clock
        self._kept: dict[tuple[str, int], tuple[bytes, Event]] = {}
        self._large: dict[tuple[str, int], _Large] = {}
        self._taken = 0

    def keep(self, offered: Iterable[Event], receipts: Iterable[Receipt], entries: Iterable[Entry]) -> None:
        """Remember, of the events offered, those that were new, each with the entry that it became."""
        written = {entry.seq: entry for entry in entries}
        for event, receipt in zip(offered, receipts, strict=False):  # a failed write leaves no receipts
            if receipt.verdict is Verdict.ACCEPTED:
                entry = written[receipt.seq]
                if len(entry.payload) <= _LARGEST:
                    self._kept[entry.outbox, entry.seq] = entry.payload, event
                elif (packed := _packed(event)) is not None:
                    self._keep_large(entry, packed)
        while len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]

    def event_of(self, entry: Entry) -> Event:
        """The event that an entry holds: as it was understood when it came, else read from its bytes.

        Raises:
            Exception: whatever reading the bytes of a broken entry raises.
        """
        place = entry.outbox, entry.seq
        payload, event = self._kept.pop(place, (None, None))
        if place in self._large:
            payload, event = self._taken_back(place)
        if event is None or payload != entry.payload:
            return entry.event()
        return Event(
            event_id=event.event_id,
            source=event.source,
            occurred_at=event.occurred_at,
            fact=event.fact,
            source_sequence=event.source_sequence,
            recorded_at=Instant(entry.recorded_at),
        )

    def _keep_large(self, entry: Entry, event: Event) -> None:
        now, size = self._clock(), len(entry.payload)
        while self._large and self._taken + size > self._room:
            oldest = next(iter(self._large))
            if now - self._large[oldest].since < _PATIENCE_S:
                return
            self._taken_back(oldest)
        self._taken += size
        self._large[entry.outbox, entry.seq] = _Large(entry.payload, event, now)

    def _taken_back(self, place: tuple[str, int]) -> tuple[bytes, Event]:
        payload, event, _ = self._large.pop(place)
        self._taken -= len(payload)
        return payload, event


def _packed(event: Event) -> Event | None:
    """The event, if it takes about as much room as its bytes do; without what only writing it needs."""
    match event.fact:
        case SubstrateMapped(bin_definitions=told) if len(told) <= _MOST_BINS:
            return event
        case DiesTransferred(transfers=PackedTransfers() as transfers) as fact:
            return replace(event, fact=replace(fact, transfers=transfers.without_json()))
    return None
