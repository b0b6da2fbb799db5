"""Hears one scanner until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from functools import partial
from typing import Final

from connectors.barcode.client import codes
from connectors.barcode.config import BarcodeOptions
from connectors.barcode.framing import Code
from connectors.barcode.mapping import fact_of
from connectors.barcode.payload import LotCode, LotOutCode, Payload, payload_of
from connectors.barcode.station import Memory, TrackIn, remember, remembered
from connectors.contract import Connector, Intake
from connectors.errors import SourceUnavailable, UnreadableMessage
from twin.events.event import Event
from twin.vocabulary.instants import Instant, instant_of

_LOG: Final = logging.getLogger(__name__)


async def run(options: BarcodeOptions, intake: Intake) -> None:
    """Reports every scan as the fact it means; an unplugged scanner is waited for, for ever."""
    memory = await asyncio.to_thread(remembered, options.state_dir)
    station = _Station(options, intake, memory)
    while True:
        try:
            async with aclosing(codes(options)) as read:
                async for code in read:
                    await station.take(code)
        except SourceUnavailable as lost:
            _LOG.warning("%s: %s", options.id, lost)
        await asyncio.sleep(options.reconnect)


class _Station:
    """One station: what was scanned last, and which lot is there."""

    def __init__(self, options: BarcodeOptions, intake: Intake, memory: Memory) -> None:
        self._options = options
        self._intake = intake
        self._memory = memory
        self._last: tuple[bytes, Event] | None = None

    async def take(self, code: Code) -> None:
        """One scan becomes one event, or a dead letter with its bytes."""
        now = instant_of(datetime.now(UTC))
        try:
            event = self._repeated(code, now) or await self._told(code, now)
        except UnreadableMessage as refused:
            await self._until_durable(partial(self._intake.refuse, code.raw, refused.stage, refused.reason))
            return
        await self._until_durable(partial(self._intake.emit, [event]))
        self._last = (code.raw, event)

    def _repeated(self, code: Code, now: Instant) -> Event | None:
        """The event of the same code a moment ago: a double scan is its duplicate."""
        if self._last is None or self._last[0] != code.raw:
            return None
        event = self._last[1]
        return event if 0 <= now - event.occurred_at < self._options.repeat_within * 1000 else None

    async def _told(self, code: Code, now: Instant) -> Event:
        if not code.whole:
            raise UnreadableMessage("a code that was cut or is too long")
        payload = payload_of(code.raw, self._options.prefixes)
        memory = self._memory
        current = memory.lot.lot_id if memory.lot else None
        fact = fact_of(payload, self._options, current)
        if memory.lot is not None and payload == LotCode(memory.lot.lot_id):
            sequence, at = memory.lot.sequence, Instant(memory.lot.at)
        else:
            sequence, at = memory.told + 1, now
            self._memory = _after(payload, memory, now)
            await asyncio.to_thread(remember, self._options.state_dir, self._memory)
        return Event(
            event_id=memory.event_id(sequence),
            source=self._options.id,
            source_sequence=sequence,
            occurred_at=at,
            fact=fact,
        )

    async def _until_durable(self, store: Callable[[], Awaitable[None]]) -> None:
        """A scanner does not send again, so what cannot be stored is kept and tried again."""
        while True:
            try:
                return await store()
            except Exception:  # noqa: BLE001 - whatever the store met, the scan is kept
                _LOG.exception("%s: a scan could not be stored", self._options.id)
                await asyncio.sleep(self._options.reconnect)


def _after(payload: Payload, memory: Memory, now: Instant) -> Memory:
    told, lot = memory.told + 1, memory.lot
    if isinstance(payload, LotCode):
        lot = TrackIn(payload.lot_id, told, now)
    elif isinstance(payload, LotOutCode) and lot is not None and payload.lot_id == lot.lot_id:
        lot = None
    return Memory(memory.scanner, told, lot)


CONNECTOR: Final = Connector(config=BarcodeOptions, run=run)
