from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import cast

import pytest

from twin.stream.change_feed import Change, ChangedEvent, ChangeFeed, FeedGap
from twin.stream.client import Stream

BOUND = 200_000


def change(number: int) -> Change:
    events = tuple(
        ChangedEvent(event_id=f"e-{number}-{part}", type="LotCreated", occurred_at=1, things=(("Lot", "L"),))
        for part in range(100)
    )
    return Change(at=number, events=events)


async def test_large_changes_are_kept_to_the_bound_of_bytes_and_the_newest_can_be_followed(
    stream: Stream,
) -> None:
    feed = ChangeFeed(stream, kept_bytes=BOUND)
    first = await feed.publish(change(0))
    most = 0
    cursors = []
    for number in range(1, 200):
        cursors.append(await feed.publish(change(number)))
        most = max(most, int(await stream.commands.memory_usage("dieloom:{changes}:feed") or 0))
    assert BOUND // 4 < most < BOUND * 2

    told = [one.at async for one in _some(feed, cursors[-4], 3)]
    assert told == [197, 198, 199]
    with pytest.raises(FeedGap):
        await anext(feed.follow(first))


async def test_a_feed_left_too_large_by_an_earlier_run_is_made_small_at_once(stream: Stream) -> None:
    wide = ChangeFeed(stream)
    for number in range(100):
        await wide.publish(change(number))
    assert await stream.commands.xlen("dieloom:{changes}:feed") == 100
    await ChangeFeed(stream, kept_bytes=BOUND).publish(change(100))
    assert await stream.commands.xlen("dieloom:{changes}:feed") < 50


async def _some(feed: ChangeFeed, cursor: str, count: int) -> AsyncIterator[Change]:
    following = cast("AsyncGenerator[Change]", feed.follow(cursor))
    for _ in range(count):
        yield await anext(following)
    await following.aclose()
