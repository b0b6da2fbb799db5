"""A graph of an older projection is built anew beside the one that answers, and then takes its place."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Final

import structlog

from cli.outboxes import outboxes
from graph_migrations.runner import migrate
from twin.errors import Refused, TwinError
from twin.graph.beside import begun, complete
from twin.graph.embedded import EmbeddedGraph
from twin.graph.session import Graph
from twin.intake.kept import KeptOutbox
from twin.intake.ledger import now
from twin.projection.replay import Replay
from twin.projection.version import PROJECTION, made_by, stamp
from twin.queries.positions import shard_positions
from twin.settings import Settings
from twin.vocabulary.instants import Instant

_NEAR_ROWS: Final = 2_000
_AGAIN_SECONDS: Final = 600.0
_log: Final = structlog.get_logger("dieloom")


class Ending(asyncio.Event):
    """Set when the service is to end, or to end and begin again at once on the graph that was built."""

    def __init__(self) -> None:
        super().__init__()
        self.port = 0
        self._again = self._for_good = False

    @property
    def next_port(self) -> int | None:
        """The port to begin again on; None when the service ends for good."""
        return self.port if self._again and not self._for_good else None

    def end(self) -> None:
        """End for good, whatever else was asked."""
        self._for_good = True
        self.set()

    def begin_again(self) -> None:
        """End and begin again."""
        self._again = True
        self.set()


async def fits(graph: Graph, settings: Settings) -> bool:
    """Whether this program may write the graph; an empty one becomes its own, an older one is built anew.

    Raises:
        Refused: a newer program wrote it, or an older one wrote a graph that is not ours to replace.
    """
    found = await made_by(graph)
    if found is None or found == PROJECTION:
        await stamp(graph)
        return True
    if found > PROJECTION:
        raise Refused(
            f"the graph was made by projection {found}, this program has {PROJECTION}; run the newer one",
            code="projection.newer",
        )
    if settings.graph_url is not None:
        raise Refused(
            f"the graph was made by projection {found}, this program has {PROJECTION}; build another one: "
            "dieloom replay --into URL, then set DIELOOM_GRAPH_URL to that address",
            code="projection.older",
        )
    return False


async def rebuild(live: Graph, settings: Settings, ending: Ending) -> None:
    """Build the graph anew while the present one answers, then let the service begin again on the new one."""
    _log.warning("rebuild.started", projection=PROJECTION)
    while not await _built(live, settings):  # noqa: ASYNC110 - nothing tells that a failure is over
        await asyncio.sleep(_AGAIN_SECONDS)
    complete(settings.data_dir)
    _log.warning("rebuild.done", projection=PROJECTION)
    ending.begin_again()


async def _built(live: Graph, settings: Settings) -> bool:
    try:
        await _build(live, settings)
    except (TwinError, OSError) as fault:
        _log.error("rebuild.failed", reason=str(fault))
        return False
    return True


async def _build(live: Graph, settings: Settings) -> None:
    async with AsyncExitStack() as stack:
        kept = outboxes(settings.data_dir, stack)
        await _refuse_foreign(live, kept)
        embedded = EmbeddedGraph(await begun(settings.data_dir), settings.graph_java_options)
        stack.push_async_callback(embedded.stop)
        graph = await (await embedded.start()).open()
        stack.push_async_callback(graph.close)
        await migrate(graph)
        replay = Replay(kept, graph, lambda: Instant(now()), lambda _rows: None)
        former = -_NEAR_ROWS
        while replay.events - former >= _NEAR_ROWS:
            former = replay.events
            await replay.all()
        if replay.damages:
            raise Refused(
                f"the graph stays: {replay.damages} places are damaged, first: {replay.damaged[0].reason}",
                code="rebuild.damaged",
            )
        await stamp(graph)


async def _refuse_foreign(live: Graph, kept: list[KeptOutbox]) -> None:
    ours = {outbox.outbox_id for outbox in kept}
    foreign = {name.rpartition("/")[0] for name in await shard_positions(live)} - ours
    if foreign:
        raise Refused(
            f"the graph holds events of outbox {min(foreign)}, which is not in this data directory",
            code="rebuild.foreign",
        )
