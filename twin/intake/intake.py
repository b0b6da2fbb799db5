"""The one door for facts, whoever brings them: durable when it answers, refused bytes kept."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import msgspec

from twin.events.codec import decode, encode
from twin.events.event import Event
from twin.events.rejection import BAD_VALUE, ID_REUSED, Rejected
from twin.intake.dead_letters import DeadLetters, Refusal
from twin.intake.outbox import Accepted, Outbox
from twin.intake.verdict import Verdict

LOG: Final = logging.getLogger(__name__)

_UNREADABLE: Final = "message.unreadable"

Counted = Callable[[str, str, int], None]
"""Told of every batch: source, result, how many."""


def _uncounted(_source: str, _result: str, _number: int) -> None:
    return None


class Intake:
    """The outbox and the dead letters of one process."""

    def __init__(self, outbox: Outbox, dead_letters: DeadLetters, counted: Counted = _uncounted) -> None:
        self.outbox = outbox
        self.dead_letters = dead_letters
        self.counted = counted

    async def accept(self, events: Sequence[Event]) -> list[Verdict]:
        """Make checked events durable; the verdict on each.

        Raises:
            OutboxRefused: nothing was taken.
        """
        return await self.outbox.accept(events)

    async def take(self, events: Sequence[Event]) -> Accepted:
        """Like ``accept``, with the watermark that makes a read see them."""
        return await self.outbox.take(events)

    def door(self, source: str) -> Door:
        """The door of one connector."""
        return Door(self, source)


class Door:
    """What a connector is given: ``emit`` for facts, ``refuse`` for what it could not read.

    A fact that breaks the contract, or that takes an id in use for something else, becomes a dead
    letter: sending it again would not help, so its device is acknowledged.
    """

    def __init__(self, intake: Intake, source: str) -> None:
        self._intake = intake
        self._source = source
        self.emit: Callable[[Sequence[Event]], Awaitable[None]] = self._emit
        self.refuse: Callable[[bytes, str, str], Awaitable[None]] = self._refuse

    async def _emit(self, events: Sequence[Event]) -> None:
        good: list[Event] = []
        refusals: list[Refusal] = []
        for event in events:
            try:
                good.append(_checked(event))
            except Rejected as rejected:
                refusals.append(self._refusal(event, rejected.code, rejected.message))
        verdicts = await self._intake.accept(good)
        refusals += [
            self._refusal(event, ID_REUSED, "the id belongs to another event")
            for event, verdict in zip(good, verdicts, strict=True)
            if verdict is Verdict.REUSED
        ]
        await self._intake.dead_letters.keep(refusals)
        for verdict in Verdict:
            if number := verdicts.count(verdict):
                self._intake.counted(self._source, verdict.value.lower(), number)
        for refusal in refusals:
            LOG.warning("%s: %s set aside: %s", self._source, refusal.event_id, refusal.message)

    async def _refuse(self, raw: bytes, stage: str, reason: str) -> None:
        refusal = Refusal(
            stage=stage, source=self._source, code="message.unreadable", message=reason, raw=raw
        )
        await self._intake.dead_letters.keep([refusal])
        self._intake.counted(self._source, "refused", 1)

    def _refusal(self, event: Event, code: str, message: str) -> Refusal:
        return Refusal(
            stage="connector",
            source=self._source,
            code=code,
            message=message,
            raw=_bytes_of(event),
            event_id=str(event.event_id)[:128].encode(errors="backslashreplace").decode(),
        )


def _checked(event: Event) -> Event:
    """The event as the wire would bring it: whoever built it in the process is checked like a stranger."""
    try:
        return decode(encode(event))
    except (ValueError, TypeError, OverflowError, msgspec.MsgspecError) as fault:
        raise Rejected(f"the event cannot be written: {type(fault).__name__}", code=BAD_VALUE) from fault


def _bytes_of(event: Event) -> bytes:
    try:
        return encode(event)
    except (ValueError, TypeError, OverflowError, msgspec.MsgspecError):
        return repr(event).encode(errors="backslashreplace")
