from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest

from twin.errors import Behind, Refused
from twin.intake.progress import Progress
from twin.intake.watermark import Watermark
from twin.stream.change_feed import Change, ChangeFeed
from twin.stream.client import Stream

TOKEN = Watermark({"box/0": 5}).encode()


@pytest.fixture
async def graph() -> dict[str, int]:
    return {"box/0": 3}


@pytest.fixture
async def heard() -> list[Mapping[str, int]]:
    return []


async def told(heard: list[Mapping[str, int]], last: Mapping[str, int]) -> None:
    async with asyncio.timeout(60):
        while not heard or heard[-1] != last:
            await asyncio.sleep(0.01)


@pytest.fixture
async def progress(
    stream: Stream, graph: dict[str, int], heard: list[Mapping[str, int]]
) -> AsyncIterator[Progress]:
    async def positions() -> Mapping[str, int]:
        return dict(graph)

    async def listen(moved: Mapping[str, int]) -> None:
        heard.append(moved)

    following = Progress(ChangeFeed(stream), positions, listen)
    running = asyncio.create_task(following.run())
    await following.reached(Watermark({"box/0": 3}).encode(), 60)
    yield following
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_watermark_is_reached_when_its_change_is_told(progress: Progress, stream: Stream) -> None:
    waiting = asyncio.create_task(progress.reached(TOKEN, 60))
    await ChangeFeed(stream).publish(Change(at=1, positions={"box/0": 4}))
    await ChangeFeed(stream).publish(Change(at=2, positions={"box/0": 5, "box/1": 9}))

    await waiting
    assert progress.positions == {"box/0": 5, "box/1": 9}


async def test_a_batch_told_again_takes_nothing_back(
    progress: Progress, stream: Stream, heard: list[Mapping[str, int]]
) -> None:
    for seq in (5, 4, 6):
        await ChangeFeed(stream).publish(Change(at=seq, positions={"box/0": seq}))
    await progress.reached(Watermark({"box/0": 6}).encode(), 60)
    await told(heard, {"box/0": 6})
    seqs = [positions["box/0"] for positions in heard]
    assert seqs[0] == 3
    assert seqs == sorted(seqs)


@pytest.mark.usefixtures("progress")
async def test_the_listener_hears_of_the_last_of_many_moves_without_another(
    stream: Stream, heard: list[Mapping[str, int]]
) -> None:
    feed = ChangeFeed(stream)
    for seq in range(4, 60):
        await feed.publish(Change(at=seq, positions={"box/0": seq}))
    await told(heard, {"box/0": 59})


async def test_a_watermark_that_is_not_reached_in_time_is_behind(progress: Progress) -> None:
    with pytest.raises(Behind):
        await progress.reached(TOKEN, 0.05)
    with pytest.raises(Refused):
        await progress.reached("nonsense", 0.05)


async def test_after_a_gap_the_graph_is_asked(
    progress: Progress, stream: Stream, graph: dict[str, int], heard: list[Mapping[str, int]]
) -> None:
    await ChangeFeed(stream).publish(Change(at=1, positions={"box/0": 4}))
    await progress.reached(Watermark({"box/0": 4}).encode(), 60)
    graph["box/0"] = 8
    await stream.commands.flushdb()

    await progress.reached(Watermark({"box/0": 8}).encode(), 60)
    await told(heard, {"box/0": 8})
