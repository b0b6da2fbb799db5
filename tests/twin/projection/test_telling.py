from __future__ import annotations

import asyncio

import pytest

from tests import factory
from tests.factory import START
from twin.errors import StreamUnavailable
from twin.events.codec import encode
from twin.projection.telling import Telling
from twin.stream.change_feed import Change, ChangedEvent, ChangeFeed
from twin.stream.client import Stream, open_stream
from twin.stream.log import Delivery, Entry, EventLog

OUTBOX = "box"


def change(number: int) -> Change:
    return Change(
        at=START, events=(ChangedEvent(event_id=f"e-{number}", type="LotCreated", occurred_at=START),)
    )


async def handed(stream: Stream, number: int) -> tuple[EventLog, list[Delivery]]:
    log = EventLog(stream, 1)
    await log.open()
    payloads = [encode(factory.lot_created(event_id=f"e-{seq}")) for seq in range(1, number + 1)]
    await log.append(OUTBOX, [Entry(0, OUTBOX, seq, START, one) for seq, one in enumerate(payloads, 1)], {})
    return log, await log.read(number)


async def told(feed: ChangeFeed) -> list[str]:
    newest, found = await feed.last(), list[str]()
    async with asyncio.timeout(60):
        async for one in feed.follow("0-0"):
            found += [event.event_id for event in one.events]
            if one.cursor == newest:
                break
    return found


async def pending(stream: Stream) -> int:
    (group,) = await stream.commands.xinfo_groups("dieloom:{shard-0}:events")
    found: int = group["pending"]
    return found


async def test_tells_batches_in_their_order_and_acknowledges_all_of_them(stream: Stream) -> None:
    log, deliveries = await handed(stream, 6)
    feed = ChangeFeed(stream)
    telling = Telling(feed, log)

    for number, delivery in enumerate(deliveries, 1):
        await telling.tell(change(number), [delivery])
    await telling.settle()

    assert await told(feed) == [f"e-{number}" for number in range(1, 7)]
    assert await pending(stream) == 0
    await telling.close(settling=False)


async def test_what_was_told_is_acknowledged_without_being_asked(stream: Stream) -> None:
    log, deliveries = await handed(stream, 2)
    telling = Telling(ChangeFeed(stream), log)
    for number, delivery in enumerate(deliveries, 1):
        await telling.tell(change(number), [delivery])

    async with asyncio.timeout(60):
        while await pending(stream):
            await asyncio.sleep(0.01)

    await telling.close(settling=False)


async def test_a_good_end_leaves_nothing_to_be_handed_over_again(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twin.projection.telling._GOODBYE_SECONDS", 60.0)
    log, deliveries = await handed(stream, 3)
    telling = Telling(ChangeFeed(stream), log)
    await telling.tell(change(1), deliveries)

    await telling.close(settling=True)

    assert await pending(stream) == 0


async def test_a_stream_that_is_gone_comes_out_with_a_later_batch_and_the_end_does_not_wait() -> None:
    nowhere = open_stream("redis://127.0.0.1:1")
    telling = Telling(ChangeFeed(nowhere), EventLog(nowhere, 1))
    delivery = Delivery(b"1-1", Entry(0, OUTBOX, 1, START, b"{}"))
    await telling.tell(change(1), [delivery])

    with pytest.raises(StreamUnavailable):
        await telling.tell(change(2), [delivery])

    await telling.close(settling=True)
    await nowhere.close()
