from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.chaos.history import Outcome
from tests.chaos.verdict import Verdict, all_changes, judged, kept_entries
from tests.graph_fixtures import wipe
from tests.pipeline.broken import AutoCommitGraph, ForgetfulLog, HastyWorker
from tests.pipeline.life import SHARDS, Life, Stores
from tests.pipeline.plant import Story
from tests.pipeline.steps import Step
from twin.graph.session import Graph
from twin.projection.supply import AHEAD_FROM
from twin.projection.worker import Worker
from twin.stream.client import Stream

FIRST = [("scrap", 0, 5), ("move", 4, 3), ("consume", 1, 4), ("state", 5, 2), ("move", 0, 1), ("void", 0, 9)]
LATER = [(kind, place, 15) for kind in ("scrap", "state") for place in range(6)]
WRITES = (2, 4, 6)


@pytest.fixture
async def stores(empty_graph: Graph, stream: Stream) -> Stores:
    return Stores(empty_graph, stream)


class Broken(Life):
    """A process with one part replaced by a broken one; ``part`` None is the sound process."""

    ahead_from = AHEAD_FROM

    def __init__(self, stores: Stores, folder: Path, part: type | None) -> None:
        folder.mkdir(exist_ok=True)
        super().__init__(stores, folder)
        if part is ForgetfulLog:
            self.log = ForgetfulLog(stores.stream, SHARDS, self.gate)
        if part is AutoCommitGraph:
            self.graph = AutoCommitGraph(stores.graph, self.gate)
        self.worker = self.new_worker(HastyWorker if part is HastyWorker else Worker)


@asynccontextmanager
async def living(life: Life, *, projecting: bool = True) -> AsyncIterator[Life]:
    try:
        yield await (life.start() if projecting else life.start_relay())
    finally:
        await life.kill()
        await life.outbox.close()


async def verdict_on(life: Life, story: Story) -> Verdict:
    outcomes = dict.fromkeys((event.event_id for event in story.told), Outcome.OK)
    stores = life.stores
    entries = kept_entries(life.folder / "outbox.sqlite")
    return await judged(stores.graph, entries, outcomes, await all_changes(stores.stream))


async def a_projector_dies_beside_a_living_relay(stores: Stores, folder: Path, part: type | None) -> Verdict:
    """Relay and projector are two processes; the projector ends in a batch, and another goes on."""
    story = Story("s")
    async with living(Life(stores, folder), projecting=False) as first:
        await first.outbox.accept(story.begins() + [story.goes_on(*one) for one in FIRST])
        second = await Broken(stores, folder / "second", part).take_over()
        second.gate.arm("die", Step.WRITING, 2)
        await first.relay()
        await second.project()
        assert second.gate.dead
        await second.kill()
        await first.outbox.accept([story.goes_on(*one) for one in LATER])
        await first.take_over()
        await first.drain()
        return await verdict_on(first, story)


async def a_process_dies(
    stores: Stores, folder: Path, part: type | None, step: Step, after: int = 0
) -> Verdict | None:
    """It ends at a step and is started again on what it left; None when it never got there."""
    story = Story("s")
    async with living(Broken(stores, folder / "first", part)) as first:
        await first.outbox.accept(story.begins())
        await first.drain()
        await first.outbox.accept([story.goes_on(*one) for one in FIRST])
        first.gate.arm("die", step, after)
        await first.drain()
        if not first.gate.dead:
            return None
        await first.kill()
    async with living(Broken(stores, folder / "first", part)) as later:
        await later.drain()
        return await verdict_on(later, story)


async def test_acknowledging_before_applying_is_caught_as_a_loss(stores: Stores, tmp_path: Path) -> None:
    verdict = await a_projector_dies_beside_a_living_relay(stores, tmp_path, HastyWorker)
    assert verdict.lost
    assert not verdict.good


async def test_the_sound_projector_loses_nothing_in_the_same_accident(stores: Stores, tmp_path: Path) -> None:
    verdict = await a_projector_dies_beside_a_living_relay(stores, tmp_path, None)
    assert (verdict.counts(), verdict.good) == (Verdict().counts(), True)


async def test_handing_over_without_a_lasting_name_is_caught_as_a_double(
    stores: Stores, tmp_path: Path
) -> None:
    verdict = await a_process_dies(stores, tmp_path, ForgetfulLog, Step.COMMITTED)
    assert verdict is not None
    assert len(verdict.doubled) > 0
    assert not verdict.good


@pytest.mark.parametrize("part", [AutoCommitGraph, None])
async def test_committing_each_statement_is_caught_as_torn_or_doubled_and_one_transaction_is_not(
    stores: Stores, tmp_path: Path, part: type | None
) -> None:
    caught = []
    for after in WRITES:
        await wipe(stores.graph)
        await stores.stream.commands.flushdb()
        folder = tmp_path / str(after)
        folder.mkdir()
        verdict = await a_process_dies(stores, folder, part, Step.WRITING, after)
        if verdict is not None and (verdict.torn or verdict.doubled):
            caught.append(after)
    assert bool(caught) is (part is AutoCommitGraph)
