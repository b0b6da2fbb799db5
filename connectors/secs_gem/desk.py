"""Answers what a machine asks or tells, each only after its facts are durable."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, NamedTuple, TypeAlias

from connectors.contract import Intake
from connectors.errors import SourceUnavailable, UnreadableMessage
from connectors.secs_gem.clock import written, zone_of
from connectors.secs_gem.codec import decode
from connectors.secs_gem.config import SecsGemOptions
from connectors.secs_gem.items import Item, ascii_of, binary_of, list_of
from connectors.secs_gem.mapping import Mapping
from connectors.secs_gem.message import Message
from connectors.secs_gem.session import Session
from twin.events.event import Event
from twin.vocabulary.instants import Instant, instant_of

_LOG: Final = logging.getLogger(__name__)
_TOGETHER: Final = 64
_ILLEGAL_DATA: Final = 7
_UNKNOWN_STREAM: Final = 3
_UNKNOWN_FUNCTION: Final = 5
_ACCEPTED: Final = binary_of(0)


class Outcome(NamedTuple):
    """What a message leads to: facts, an answer or a complaint, a dead letter."""

    answer: Item | None = None
    events: tuple[Event, ...] = ()
    complaint: int | None = None
    refused: UnreadableMessage | None = None


Handler: TypeAlias = Callable[[Item | None], Outcome]


class Desk:
    """Works through the messages of one session, in the order they came."""

    def __init__(
        self, session: Session, options: SecsGemOptions, intake: Intake, greeted: Callable[[], None]
    ) -> None:
        self._session = session
        self._greeted = greeted
        self._intake = intake
        self._zone = zone_of(options.utc_offset)
        self._mapping = Mapping(options)
        self._id = options.id
        self._handlers: Final[dict[tuple[int, int], Handler]] = {
            (1, 1): lambda _item: Outcome(list_of()),
            (1, 13): self._greeting,
            (2, 17): lambda _item: Outcome(ascii_of(written(datetime.now(self._zone)))),
            (2, 25): Outcome,
            (5, 1): self._alarm,
            (6, 5): lambda _item: Outcome(_ACCEPTED),
            (6, 11): self._event,
            (10, 1): self._terminal,
        }
        self._streams: Final = {stream for stream, _ in self._handlers}

    async def work(self) -> None:
        """Takes what has arrived, stores its facts together, then answers each message.

        Raises:
            SourceUnavailable: facts could not be stored; the machine gets no answer.
        """
        while True:
            batch = [await self._session.primaries.get()]
            while len(batch) < _TOGETHER and not self._session.primaries.empty():
                batch.append(self._session.primaries.get_nowait())
            outcomes = [self._judged(message) for message in batch]
            await self._store(batch, outcomes)
            for message, outcome in zip(batch, outcomes, strict=True):
                self._answer(message, outcome)
            await self._session.flush()

    def _answer(self, message: Message, outcome: Outcome) -> None:
        if outcome.complaint is not None:
            self._session.complain(outcome.complaint, message)
        elif message.wants_reply:
            self._session.reply(message, outcome.answer)
        if (message.stream, message.function) == (1, 13):
            self._greeted()

    def _judged(self, message: Message) -> Outcome:
        handler = self._handlers.get((message.stream, message.function))
        if handler is None:
            _LOG.warning("%s sends %s, which nobody handles", self._id, message.name)
            known = message.stream in self._streams
            return Outcome(complaint=_UNKNOWN_FUNCTION if known else _UNKNOWN_STREAM)
        try:
            return handler(decode(message.body))
        except UnreadableMessage as refused:
            if refused.stage == "decode":
                return Outcome(complaint=_ILLEGAL_DATA, refused=refused)
            return Outcome(_ACCEPTED, refused=refused)

    async def _store(self, batch: list[Message], outcomes: list[Outcome]) -> None:
        events = [event for outcome in outcomes for event in outcome.events]
        try:
            if events:
                await self._intake.emit(events)
            for message, outcome in zip(batch, outcomes, strict=True):
                if outcome.refused is not None:
                    raw = message.header + message.body
                    await self._intake.refuse(raw, outcome.refused.stage, outcome.refused.reason)
        except Exception as error:  # whatever the store met, the machine must not hear a yes
            raise SourceUnavailable("facts could not be stored") from error

    def _greeting(self, _item: Item | None) -> Outcome:
        return Outcome(list_of(_ACCEPTED, list_of()))

    def _alarm(self, item: Item | None) -> Outcome:
        return Outcome(_ACCEPTED, tuple(self._mapping.alarmed(item, _now())))

    def _event(self, item: Item | None) -> Outcome:
        return Outcome(_ACCEPTED, tuple(self._mapping.collected(item, _now())))

    def _terminal(self, item: Item | None) -> Outcome:
        _LOG.info("%s says on its terminal: %s", self._id, item)
        return Outcome(_ACCEPTED)


def _now() -> Instant:
    return instant_of(datetime.now(UTC))
