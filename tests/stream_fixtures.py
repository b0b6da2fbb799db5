import asyncio
import os
from collections.abc import AsyncIterator

import pytest

from twin.graph import connecting
from twin.stream.client import Stream, open_stream
from twin.stream.embedded import EmbeddedStream

_GIVEN = "DIELOOM_TEST_STREAM_URL"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "stream_url" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.stream)


@pytest.fixture(scope="session")
async def stream_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    given = os.environ.get(_GIVEN)
    if given:
        yield given
        return
    embedded = EmbeddedStream(tmp_path_factory.mktemp("stream"))
    try:
        yield await embedded.start()
    finally:
        await embedded.stop()


@pytest.fixture
async def stream(stream_url: str) -> AsyncIterator[Stream]:
    before = _tasks()
    opened = open_stream(stream_url)
    await opened.commands.flushdb()
    yield opened
    left = _tasks() - before
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    await opened.close()
    # A task that lives on connects again after the close, and nobody ever ends that connection.
    assert not left, f"the test left tasks running: {left}"


def _tasks() -> set[asyncio.Task[object]]:
    """All but this one, and but those that connect to the graph for nobody any more and then end."""
    return {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} - connecting._left
