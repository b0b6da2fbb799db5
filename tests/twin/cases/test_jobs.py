from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.graph_fixtures import wipe
from tests.resolvers.small_plant import LEARNED, small_plant
from tests.twin.projection.arrivals import project
from twin.cases.job_store import LEASE_MS, MOST_RUNNING, JobStore
from twin.cases.jobs import Budget, Jobs
from twin.errors import NotFound, Refused
from twin.graph.embedded import GraphAddress
from twin.graph.session import Graph
from twin.queries import recall_walk
from twin.queries.clocks import Clocks
from twin.queries.recall_impact import recall_impact
from twin.records.recall import EquipmentScope, LotScope, MaterialLotScope, RecallScope, WaferScope, Window
from twin.vocabulary.cases import JobState

ROOT = Path(__file__).parents[3]
PASTE = MaterialLotScope("PASTE-1")


class Clock:
    def __init__(self) -> None:
        self.now = LEARNED + 1_000_000

    def __call__(self) -> int:
        self.now += 1
        return self.now


@pytest.fixture(scope="module")
async def plant(graph: Graph) -> Graph:
    await wipe(graph)
    await project(graph, *small_plant())
    return graph


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[JobStore]:
    made = JobStore(tmp_path / "jobs.sqlite", clock)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall_walk, "AT_ONCE", 3)


def jobs_on(store: JobStore, graph: Graph) -> Jobs:
    return Jobs(store, graph, asyncio.Semaphore(1))


@pytest.mark.parametrize(
    "scope", [PASTE, LotScope("LOT-1"), EquipmentScope("DB-01", Window()), WaferScope("WAFER-1")]
)
async def test_a_job_in_small_steps_finds_what_the_question_finds(
    plant: Graph, store: JobStore, scope: RecallScope
) -> None:
    jobs = jobs_on(store, plant)
    begun = await store.begin(scope, None, "li.na")
    claimed = await store.claim(jobs.owner)
    assert claimed is not None
    assert claimed.job_id == begun.job_id
    await jobs.work(claimed)
    job = await store.job(begun.job_id)
    assert (job.state, job.waiting, job.steps > 2) == (JobState.DONE, 0, True)
    asked = await recall_impact(plant, scope, Clocks(known_at=begun.known_at))
    assert await jobs.exposure(job) == asked
    assert job.sums is not None
    assert (job.sums.low, job.sums.high, job.sums.lots) == (
        asked.totals.low,
        asked.totals.high,
        asked.totals.lots,
    )


async def test_a_job_whose_process_was_killed_goes_on_and_finds_the_same(
    plant: Graph, graph_address: GraphAddress, tmp_path: Path, clock: Clock
) -> None:
    file = tmp_path / "killed.sqlite"
    store = JobStore(file, clock)
    begun = await store.begin(PASTE, None, "li.na")
    at = graph_address
    given = [at.url, at.user or "", at.password or "", at.database or "", str(file), "3"]
    walker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.twin.cases.dying_walker", *given, cwd=ROOT
    )
    async with asyncio.timeout(60):
        assert await walker.wait() == -9
    half = await store.job(begun.job_id)
    assert (half.state, half.steps, half.waiting > 0) == (JobState.RUNNING, 3, True)

    jobs = jobs_on(store, plant)
    clock.now = half.updated_at
    assert await store.claim(jobs.owner) is None
    clock.now = half.updated_at + LEASE_MS + 1
    taken = await store.claim(jobs.owner)
    assert taken is not None
    await jobs.work(taken)
    job = await store.job(begun.job_id)
    assert (job.state, job.restarts) == (JobState.DONE, 1)
    assert await jobs.exposure(job) == await recall_impact(plant, PASTE, Clocks(known_at=begun.known_at))
    store.close()


@pytest.mark.parametrize(
    ("budget", "limit"),
    [
        (Budget(nodes=1), "budget.nodes"),
        (Budget(seconds=0.0), "budget.seconds"),
        (Budget(megabytes=0), "budget.megabytes"),
    ],
)
async def test_a_budget_stops_the_walk_and_the_rest_goes_on_as_a_job(
    plant: Graph, store: JobStore, budget: Budget, limit: str
) -> None:
    jobs = jobs_on(store, plant)
    begun = await store.begin(PASTE, None, "li.na", jobs.owner)
    part = await jobs.within(begun, budget)
    assert part.limit_hit == limit
    another = jobs_on(store, plant)
    job = await store.claim(another.owner)
    assert job is not None
    await another.work(job)
    whole = await recall_impact(plant, PASTE, Clocks(known_at=begun.known_at))
    assert await another.exposure(job) == whole
    enough = await store.begin(PASTE, None, "li.na", jobs.owner)
    assert (await jobs.within(enough, Budget())).limit_hit is None
    assert (await store.job(enough.job_id)).state is JobState.DONE


async def test_a_cancelled_job_is_not_gone_on_with(plant: Graph, store: JobStore) -> None:
    jobs = jobs_on(store, plant)
    begun = await store.begin(PASTE, None, "li.na")
    claimed = await store.claim(jobs.owner)
    assert claimed is not None
    await store.end(begun.job_id, JobState.CANCELLED, None, None)
    await jobs.work(claimed)
    assert (await store.job(begun.job_id)).state is JobState.CANCELLED
    assert await store.claim(jobs.owner) is None


async def test_a_job_about_nothing_fails_with_its_reason(plant: Graph, store: JobStore) -> None:
    jobs = jobs_on(store, plant)
    begun = await store.begin(LotScope("NOBODY"), None, "li.na")
    claimed = await store.claim(jobs.owner)
    assert claimed is not None
    await jobs.work(claimed)
    job = await store.job(begun.job_id)
    assert job.state is JobState.FAILED
    assert (job.problem or "").startswith("thing.not_found")


async def test_so_many_jobs_run_and_no_more(store: JobStore) -> None:
    for _ in range(MOST_RUNNING):
        await store.begin(PASTE, None, "li.na")
    with pytest.raises(Refused) as refused:
        await store.begin(PASTE, None, "li.na")
    assert refused.value.code == "job.too_many"
    with pytest.raises(NotFound):
        await store.job("RJ-999999")
