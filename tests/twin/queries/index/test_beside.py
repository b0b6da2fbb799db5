from __future__ import annotations

import asyncio
from threading import Event

import pytest

from twin.queries.index.beside import to_its_end


async def test_who_gives_up_waits_until_the_work_ended() -> None:
    began, may_end, ended = Event(), Event(), Event()

    def work() -> None:
        began.set()
        may_end.wait(60)
        ended.set()

    waiting = asyncio.create_task(to_its_end(work))
    assert await asyncio.to_thread(began.wait, 60)
    for _ in range(3):
        waiting.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
    assert not waiting.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended.is_set()


async def test_work_tells_what_it_found_or_why_it_failed() -> None:
    assert await to_its_end(int, "7") == 7
    with pytest.raises(ValueError, match="seven"):
        await to_its_end(int, "seven")
