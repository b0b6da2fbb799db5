"""A dead letter tried once more, after whatever was wrong has been put right."""

from __future__ import annotations

from twin.errors import NotFound
from twin.events.codec import decode
from twin.events.rejection import ID_REUSED, Rejected
from twin.intake.dead_letters import PROJECTION, DeadLetter, DeadLetters
from twin.intake.outbox import Outbox
from twin.intake.verdict import Verdict
from twin.stream.log import EventLog


async def requeue(letter_id: int, letters: DeadLetters, outbox: Outbox, log: EventLog) -> DeadLetter:
    """Send a letter's bytes the way they were going when they failed; doing so twice changes nothing more.

    Raises:
        NotFound: there is no such letter, or its event is not of this outbox.
        Rejected: the bytes are still no event that can be taken; the letter stays.
        StreamUnavailable: the stream does not answer; the letter stays.
    """

    async def again(letter: DeadLetter) -> None:
        event = decode(letter.raw)
        if letter.stage == PROJECTION:
            entry = await outbox.entry(event.event_id)
            if entry is None:
                raise NotFound("the outbox does not know that event", code="event.not_found")
            await log.repeat(entry)
        elif Verdict.REUSED in await outbox.accept([event]):
            raise Rejected(
                "event_id belongs to another event", code=ID_REUSED, field="event_id", event_id=event.event_id
            )

    return await letters.requeue(letter_id, again)
