"""A process that begins a recall job and is killed after some steps: run by test_jobs.py."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from itertools import count
from pathlib import Path

from twin.cases import jobs as walking
from twin.cases.job_store import JobStore
from twin.graph.driver import open_graph
from twin.queries import recall_walk


async def main(url: str, user: str, password: str, database: str, file: str, steps: int) -> None:
    recall_walk.AT_ONCE = 3
    graph = await open_graph(url, user or None, password or None, database or None)
    ticks = count(1_800_000_200_000)
    store = JobStore(Path(file), lambda: next(ticks))
    made = walking.Jobs(store, graph, asyncio.Semaphore(1))
    kept = store.checkpoint
    left = steps

    async def dying(*given: object) -> bool:
        nonlocal left
        done = await kept(*given)  # type: ignore[arg-type]
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    store.checkpoint = dying  # type: ignore[method-assign]
    job = await store.claim(made.owner)
    assert job is not None
    await made.work(job)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:6], int(sys.argv[6])))  # type: ignore[call-arg]
