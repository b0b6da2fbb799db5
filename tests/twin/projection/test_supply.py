from __future__ import annotations

import pytest

from tests import factory
from tests.factory import START
from twin.events.codec import encode
from twin.events.event import Event
from twin.projection.supply import Supplied, Supply, _rows_next, understood
from twin.stream.client import Stream
from twin.stream.log import Delivery, Entry, EventLog

OUTBOX = "box"


async def filled(stream: Stream, number: int) -> EventLog:
    log = EventLog(stream, 1)
    await log.open()
    payloads = [encode(factory.lot_created(event_id=f"e-{seq}")) for seq in range(1, number + 1)]
    entries = [Entry(0, OUTBOX, seq, START, payload) for seq, payload in enumerate(payloads, 1)]
    await log.append(OUTBOX, entries, {})
    return log


def seqs(supplied: list[Supplied]) -> list[int]:
    return [one.entry.seq for one in supplied]


async def pending(stream: Stream) -> int:
    (group,) = await stream.commands.xinfo_groups("dieloom:{shard-0}:events")
    found: int = group["pending"]
    return found


async def test_supplies_every_entry_once_and_in_order_while_it_reads_ahead(stream: Stream) -> None:
    log = await filled(stream, 1_500)
    supply = Supply(log)
    taken: list[int] = []

    while len(taken) < 1_500:
        supplied = await supply.take()
        assert all(isinstance(one.event, Event) and one.attempts == 1 for one in supplied)
        taken += seqs(supplied)
        await log.ack([one.delivery for one in supplied])

    await supply.close()
    assert taken == list(range(1, 1_501))


async def test_what_was_read_ahead_and_not_taken_is_handed_over_again(stream: Stream) -> None:
    log = await filled(stream, 700)
    supply = Supply(log)
    taken: list[Supplied] = []
    while len(taken) < 480:
        taken += await supply.take()
    await log.ack([one.delivery for one in taken])
    await supply.close()
    assert seqs(taken) == list(range(1, 481))

    again = await filled(stream, 0)
    rest = Supply(again)
    left: list[Supplied] = []
    while len(left) < 220:
        left += await rest.take()
        await again.ack([one.delivery for one in left])
    await rest.close()
    assert seqs(left) == list(range(481, 701))


async def test_what_is_not_acknowledged_is_not_read_ahead_of(stream: Stream) -> None:
    log = await filled(stream, 300)
    first = Supply(log)
    taken: list[Supplied] = []
    while len(taken) < 300:
        taken += await first.take()
    await first.close()

    again = await filled(stream, 0)
    second = Supply(again)
    handed = await second.take()
    assert {one.attempts for one in handed} == {2}
    assert await pending(stream) == 300
    await second.close()


async def test_of_large_events_only_so_many_are_understood_before_they_are_wanted(stream: Stream) -> None:
    log = await filled(stream, 0)
    wide = [
        encode(factory.lot_created(event_id=f"e-{seq}")).replace(b"{", b"{" + b" " * 1_200_000, 1)
        for seq in (1, 2, 3)
    ]
    entries = [Entry(0, OUTBOX, seq, START, payload) for seq, payload in enumerate(wide, 1)]
    await log.append(OUTBOX, entries, {})
    supply = Supply(log)

    supplied = await supply.take()
    await supply.close()

    assert [isinstance(one.event, Event) for one in supplied] == [True, True, False]
    events = [understood(one, Entry.event) for one in supplied]
    assert [isinstance(event, Event) and event.event_id for event in events] == ["e-1", "e-2", "e-3"]


async def test_bytes_that_are_no_event_come_with_the_reason(stream: Stream) -> None:
    log = await filled(stream, 0)
    await log.append(OUTBOX, [Entry(0, OUTBOX, 1, START, b"not an event")], {})

    (broken,) = await Supply(log).take()

    assert isinstance(broken.event, tuple)
    assert broken.event[0] == "DecodeError"


@pytest.mark.parametrize(
    ("rows", "sizes", "then"),
    [
        (32, [100] * 200, 64),
        (400, [100] * 3_000, 500),
        (500, [], 32),
        (500, [1_000_000] * 16, 98),
        (2, [8_000_000] * 3, 1),
    ],
)
def test_so_much_is_read_at_once_that_it_stays_about_as_large_as_a_batch(
    rows: int, sizes: list[int], then: int
) -> None:
    deliveries = [Delivery(b"1-1", Entry(0, "box", 1, 0, bytes(size))) for size in sizes]
    assert _rows_next(rows, deliveries) == then
