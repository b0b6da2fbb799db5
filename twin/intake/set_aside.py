"""An entry that cannot be projected becomes a dead letter, unless its bytes lie among them already."""

from __future__ import annotations

from twin.events.rejection import ID_REUSED
from twin.intake.dead_letters import PROJECTION, DeadLetters, Refusal
from twin.intake.outbox import Outbox
from twin.stream.log import Entry


async def set_aside(outbox: Outbox, letters: DeadLetters, entry: Entry, error: str, message: str) -> None:
    """Keep what cannot be projected; who came under an id in use was refused, and kept, at the door.

    Raises:
        OutboxRefused: the dead letters are full, or their disk is.
    """
    if error == ID_REUSED and await outbox.refused(entry):
        return
    letter = Refusal(stage=PROJECTION, source=entry.outbox, code=error, message=message, raw=entry.payload)
    await letters.keep([letter])
