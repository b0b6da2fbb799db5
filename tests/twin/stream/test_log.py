from __future__ import annotations

import pytest

from tests import factory
from twin.errors import StreamUnavailable
from twin.events.codec import encode
from twin.stream.client import Stream, open_stream
from twin.stream.log import Appended, Delivery, Entry, EventLog

OUTBOX = "box-1"


def entry(seq: int, shard: int = 0, outbox: str = OUTBOX) -> Entry:
    event = factory.lot_created(event_id=f"e-{seq}", occurred_at="08:00")
    return Entry(shard, outbox, seq, 1_772_438_400_000 + seq, encode(event))


def seqs(deliveries: list[Delivery]) -> list[int]:
    return [delivery.entry.seq for delivery in deliveries]


async def added(log: EventLog, *entries: Entry) -> None:
    answer = await log.append(OUTBOX, entries, await log.sent(OUTBOX))
    assert answer.refused == frozenset()


async def opened(stream: Stream, shards: int = 2) -> EventLog:
    log = EventLog(stream, shards)
    await log.open()
    return log


async def test_hands_over_entries_in_order_a_shard_with_all_they_carry(stream: Stream) -> None:
    log = await opened(stream)
    await added(log, entry(1), entry(2, shard=1), entry(3))

    deliveries = await log.read(10, block_ms=10)

    assert sorted(seqs(deliveries)) == [1, 2, 3]
    assert [one.entry for one in deliveries if one.entry.shard == 0] == [entry(1), entry(3)]
    assert deliveries[0].entry.event().recorded_at == 1_772_438_400_001


async def test_reads_nothing_when_nothing_comes(stream: Stream) -> None:
    log = await opened(stream)

    assert await log.read(10, block_ms=5) == []


async def test_a_new_reader_gets_what_the_last_one_did_not_finish_first(stream: Stream) -> None:
    first = await opened(stream)
    await added(first, entry(1), entry(2), entry(3))
    taken = await first.read(2, block_ms=10)
    await first.ack(taken[:1])

    second = EventLog(stream, 2, consumer="another")
    await second.open()
    again = await second.read(10, block_ms=10)

    assert [(one.entry.seq, one.attempts) for one in again] == [(2, 2)]
    await second.ack(again)
    assert seqs(await second.read(10, block_ms=10))[-1] == 3


async def test_attempts_rise_with_every_hand_over(stream: Stream) -> None:
    first = await opened(stream)
    await added(first, entry(1))
    await first.read(10, block_ms=10)

    for attempts in (2, 3, 4):
        reader = await opened(stream)
        assert [one.attempts for one in await reader.read(10, block_ms=10)] == [attempts]


async def test_trimming_drops_what_is_acknowledged_and_keeps_pending_and_unread(stream: Stream) -> None:
    log = await opened(stream)
    await added(log, *[entry(seq) for seq in range(1, 7)])
    taken = await log.read(4, block_ms=10)
    await log.ack([taken[0], taken[1], taken[3]])

    await log.trim()

    assert await stream.commands.xlen("dieloom:{shard-0}:events") == 4
    await log.ack(taken)
    await log.trim()
    assert seqs(await log.read(10, block_ms=10)) == [5, 6]


async def test_what_is_acknowledged_but_not_trimmed_comes_again_to_a_new_reader(stream: Stream) -> None:
    log = await opened(stream)
    await added(log, entry(1), entry(2))
    await log.ack(await log.read(10, block_ms=10))

    reader = await opened(stream)

    assert seqs(await reader.read(10, block_ms=10)) == [1, 2]


async def test_the_stream_remembers_how_far_each_outbox_got(stream: Stream) -> None:
    log = await opened(stream)
    await added(log, entry(1), entry(2, shard=1), entry(7))
    await log.append("box-2", [entry(3, outbox="box-2")], {})

    assert await log.sent(OUTBOX) == {0: 7, 1: 2}
    assert await log.sent("box-2") == {0: 3}
    assert await log.holds(0, OUTBOX, 1)
    assert await log.holds(0, OUTBOX, 5)
    assert not await log.holds(0, OUTBOX, 0)
    assert not await log.holds(1, "box-2", 3)


async def test_a_wiped_stream_is_read_on_from_its_new_beginning(stream: Stream) -> None:
    log = await opened(stream)
    await added(log, entry(1))
    await log.ack(await log.read(10, block_ms=10))
    await stream.commands.flushdb()

    assert await log.sent(OUTBOX) == {}
    assert await log.read(10, block_ms=10) == []
    await added(log, entry(1), entry(2))
    assert seqs(await log.read(10, block_ms=10)) == [1, 2]


async def test_the_lag_counts_unread_and_unfinished(stream: Stream) -> None:
    log = await opened(stream)
    await added(log, *[entry(seq) for seq in range(1, 6)])
    taken = await log.read(2, block_ms=10)
    assert await log.lag() == 5
    await log.ack(taken)
    assert await log.lag() == 3


async def test_append_tells_the_longest_shard(stream: Stream) -> None:
    log = await opened(stream)
    three = [entry(1), entry(2), entry(3, shard=1)]

    assert await log.append(OUTBOX, three, {}) == Appended(2, frozenset())
    assert await log.append(OUTBOX, [entry(4)], {0: 2}) == Appended(3, frozenset())
    assert await log.longest() == 3


async def test_a_shard_refuses_entries_that_do_not_follow_what_it_was_told(stream: Stream) -> None:
    log = await opened(stream)
    await added(log, entry(1), entry(2, shard=1))

    assert await log.append(OUTBOX, [entry(5), entry(6, shard=1)], {0: 4, 1: 2}) == Appended(
        2, frozenset({0})
    )
    assert await log.sent(OUTBOX) == {0: 1, 1: 6}
    assert sorted(seqs(await log.read(10, block_ms=10))) == [1, 2, 6]


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    gone = open_stream("redis://127.0.0.1:1/0")
    try:
        assert not await gone.ready()
        with pytest.raises(StreamUnavailable):
            await EventLog(gone, 1).append(OUTBOX, [entry(1)], {})
    finally:
        await gone.close()


@pytest.mark.parametrize("option", ["protocol=3", "decode_responses=True"])
async def test_an_address_does_not_change_the_form_of_answers(
    stream: Stream, stream_url: str, option: str
) -> None:
    log = await opened(stream)
    other = open_stream(f"{stream_url}?{option}")
    try:
        asked = EventLog(other, 2)
        await asked.open()
        await added(log, entry(1), entry(2, shard=1))
        deliveries = await asked.read(10, block_ms=2_000)
        assert sorted(seqs(deliveries)) == [1, 2]
        await asked.ack(deliveries)
        assert await asked.lag() == 0
    finally:
        await other.close()
