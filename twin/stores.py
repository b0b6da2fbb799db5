"""The two stores of a deployment: embedded children of this process, or servers at given addresses."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from graph_migrations.runner import migrate
from twin.graph.beside import FOLDER, swap
from twin.graph.embedded import EmbeddedGraph, GraphAddress
from twin.graph.session import Graph
from twin.settings import Settings
from twin.stream.client import Stream, open_stream
from twin.stream.embedded import EmbeddedStream

LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stores:
    """The graph, migrated, and the stream; ``embedded_stream`` when this process started it."""

    graph: Graph
    stream: Stream
    embedded_stream: bool


@asynccontextmanager
async def open_stores(settings: Settings, given_up: asyncio.Event) -> AsyncIterator[Stores]:
    """Start or reach both stores and bring the graph's schema up to date; they end with this context.

    ``given_up`` is set when an embedded store ended too often and stays down.
    """
    async with AsyncExitStack() as stack:
        graph_address, stream_url = await asyncio.gather(
            _graph_address(settings, stack, given_up), _stream_url(settings, stack, given_up)
        )
        graph = await graph_address.open()
        stack.push_async_callback(graph.close)
        stream = open_stream(stream_url)
        stack.push_async_callback(stream.close)
        await migrate(graph)
        yield Stores(graph, stream, embedded_stream=settings.stream_url is None)


async def _graph_address(settings: Settings, stack: AsyncExitStack, given_up: asyncio.Event) -> GraphAddress:
    if settings.graph_url is not None:
        return GraphAddress(
            url=settings.graph_url,
            user=settings.graph_user,
            password=settings.graph_password,
            database=settings.graph_database,
        )
    await swap(settings.data_dir)
    embedded = EmbeddedGraph(settings.data_dir / FOLDER, settings.graph_java_options)
    stack.push_async_callback(embedded.stop)
    address = await embedded.start()
    _watch(stack, embedded.given_up(), given_up)
    return address


async def _stream_url(settings: Settings, stack: AsyncExitStack, given_up: asyncio.Event) -> str:
    if settings.stream_url is not None:
        return settings.stream_url
    embedded = EmbeddedStream(settings.data_dir / "stream")
    stack.push_async_callback(embedded.stop)
    url = await embedded.start()
    _watch(stack, embedded.given_up(), given_up)
    return url


def _watch(stack: AsyncExitStack, ending: Coroutine[Any, Any, None], given_up: asyncio.Event) -> None:
    async def watch() -> None:
        await ending
        LOG.error("a store stays down; the service ends")
        given_up.set()

    stack.callback(asyncio.create_task(watch(), name="store watch").cancel)
