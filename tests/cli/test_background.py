from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from cli.background import next_pause, run_in_background


async def test_work_that_fails_is_begun_again() -> None:
    begun, well = 0, asyncio.Event()

    async def work() -> None:
        nonlocal begun
        begun += 1
        if begun < 3:
            raise ZeroDivisionError
        well.set()
        await asyncio.Event().wait()

    async with AsyncExitStack() as stack:
        run_in_background(stack, work, "work", first_pause_s=0)
        async with asyncio.timeout(60):
            await well.wait()
    assert begun == 3


async def test_work_that_ends_by_itself_is_not_begun_again() -> None:
    begun, ended = 0, asyncio.Event()

    async def work() -> None:
        nonlocal begun
        begun += 1
        ended.set()

    async with AsyncExitStack() as stack:
        run_in_background(stack, work, "work", first_pause_s=0)
        await ended.wait()
        for _ in range(10):
            await asyncio.sleep(0)
    assert begun == 1


async def test_the_end_of_the_service_ends_the_work_and_waits_for_its_goodbye() -> None:
    begun, said = asyncio.Event(), list[str]()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            said.append("goodbye")

    async with AsyncExitStack() as stack:
        run_in_background(stack, work, "work")
        await begun.wait()
    assert said == ["goodbye"]


@pytest.mark.parametrize(
    ("before", "ran", "then"), [(0.0, 0.1, 1.0), (1.0, 0.1, 2.0), (40.0, 59.0, 60.0), (60.0, 61.0, 1.0)]
)
def test_the_pause_grows_with_each_failure_and_begins_anew_after_a_long_run(
    before: float, ran: float, then: float
) -> None:
    assert next_pause(before, ran, first=1.0) == then
