"""What the shards hand over next, read and understood ahead while the graph works on the batch before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

from twin.events.event import Event
from twin.projection.batches import MOST_BYTES
from twin.stream.log import Delivery, Entry, EventLog

_ROWS_AT_FIRST: Final = 32
_MOST_ROWS: Final = 500
"""Entries of one shard that are read at once: few after a silence, more while they turn out to be small."""

AHEAD_FROM: Final = 200
"""Deliveries read at once from which the next are read ahead: fewer had better wait for their neighbours."""

_BYTES_OF_ONE: Final = 8 * 1024
"""A delivery of so many bytes counts as one there, a larger one as several."""

_AT_A_STRETCH: Final = 50
"""Events understood before the graph's answer is looked for again."""

_SET_ASIDE_FROM: Final = 25
"""Hand-overs after which an event is set aside: the process never survives it."""

Understand: TypeAlias = Callable[[Entry], Event]
"""Reads the event of an entry; raises whatever its bytes make it raise."""

Broken: TypeAlias = tuple[str, str]
"""Why an entry cannot even be tried: the kind of error and its words."""


class Supplied(NamedTuple):
    """A delivery with its event, or why it has none; None where too much was read to understand all of it."""

    delivery: Delivery
    event: Event | Broken | None

    @property
    def entry(self) -> Entry:
        """What was handed over."""
        return self.delivery.entry

    @property
    def attempts(self) -> int:
        """How often it was handed over."""
        return self.delivery.attempts


class Supply:
    """Reads the shards in turn; never more than one reading is under way or waits to be taken."""

    def __init__(
        self, log: EventLog, ahead_from: int = AHEAD_FROM, understand: Understand = Entry.event
    ) -> None:
        self._log = log
        self._understand = understand
        self._ahead_from = ahead_from
        self._rows = _ROWS_AT_FIRST
        self._reading: asyncio.Task[list[Supplied]] | None = None

    @property
    def in_arrears(self) -> bool:
        """Whether the next reading hands over again what is not acknowledged."""
        return self._reading is None and self._log.in_arrears

    async def take(self) -> list[Supplied]:
        """The next deliveries; empty when none came in time.

        Raises:
            StreamUnavailable: the stream does not answer.
        """
        reading, self._reading = self._reading, None
        taken = await (self._read() if reading is None else reading)
        if _weight(taken) >= self._ahead_from and not self._log.in_arrears:
            self._reading = asyncio.create_task(self._read())
        return taken

    async def close(self) -> None:
        """Leave nothing running; what was read ahead is handed over again."""
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _read(self) -> list[Supplied]:
        deliveries = await self._log.read(self._rows)
        self._rows = _rows_next(self._rows, deliveries)
        supplied: list[Supplied] = []
        size = 0
        for number, delivery in enumerate(deliveries, 1):
            size += len(delivery.entry.payload)
            event = _event(delivery, self._understand) if size <= MOST_BYTES else None
            supplied.append(Supplied(delivery, event))
            if number % _AT_A_STRETCH == 0:
                await asyncio.sleep(0)
        return supplied


def understood(supplied: Supplied, understand: Understand) -> Event | Broken:
    """What was handed over as an event, or why it cannot even be tried."""
    return _event(supplied.delivery, understand) if supplied.event is None else supplied.event


def _weight(taken: Sequence[Supplied]) -> int:
    return sum(len(one.entry.payload) // _BYTES_OF_ONE or 1 for one in taken)


def _rows_next(rows: int, deliveries: Sequence[Delivery]) -> int:
    """How many rows of a shard to read next, so that what is read at once stays about as large as a batch."""
    if not deliveries:
        return _ROWS_AT_FIRST
    size = sum(len(delivery.entry.payload) for delivery in deliveries)
    return min(rows * 2, _MOST_ROWS) if size <= MOST_BYTES else max(rows * MOST_BYTES // size, 1)


def _event(delivery: Delivery, understand: Understand) -> Event | Broken:
    """The event, or why it cannot even be tried: it ended the process each time, or its bytes are none."""
    if delivery.attempts >= _SET_ASIDE_FROM:
        return "projection.fatal", f"handed over {delivery.attempts} times and never finished"
    try:
        return understand(delivery.entry)
    except Exception as fault:  # noqa: BLE001 - whatever is wrong with the bytes
        return type(fault).__name__, str(fault)[:500]
