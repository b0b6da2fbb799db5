from __future__ import annotations

import asyncio
import gc
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import pytest
from redis.asyncio.connection import Connection

from twin.errors import StreamUnavailable
from twin.stream.client import Stream, answering, open_stream


class Interrupted:
    """Awaits something and does something else at its n-th wait, if it waits that often."""

    def __init__(self, work: Awaitable[None], at: int, act: Callable[[], object]) -> None:
        self._work, self._at, self._act = work, at, act
        self.reached = False

    def __await__(self) -> Generator[Any, Any, None]:
        steps: Any = self._work.__await__()
        go_on: Callable[[], Any] = partial(steps.send, None)
        for wait in itertools.count(1):
            try:
                awaited = go_on()
            except StopIteration:
                return
            if wait == self._at:
                self.reached = True
                self._act()
            try:
                yield awaited
                go_on = partial(steps.send, None)
            except BaseException as thrown:  # noqa: BLE001 - handed on to the work
                go_on = partial(steps.throw, thrown)


def still_open(url: str) -> list[Connection]:
    # What nobody holds any more warns by itself, and a warning fails the test.
    port = int(url.rpartition(":")[2].partition("/")[0])
    # By its type, not isinstance: that asks a dead weak proxy of another library, which raises.
    held = (one for one in gc.get_objects() if issubclass(type(one), Connection))
    return [one for one in held if one.port == port and one.is_connected]


async def use(stream: Stream) -> None:
    async with answering():
        pipeline = stream.commands.pipeline(transaction=False)
        pipeline.get("a")
        await pipeline.execute()
        await stream.commands.get("a")
        await stream.waits.xread({"nothing": "$"}, count=1, block=1)


async def use_and_close(stream: Stream) -> None:
    try:
        await use(stream)
    finally:
        await stream.close()


def close_beside(closing: list[asyncio.Task[None]], stream: Stream) -> None:
    closing.append(asyncio.create_task(stream.close()))


@asynccontextmanager
async def listener(*, answer: bytes | None) -> AsyncIterator[tuple[str, asyncio.Event]]:
    callers: list[asyncio.StreamWriter] = []
    came = asyncio.Event()

    async def accept(_: asyncio.StreamReader, caller: asyncio.StreamWriter) -> None:
        callers.append(caller)
        came.set()
        if answer is not None:
            caller.write(answer)
            caller.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"redis://:secret@127.0.0.1:{server.sockets[0].getsockname()[1]}/0", came
    finally:
        server.close()
        for caller in callers:
            caller.close()
            with suppress(OSError):
                await caller.wait_closed()
        await server.wait_closed()


async def test_a_use_that_is_cancelled_at_any_of_its_waits_leaves_no_connection_open(
    stream: Stream, stream_url: str
) -> None:
    await stream.close()
    used = []
    for at in itertools.count(1):
        used.append(open_stream(stream_url))

        async def cut(at: int = at, one: Stream = used[-1]) -> bool:
            task = asyncio.current_task()
            assert task is not None
            work = Interrupted(use_and_close(one), at, task.cancel)
            with suppress(asyncio.CancelledError):
                await work
            return work.reached

        if not await asyncio.create_task(cut()):
            break

    assert len(used) > 10
    assert still_open(stream_url) == []


async def test_a_stream_that_is_closed_at_any_wait_of_its_user_leaves_no_connection_open(
    stream: Stream, stream_url: str
) -> None:
    await stream.close()
    used = []
    for at in itertools.count(1):
        used.append(open_stream(stream_url))
        closing: list[asyncio.Task[None]] = []
        work = Interrupted(use(used[-1]), at, partial(close_beside, closing, used[-1]))
        with suppress(StreamUnavailable):
            await work
        await asyncio.gather(*closing)
        if not work.reached:
            await used[-1].close()
            break

    assert len(used) > 10
    assert still_open(stream_url) == []


async def test_a_closed_stream_opens_no_connection_again(stream: Stream, stream_url: str) -> None:
    assert await stream.ready()
    await stream.close()

    assert not await stream.ready()
    with pytest.raises(StreamUnavailable):
        async with answering():
            await stream.waits.ping()
    assert still_open(stream_url) == []


async def test_a_server_that_accepts_and_never_answers_keeps_no_connection_of_a_cancelled_user() -> None:
    async with listener(answer=None) as (url, came):
        stream = open_stream(url)
        asking = asyncio.create_task(use(stream))
        await came.wait()
        asking.cancel()
        await asyncio.wait([asking])

        assert asking.cancelled()
        assert still_open(url) == []
        await stream.close()


@pytest.mark.parametrize("answer", [b"", b"+OK\r\n", b"-LOADING not yet\r\n", b"nonsense\r\n"])
async def test_a_server_that_ends_while_it_greets_keeps_no_connection(answer: bytes) -> None:
    async with listener(answer=answer) as (url, _):
        stream = open_stream(url)
        with pytest.raises(StreamUnavailable):
            await use(stream)

        assert still_open(url) == []
        await stream.close()
