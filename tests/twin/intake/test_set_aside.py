from __future__ import annotations

from pathlib import Path

from tests import factory
from twin.intake.dead_letters import DeadLetters
from twin.intake.outbox import Outbox
from twin.intake.set_aside import set_aside

REUSED = "event.id_reused"


async def test_what_was_refused_at_the_door_is_not_set_aside_again(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path / "letters.db")
    one, other = (factory.lot_created(event_id="e-1", quantity=quantity) for quantity in (1, 2))
    async with Outbox(tmp_path / "outbox.db", 4) as outbox:
        await outbox.accept([one, other])
        first, again = await outbox.after(0, 10)
        await set_aside(outbox, letters, again, REUSED, "known")
        assert await letters.waiting() == []

        await set_aside(outbox, letters, first, REUSED, "another outbox had it before")
        await set_aside(outbox, letters, again, "GraphRefused", "no")

    told = [(letter.code, letter.stage, letter.raw) for letter in await letters.waiting()]
    assert told == [(REUSED, "projection", first.payload), ("GraphRefused", "projection", again.payload)]
