"""Events that this process took in a moment ago, as they were understood then."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from twin.events.event import Event
from twin.intake.ledger import Receipt, Verdict
from twin.stream.log import Entry
from twin.vocabulary.instants import Instant

_MOST: Final = 10_000
_LARGEST: Final = 2_048
"""Bytes of the largest event worth keeping: what a long list costs in memory is far more than its reading."""


class FreshEvents:
    """Spares the projector of the same process reading again what the intake has just read.

    An event is found by its place and only for the very bytes that were made durable; each is handed out
    once, and the oldest make room for the newest.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._kept: dict[tuple[str, int], tuple[bytes, Event]] = {}

    def keep(self, offered: Iterable[Event], receipts: Iterable[Receipt], entries: Iterable[Entry]) -> None:
        """Remember, of the events offered, those that were new, each with the entry that it became."""
        written = iter(entries)
        for event, receipt in zip(offered, receipts, strict=False):  # a failed write leaves no receipts
            if receipt.verdict is Verdict.ACCEPTED:
                entry = next(written)
                if len(entry.payload) <= _LARGEST:
                    self._kept[entry.outbox, entry.seq] = entry.payload, event
        while len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]

    def event_of(self, entry: Entry) -> Event:
        """The event that an entry holds: as it was understood when it came, else read from its bytes.

        Raises:
            Exception: whatever reading the bytes of a broken entry raises.
        """
        payload, event = self._kept.pop((entry.outbox, entry.seq), (None, None))
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
