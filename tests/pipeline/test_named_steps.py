from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos.verdict import _out_of_order, all_changes, kept_entries
from tests.pipeline.life import PATIENCE_S, Life, Stores
from tests.pipeline.plant import Story, added_up, differences, held_by
from tests.pipeline.steps import Step
from twin.graph.session import Graph
from twin.stream.change_feed import ChangeFeed
from twin.stream.client import Stream

BATCH = [("scrap", 0, 5), ("move", 0, 3), ("consume", 1, 4), ("state", 1, 2), ("move", 0, 1), ("void", 0, 9)]


@pytest.fixture
async def life(empty_graph: Graph, stream: Stream, tmp_path: Path) -> AsyncIterator[Life]:
    folder = tmp_path / "0"
    folder.mkdir()
    life = await Life(Stores(empty_graph, stream), folder).start()
    yield life
    await life.kill()
    await life.outbox.close()


async def everything_is_there_once_and_told(stores: Stores, story: Story) -> None:
    ids, found = await held_by(stores.graph)
    assert ids == {event.event_id: 1 for event in story.told}
    assert differences(added_up(story.told), found) == []
    feed = ChangeFeed(stores.stream)
    newest, told = await feed.last(), set()
    async with asyncio.timeout(PATIENCE_S):
        async for change in feed.follow("0-0"):
            told |= {event.event_id for event in change.events}
            if change.cursor == newest:
                break
    assert told == ids.keys()


async def taken_in(life: Life) -> Story:
    story = Story("s")
    await life.outbox.accept(story.begins())
    await life.drain()
    await life.outbox.accept([story.goes_on(*one) for one in BATCH])
    return story


@pytest.mark.parametrize("step", Step)
async def test_a_process_that_ends_at_a_step_is_followed_by_one_that_finishes(
    life: Life, step: Step, tmp_path: Path
) -> None:
    story = await taken_in(life)
    life.gate.arm("die", step)
    await life.drain()
    assert life.gate.dead
    await life.kill()

    later = await Life(life.stores, life.disk(tmp_path / "1")).start()
    await later.drain()
    await everything_is_there_once_and_told(life.stores, story)
    await later.stop()
    await later.outbox.close()


@pytest.mark.parametrize("step", [Step.RELAYED, Step.COMMITTED, Step.ACKNOWLEDGED])
async def test_an_answer_not_heard_at_a_step_is_asked_for_again_and_nothing_stays_untold(
    life: Life, step: Step
) -> None:
    story = await taken_in(life)
    life.gate.arm("miss", step)
    await life.drain()
    assert not life.gate.armed
    await everything_is_there_once_and_told(life.stores, story)


async def test_what_a_piece_of_a_batch_had_done_unheard_is_told_before_the_pieces_after_it(
    life: Life,
) -> None:
    story = await taken_in(life)
    life.gate.arm("miss", Step.WRITING, then=("miss", Step.COMMITTED))
    await life.drain()
    assert not life.gate.armed
    entries = kept_entries(life.folder / "outbox.sqlite")
    assert list(_out_of_order(entries, await all_changes(life.stores.stream))) == []
    await everything_is_there_once_and_told(life.stores, story)


async def test_the_next_batch_does_not_wait_until_the_one_before_is_acknowledged(life: Life) -> None:
    story = Story("s")
    await life.outbox.accept(story.begins())
    await life.relay()
    async with asyncio.timeout(60):
        await life.gate.delivered.wait()
    await life.outbox.accept([story.goes_on(*one) for one in BATCH])
    await life.relay()
    life.gate.arm("stop", Step.ACKNOWLEDGED)

    life.gate.projecting.set()
    await life.until_shown()

    async with asyncio.timeout(60):
        await life.gate.stopped.wait()
    assert not life.gate.resumed.is_set()
    life.gate.resumed.set()
    await life.drain()
    await everything_is_there_once_and_told(life.stores, story)
