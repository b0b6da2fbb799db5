"""Every accepted event once more, by the same projection, into a graph that was empty."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, LiteralString

from twin.errors import GraphUnavailable, Refused
from twin.graph.session import Graph
from twin.intake.kept import Damage, KeptOutbox, Page
from twin.projection.arrival import Arrival, Unapplied
from twin.projection.batches import batches
from twin.projection.projector import Projector
from twin.stream.log import Delivery
from twin.vocabulary.instants import Instant

ANYTHING: Final[LiteralString] = """
    MATCH (thing)
    WHERE NOT thing:Migration
    RETURN labels(thing) AS labels
    LIMIT 1
"""

_FENCING: Final = 1
_TRIES: Final = 6
_PAUSE_SECONDS: Final = 0.2
_MOST_TOLD: Final = 1_000


async def refuse_unless_empty(graph: Graph) -> None:
    """Let nobody replay into a graph that holds something.

    Raises:
        Refused: it does.
    """
    if await graph.read(ANYTHING):
        raise Refused("the graph to replay into is not empty", code="replay.not_empty")


class Replay:
    """Replays outbox files into one graph; the live graph and the stream are never touched.

    ``damaged`` and ``set_aside`` hold the first thousand rows that are no longer what was accepted, and
    those that the projection cannot apply; their numbers count all of them.
    """

    def __init__(
        self,
        kept: Sequence[KeptOutbox],
        graph: Graph,
        clock: Callable[[], Instant],
        told: Callable[[int], None],
    ) -> None:
        self._kept, self.graph, self._told = kept, graph, told
        self._projector = Projector(graph, _FENCING, clock)
        self.outboxes = frozenset(outbox.outbox_id for outbox in kept)
        self.reached: dict[str, int] = {}
        self._done: dict[str, int] = {}
        self.events = 0
        self.damages = 0
        self.damaged: list[Damage] = []
        self.set_aside: list[Unapplied] = []

    async def all(self) -> None:
        """Replay everything that is in the files now; called again, what came since.

        Raises:
            OutboxUnreadable: a file is broken as a whole.
            GraphUnavailable: the graph stays silent.
        """
        for outbox in self._kept:
            last = await asyncio.to_thread(outbox.last)
            await self._replay(outbox.pages(last, self._done.get(outbox.outbox_id, 0)))
            self._done[outbox.outbox_id] = last

    async def up_to(self, positions: Mapping[str, int]) -> None:
        """Replay what lies between the places reached and these, by "outbox/shard"."""
        for outbox in self._kept:
            for name, seq in positions.items():
                outbox_id, _, shard = name.rpartition("/")
                if outbox_id == outbox.outbox_id:
                    await self._replay(outbox.pages_of_shard(int(shard), self.reached.get(name, 0), seq))

    async def _replay(self, pages: Iterator[Page]) -> None:
        while (page := await asyncio.to_thread(next, pages, None)) is not None:
            self.damages += len(page.damaged)
            self.damaged += page.damaged[: _MOST_TOLD - len(self.damaged)]
            for batch in batches([Delivery(b"", entry) for entry in page.entries]):
                await self._insist([_arrival(delivery) for delivery in batch])
            self.reached |= page.reached

    async def _insist(self, arrivals: Sequence[Arrival]) -> None:
        """Apply until the graph answers, in smaller pieces each time, for as long as it is worth it."""
        place, size, failures = 0, len(arrivals), 0
        while place < len(arrivals):
            piece = arrivals[place : place + size]
            try:
                applied = await self._projector.apply(piece)
            except GraphUnavailable:
                failures += 1
                if failures >= _TRIES:
                    raise
                size = max(size // 2, 1)
                await asyncio.sleep(_PAUSE_SECONDS * failures)
                continue
            place, failures = place + len(piece), 0
            self.set_aside += applied.unapplied[: max(_MOST_TOLD - len(self.set_aside), 0)]
            self.events += len(piece) - len(applied.unapplied)
            self._told(len(piece))


def _arrival(delivery: Delivery) -> Arrival:
    entry = delivery.entry
    return Arrival(entry.event(), entry.outbox, entry.shard, entry.seq, payload=entry.payload)
