from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import msgspec
import pytest

from twin.records.equipment import Equipment
from twin.stream.change_feed import Change, ChangedEvent, ChangeFeed, FeedGap
from twin.stream.client import Stream
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import EquipmentState


def change(number: int) -> Change:
    named = ChangedEvent(
        event_id=f"e-{number}", type="LotCreated", occurred_at=number, things=(("Lot", "LOT-1"),)
    )
    return Change(at=number, events=(named,), positions={"box/0": number})


async def take(changes: AsyncIterator[Change], count: int) -> list[Change]:
    taken: list[Change] = []
    async with asyncio.timeout(60):
        async for one in changes:
            taken.append(one)
            if len(taken) == count:
                break
    return taken


async def test_a_follower_gets_every_change_after_its_cursor_in_order(stream: Stream) -> None:
    feed = ChangeFeed(stream)
    cursor = await feed.publish(change(1))
    later = [await feed.publish(change(2)), await feed.publish(change(3))]

    taken = await take(feed.follow(cursor), 2)

    assert [(one.at, one.cursor, one.positions) for one in taken] == [
        (2, later[0], {"box/0": 2}),
        (3, later[1], {"box/0": 3}),
    ]
    assert taken[0].events == change(2).events


async def test_a_follower_without_cursor_gets_what_comes_from_now_on(stream: Stream) -> None:
    feed = ChangeFeed(stream)
    await feed.publish(change(1))
    following = asyncio.create_task(take(feed.follow(await feed.last()), 1))

    await feed.publish(change(2))

    assert [one.at for one in await following] == [2]


async def test_following_from_the_beginning_of_an_empty_feed(stream: Stream) -> None:
    feed = ChangeFeed(stream)
    start = await feed.last()
    await feed.publish(change(1))

    assert [one.at for one in await take(feed.follow(start), 1)] == [1]


async def test_the_chain_goes_on_over_a_new_publisher(stream: Stream) -> None:
    cursor = await ChangeFeed(stream).publish(change(1))
    await ChangeFeed(stream).publish(change(2))
    third = ChangeFeed(stream)
    await third.publish(change(3))

    assert [one.at for one in await take(third.follow(cursor), 2)] == [2, 3]


async def test_a_cursor_that_is_no_longer_kept_is_a_gap(stream: Stream) -> None:
    feed = ChangeFeed(stream)
    old = await feed.publish(change(1))
    newest = await feed.publish(change(2))
    await stream.commands.xtrim("dieloom:{changes}:feed", minid=newest, approximate=False)

    with pytest.raises(FeedGap):
        await take(feed.follow(old), 1)
    with pytest.raises(FeedGap):
        await take(feed.follow("not a cursor"), 1)


async def test_changes_dropped_under_a_reading_follower_are_a_gap(stream: Stream) -> None:
    feed = ChangeFeed(stream)
    await feed.publish(change(1))
    following = feed.follow("0-0")
    assert [one.at for one in await take(following, 1)] == [1]

    slow = ChangeFeed(stream).follow("0-0")
    await feed.publish(change(2))
    newest = await feed.publish(change(3))
    await stream.commands.xtrim("dieloom:{changes}:feed", minid=newest, approximate=False)
    with pytest.raises(FeedGap):
        await take(slow, 1)


async def test_a_lost_feed_is_a_gap_for_whoever_followed_it(stream: Stream) -> None:
    feed = ChangeFeed(stream)
    cursor = await feed.publish(change(1))
    following = feed.follow(cursor)
    waiting = asyncio.create_task(take(following, 1))
    await stream.commands.flushdb()

    with pytest.raises(FeedGap):
        await waiting


async def test_the_feed_is_kept_to_its_bound(stream: Stream) -> None:
    feed = ChangeFeed(stream, kept=10)
    for number in range(500):
        await feed.publish(change(number))

    assert await stream.commands.xlen("dieloom:{changes}:feed") < 200


async def test_a_writer_that_takes_over_again_goes_on_after_what_another_told(stream: Stream) -> None:
    first, second = ChangeFeed(stream), ChangeFeed(stream)
    told = [await first.publish(Change(at=1)), await second.publish(Change(at=2))]
    first.taken_over()
    told.append(await first.publish(Change(at=3)))

    heard: list[str] = []
    async with asyncio.timeout(60):
        async for change in ChangeFeed(stream).follow("0-0"):
            heard.append(change.cursor)
            if len(heard) == len(told):
                break
    assert heard == told


async def test_followers_of_one_process_share_what_they_read(stream: Stream) -> None:
    feed = ChangeFeed(stream)
    start = await feed.last()
    following = [asyncio.create_task(take(feed.follow(start), 3)) for _ in range(3)]

    for number in (1, 2, 3):
        await feed.publish(change(number))

    taken = await asyncio.gather(*following)
    assert [[one.at for one in changes] for changes in taken] == [[1, 2, 3]] * 3
    assert all(one is other for one, other in zip(taken[0], taken[1], strict=True))


async def test_what_this_process_tells_is_what_another_one_reads(stream: Stream) -> None:
    feed, elsewhere = ChangeFeed(stream), ChangeFeed(stream)
    start = await feed.last()
    machine = Equipment("DB-01", state=EquipmentState.PRODUCTIVE, state_since=Instant(7), lot_id="LOT-1")
    here = asyncio.create_task(take(feed.follow(start), 2))
    there = asyncio.create_task(take(elsewhere.follow(start), 2))

    for number in (1, 2):
        await feed.publish(msgspec.structs.replace(change(number), machines=(machine,)))

    told, read = await here, await there
    assert told == read
    assert [type(one.machines[0].state) for one in told + read] == [EquipmentState] * 4


async def test_a_follower_hears_of_another_teller_after_its_own_process(stream: Stream) -> None:
    feed, elsewhere = ChangeFeed(stream), ChangeFeed(stream)
    following = asyncio.create_task(take(feed.follow(await feed.last()), 3))

    await feed.publish(change(1))
    await elsewhere.publish(change(2))
    feed.taken_over()
    await feed.publish(change(3))

    assert [one.at for one in await following] == [1, 2, 3]


async def test_a_feed_that_begins_anew_shows_nothing_of_the_one_before(stream: Stream) -> None:
    feed = ChangeFeed(stream)
    await feed.publish(change(1))
    await stream.commands.flushdb()

    following = asyncio.create_task(take(feed.follow("0-0"), 1))
    feed.taken_over()
    await feed.publish(change(2))

    assert [one.at for one in await following] == [2]


async def test_a_follower_that_ends_leaves_the_others_their_look(stream: Stream) -> None:
    feed = ChangeFeed(stream)
    start = await feed.last()
    staying, leaving = (asyncio.create_task(take(feed.follow(start), 1)) for _ in range(2))
    await waited(lambda: feed._looks)

    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    coming = asyncio.create_task(take(feed.follow(start), 1))
    await feed.publish(change(1))

    assert [one.at for one in await staying] == [1]
    assert [one.at for one in await coming] == [1]


async def test_the_last_follower_leaves_no_look_behind(stream: Stream) -> None:
    feed = ChangeFeed(stream)
    before = asyncio.all_tasks()
    alone = asyncio.create_task(take(feed.follow(await feed.last()), 1))
    await waited(lambda: feed._looks)

    alone.cancel()
    await asyncio.gather(alone, return_exceptions=True)

    assert asyncio.all_tasks() - before == set()
    assert feed._looks == {}


async def waited(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)
