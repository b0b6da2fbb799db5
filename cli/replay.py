"""``dieloom replay``: the proof that the graph is what the accepted events say, and nothing else."""

from __future__ import annotations

import asyncio
import shutil
import signal
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

from cli.migrate import graph_address
from cli.outboxes import outboxes
from cli.output import AsJson, note, say
from cli.service import settings_of
from graph_migrations.runner import migrate
from twin.errors import TwinError
from twin.graph.driver import open_graph
from twin.graph.embedded import EmbeddedGraph, GraphAddress
from twin.graph.session import Graph
from twin.intake.ledger import now
from twin.projection.comparison import Comparison, compare, digest
from twin.projection.replay import Replay, refuse_unless_empty
from twin.projection.version import stamp
from twin.settings import Settings
from twin.vocabulary.instants import Instant

_DUMP_SECONDS: Final = 29.0
_FOLLOW_SECONDS: Final = 60.0
_MOST_SHOWN: Final = 20
_NOT_RUNNING: Final = "not running"


@dataclass(frozen=True, slots=True)
class _Done:
    """A finished replay, how long it took, and what the comparison said."""

    replay: Replay
    seconds: float
    comparison: Comparison


def replay(
    data: Annotated[Path | None, typer.Option(help="The deployment's data directory.")] = None,
    into: Annotated[str | None, typer.Option(help="bolt:// or neo4j:// address of an empty graph.")] = None,
    into_database: Annotated[str | None, typer.Option(help="The database of that graph.")] = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Replay every accepted event into an empty graph and compare it with the live one, if that runs.

    Exit code 1: they differ, could not be compared, or an event is damaged. The service may run meanwhile.
    Without --into a graph of its own is started and removed afterwards.
    """
    settings = settings_of(data)
    done = asyncio.run(_until_stopped(_replayed(settings, _given(settings, into, into_database))))
    facts = _facts(done)
    say(_words(facts), facts, as_json=as_json)
    if facts["damaged_total"] or facts["live"] not in ("same", "not running"):
        raise typer.Exit(1)


def _given(settings: Settings, url: str | None, database: str | None) -> GraphAddress | None:
    if url is None:
        return None
    user, password = settings.graph_user, settings.graph_password
    return GraphAddress(url=url, user=user, password=password, database=database)


async def _until_stopped(work: Coroutine[Any, Any, _Done]) -> _Done:
    """Do the work; SIGTERM ends it as Ctrl-C does, with nothing left behind."""
    task = asyncio.create_task(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


async def _replayed(settings: Settings, into: GraphAddress | None) -> _Done:
    async with AsyncExitStack() as stack:
        kept = outboxes(settings.data_dir, stack)
        live = await _live(settings, stack)
        address = await stack.enter_async_context(_scratch(settings)) if into is None else into
        graph = await _opened(address, stack)
        await refuse_unless_empty(graph)
        await migrate(graph)
        bar = stack.enter_context(_bar())
        task = bar.add_task("replay", total=sum(outbox.last() for outbox in kept))
        replay = Replay(kept, graph, lambda: Instant(now()), lambda rows: bar.advance(task, rows))
        started = time.monotonic()
        await replay.all()
        await stamp(graph)
        seconds = time.monotonic() - started
        if live is None:
            return _Done(replay, seconds, Comparison(await digest(graph), why_not=_NOT_RUNNING))
        return _Done(replay, seconds, await compare(live, replay, _FOLLOW_SECONDS))


def _bar() -> Progress:
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


async def _live(settings: Settings, stack: AsyncExitStack) -> Graph | None:
    try:
        return await _opened(graph_address(settings), stack)
    except TwinError as absent:
        note(f"the live graph is left out: {absent.message}")
        return None


async def _opened(address: GraphAddress, stack: AsyncExitStack) -> Graph:
    graph = await open_graph(address.url, address.user, address.password, address.database, _DUMP_SECONDS)
    stack.push_async_callback(graph.close)
    return graph


@asynccontextmanager
async def _scratch(settings: Settings) -> AsyncIterator[GraphAddress]:
    """An empty graph on a folder of its own, gone with this context."""
    folder = settings.data_dir / time.strftime("replay-%Y%m%dT%H%M%SZ", time.gmtime())
    folder.mkdir(mode=0o700)
    embedded = EmbeddedGraph(folder, settings.graph_java_options)
    try:
        yield await embedded.start()
    finally:
        await embedded.stop()
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _facts(done: _Done) -> dict[str, Any]:
    replay, comparison = done.replay, done.comparison
    live = {True: "same", False: "differs", None: "not compared"}[comparison.same]
    return {
        "events": replay.events,
        "seconds": round(done.seconds, 3),
        "events_per_second": round(replay.events / max(done.seconds, 0.001)),
        "replayed_hash": comparison.replayed,
        "live_hash": comparison.live,
        "live": _NOT_RUNNING if comparison.why_not == _NOT_RUNNING else live,
        "why_not": None if comparison.why_not == _NOT_RUNNING else comparison.why_not,
        "only_live": comparison.only_live,
        "only_replayed": comparison.only_replayed,
        "damaged_total": replay.damages,
        "damaged": [row._asdict() for row in replay.damaged],
        "set_aside": [
            {"event_id": row.arrival.event.event_id, "error": row.error, "message": row.message}
            for row in replay.set_aside
        ],
    }


def _words(facts: dict[str, Any]) -> str:
    lines = [
        "replayed {events} events in {seconds} s ({events_per_second} a second)".format(**facts),
        f"replayed graph  sha256 {facts['replayed_hash']}",
        "live graph      " + ", ".join(filter(None, (facts["live"], facts["why_not"], _of_live(facts)))),
    ]
    lines += [f"only live:      {line}" for line in facts["only_live"]]
    lines += [f"only replayed:  {line}" for line in facts["only_replayed"]]
    lines += [
        "damaged row {seq}, {event_id}: {reason}".format(**row) for row in facts["damaged"][:_MOST_SHOWN]
    ]
    for row in facts["set_aside"][:_MOST_SHOWN]:
        lines.append("set aside {event_id}: {error}: {message}".format(**row))
    return "\n".join(lines)


def _of_live(facts: dict[str, Any]) -> str | None:
    return f"sha256 {facts['live_hash']}" if facts["live_hash"] else None
