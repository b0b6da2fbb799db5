"""The only wiring: settings become stores, intake, projector, API and connectors of one process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import orjson
import structlog
import uvicorn

from cli.announce import announce
from cli.background import run_in_background
from cli.checks import Checks
from cli.demo import Demo
from cli.indexing import lineage_index
from cli.outside import sink_of, verifier_of
from cli.rebuilding import Ending, fits, rebuild
from cli.watching import watch_intake
from connectors.import_file import IMPORT_SOURCE, facts_of
from connectors.instances import Instance, instances
from connectors.supervisor import Supervisor
from resolvers.case_keeper import CaseKeeper
from resolvers.context import Context
from resolvers.live import LiveHub
from resolvers.loaders import Loaders
from resolvers.viewer import Viewer
from schema.build import build_schema
from schema.http.application import SERVER_OPTIONS, Deps, build_application
from schema.http.metrics import Metrics
from schema.http.server import Server, listening
from twin.cases.office import Habits, Office
from twin.history.history import History
from twin.intake.archiving import Archiving
from twin.intake.dead_letters import DeadLetters
from twin.intake.fresh import FreshEvents
from twin.intake.ingest import IngestResult, ingest, ingest_file
from twin.intake.intake import Intake
from twin.intake.ledger import now
from twin.intake.outbox import Outbox
from twin.intake.progress import Progress
from twin.intake.relay import Relay
from twin.intake.set_aside import set_aside
from twin.intake.store_alarms import StoreAlarms
from twin.projection import progress as projection_progress
from twin.projection.worker import Doors, Worker
from twin.queries.positions import shard_positions
from twin.settings import Settings
from twin.stores import Stores, open_stores
from twin.stream.change_feed import ChangeFeed
from twin.stream.lease import Lease
from twin.stream.log import EventLog
from twin.supervision import write_private

ADDRESS_FILE: Final = "service.json"
_WEB: Final = Path(__file__).parent / "web/dist"
_log = structlog.get_logger("dieloom")


@dataclass(frozen=True)
class Run:
    """One run of the service: its settings, its factory.yaml, and whether the simulated factory runs."""

    settings: Settings
    factory_file: Path | None = None
    demo: bool = False


async def serve(run: Run) -> None:
    """Run until SIGINT or SIGTERM, or until a store is down for good; nothing is left running."""
    port: int | None = run.settings.port
    while port is not None:
        run = replace(run, settings=replace(run.settings, port=port))
        port = await _served(run)


async def _served(run: Run) -> int | None:
    """Run until the end; the port to go on with when the service is to begin again on a new graph."""
    stop = Ending()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.end)
    async with AsyncExitStack() as stack:
        starting = asyncio.create_task(_start(run, stack, stop))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await starting
        await stopping
        _log.info("service.stopping")
    return stop.next_port


async def _start(run: Run, stack: AsyncExitStack, stop: Ending) -> None:
    settings = run.settings
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    listener = stack.enter_context(listening(settings.host, settings.port))
    stop.port = listener.getsockname()[1]
    url = f"http://{settings.host}:{stop.port}"
    demo = await _demo(run, url, stack)
    stores = await stack.enter_async_context(open_stores(settings, stop))
    part = Part(settings, stores, stack, stop)
    await part.open()
    if "projector" in settings.roles:
        await part.project_or_rebuild()
    if "api" in settings.roles:
        await part.answer(listener)
        write_private(
            settings.data_dir / ADDRESS_FILE, orjson.dumps({"url": url, "pid": os.getpid()}).decode()
        )
        stack.callback((settings.data_dir / ADDRESS_FILE).unlink, missing_ok=True)
    factory_file = run.factory_file
    if demo is not None:
        await demo.until_ready()
        factory_file = demo.factory_file
    if factory_file is not None and "connectors" in settings.roles:
        part.connect(instances(factory_file, settings.data_dir / "connectors"))
    announce(url, settings.data_dir, demo=run.demo)


async def _demo(run: Run, url: str, stack: AsyncExitStack) -> Demo | None:
    if not run.demo:
        return None
    demo = await Demo.start(run.settings.data_dir, url)
    stack.push_async_callback(demo.stop)
    return demo


class Part:
    """What one process does of the service."""

    def __init__(self, settings: Settings, stores: Stores, stack: AsyncExitStack, stop: Ending) -> None:
        self._settings, self._stores, self._stack, self._stop = settings, stores, stack, stop
        self._metrics = Metrics()
        self._log = EventLog(stores.stream, settings.shards)
        self._feed = ChangeFeed(stores.stream)
        self._index = lineage_index(stores.graph, self._feed, settings.index_mb, self._metrics)
        self._worker: Worker | None = None
        self._lease: Lease | None = None
        folder, archives = settings.data_dir / "outbox", settings.data_dir / "archive"
        folder.mkdir(exist_ok=True, mode=0o700)
        self._fresh = FreshEvents()
        fresh = self._fresh if "projector" in settings.roles else None
        self._outbox = Outbox(folder / "outbox.sqlite", settings.shards, archives=archives, fresh=fresh)
        self._archiving = Archiving(
            folder / "outbox.sqlite", settings.shards, archives, settings.outbox_hours
        )
        self._dead_letters = DeadLetters(folder / "dead-letters.sqlite")
        self._intake = Intake(
            self._outbox, self._dead_letters, lambda *row: self._metrics.ingested.labels(*row[:2]).inc(row[2])
        )
        self._sink = sink_of(settings)
        self._history = History(settings.data_dir / "history", settings.history_days, now, self._sink)
        self._progress = Progress(self._feed, self._positions, self._note)
        self._cases = Office(settings.data_dir / "cases", stores.graph, self._intake, Habits.of(settings))
        self._cases.desk.index = self._index
        self._checks = Checks(stores, self._log, self._outbox, self._archiving)
        self._alarms = StoreAlarms(folder / "store-alarms.json", self._intake, self._checks.watched())

    async def open(self) -> None:
        """Open the outbox, relay what is in it, and learn how far the projection is."""
        await self._stack.enter_async_context(self._outbox)
        self._stack.callback(self._dead_letters.close)
        self._stack.callback(self._history.close)
        self._stack.callback(self._cases.close)
        relay = Relay(self._outbox, self._log, self._positions)
        self._run(relay.run, "relay")
        self._stack.callback(self._archiving.close)
        self._run(lambda: self._archiving.run(self._positions), "archiving")
        self._run(self._progress.run, "progress")
        self._run(self._cases.run, "recall cases")
        if not {"api", "connectors"}.isdisjoint(self._settings.roles):
            self._run(self._alarms.run, "store alarms")
        watch_intake(self._metrics, self._outbox, self._archiving, self._alarms)

    async def project_or_rebuild(self) -> None:
        """Write the graph, or build it anew first when an older program wrote it."""
        if await fits(self._stores.graph, self._settings):
            self.project()
        else:
            self._run(lambda: rebuild(self._stores.graph, self._settings, self._stop), "rebuild")

    def project(self) -> None:
        """Write the graph, once no other process does."""
        lease = self._lease = Lease(self._stores.stream, "projector")
        doors = Doors(
            self._stores.graph,
            self._log,
            lease,
            self._feed,
            partial(set_aside, self._outbox, self._dead_letters),
            now,
            self._history.keep,
            self._fresh.event_of,
        )
        self._run(self._history.run, "history")
        if (sink := self._sink) is not None:
            self._run(sink.run, "influx")
            self._metrics.watch("samples_unsent", "Samples waiting to be sent on.", lambda: sink.waiting)
            self._metrics.watch("samples_dropped", "Samples never sent on.", lambda: sink.dropped)
        worker = self._worker = Worker(doors, projection_progress.Progress())
        self._metrics.watch("projection_lag_ms", "Age of the newest applied event.", lambda: worker.lag_ms)
        self._metrics.watch("projection_applied", "Events applied since the start.", lambda: worker.applied)

        async def hold() -> None:
            if self._stores.embedded_stream:
                await lease.clear()
            await worker.run()

        self._run(hold, "projector")

    async def answer(self, listener: socket.socket) -> None:
        """Serve the API."""
        self._run(self._index.run, "lineage index")
        hub = LiveHub(self._stores.graph, self._feed)
        self._run(hub.run, "live hub")
        self._run(CaseKeeper(self._cases, hub, self._stores.graph).run, "case keeper")
        self._metrics.watch(
            "subscription_conflated_total",
            "Changes told together with a later one, or made up by a snapshot.",
            lambda: hub.conflated,
        )
        application = build_application(
            Deps(
                schema=build_schema(),
                verifier=verifier_of(self._settings),
                context_of=lambda viewer: self._context(viewer, hub),
                reached=self._progress.reached,
                ingest=lambda body: ingest(body, self._intake),
                import_file=self._import_file,
                checks=self._checks.all(),
                started=self._started,
                web=_WEB,
                metrics=self._metrics,
            )
        )
        server = Server(uvicorn.Config(application, log_config=None, access_log=False, **SERVER_OPTIONS))
        serving = asyncio.create_task(server.serve([listener]), name="http")
        serving.add_done_callback(lambda _task: self._stop.set())

        async def leave() -> None:
            application.state.health.leave()
            server.should_exit = True
            await serving

        self._stack.push_async_callback(leave)
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0.01)

    def connect(self, found: list[Instance]) -> None:
        """Listen to machines."""
        supervisor = Supervisor(found, lambda instance: self._intake.door(instance.options.id))
        self._run(supervisor.run, "connectors")

    def _run(self, work: Callable[[], Awaitable[None]], name: str) -> None:
        run_in_background(self._stack, work, name)

    def _context(self, viewer: Viewer, hub: LiveHub) -> Context:
        graph = self._stores.graph
        return Context(
            graph=graph,
            viewer=viewer,
            loaders=Loaders(graph),
            live=hub,
            progress=self._progress,
            samples=self._history,
            cases=self._cases,
            index=self._index,
        )

    async def _note(self, positions: Mapping[str, int]) -> None:
        self._checks.moved()
        await self._outbox.projected(positions)

    async def _positions(self) -> dict[str, int]:
        return await shard_positions(self._stores.graph)

    async def _import_file(self, name: str, data: bytes) -> IngestResult:
        return await ingest_file(lambda: facts_of(name, data, now()), data, self._intake, IMPORT_SOURCE)

    async def _started(self) -> str | None:
        waits = self._lease is not None and self._lease.number == 0
        return "another process projects, or the last one's lease has not run out" if waits else None
