from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests import factory
from twin.errors import NotFound
from twin.events.codec import encode
from twin.events.rejection import Rejected
from twin.intake.dead_letters import INGEST, PROJECTION, DeadLetters, Refusal
from twin.intake.outbox import Outbox
from twin.intake.requeue import requeue
from twin.stream.client import Stream
from twin.stream.log import EventLog


@pytest.fixture
async def letters(tmp_path: Path) -> AsyncIterator[DeadLetters]:
    store = DeadLetters(tmp_path / "letters.db")
    yield store
    store.close()


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncIterator[Outbox]:
    async with Outbox(tmp_path / "outbox.db", 1) as opened:
        yield opened


def refusal(raw: bytes, stage: str) -> Refusal:
    return Refusal(stage=stage, source="mes", code="event.bad_value", message="?", raw=raw)


async def test_bytes_that_are_an_event_now_are_accepted_once(
    letters: DeadLetters, outbox: Outbox, stream: Stream
) -> None:
    event = factory.lot_created()
    await letters.keep([refusal(encode(event), INGEST)])
    for _ in range(2):
        await requeue(1, letters, outbox, EventLog(stream, 1))

    assert [entry.payload for entry in await outbox.after(0, 10)] == [encode(event)]
    assert await letters.depth() == 0


async def test_bytes_that_are_still_none_stay(letters: DeadLetters, outbox: Outbox, stream: Stream) -> None:
    used = factory.lot_created(event_id="e-1", quantity=1)
    await outbox.accept([used])
    other = encode(factory.lot_created(event_id="e-1", quantity=2))
    await letters.keep([refusal(b"noise", INGEST), refusal(other, INGEST)])

    for letter_id, code in ((1, "event.bad_json"), (2, "event.id_reused")):
        with pytest.raises(Rejected) as caught:
            await requeue(letter_id, letters, outbox, EventLog(stream, 1))
        assert caught.value.code == code
    assert await letters.depth() == 2


async def test_an_event_the_projection_set_aside_goes_into_its_shard_again(
    letters: DeadLetters, outbox: Outbox, stream: Stream
) -> None:
    log = EventLog(stream, 1)
    await log.open()
    event = factory.lot_created(event_id="e-1")
    await outbox.accept([event])
    await letters.keep(
        [refusal(encode(event), PROJECTION), refusal(encode(factory.lot_created(event_id="x")), PROJECTION)]
    )

    await requeue(1, letters, outbox, log)
    with pytest.raises(NotFound):
        await requeue(2, letters, outbox, log)

    assert [one.entry.event().event_id for one in await log.read(10, block_ms=10)] == ["e-1"]
    assert [one.letter_id for one in await letters.waiting()] == [2]
