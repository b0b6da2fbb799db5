"""Whether a replayed graph is the live one: both dumped at the same places of every shard."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from twin.graph.session import Graph
from twin.projection.dump import Dump, dumped
from twin.projection.replay import Replay
from twin.queries.positions import shard_positions

_PAUSE_SECONDS: Final = 0.1
_MOST_LINES: Final = 10
_LONGEST_LINE: Final = 300


@dataclass(frozen=True, slots=True)
class Comparison:
    """The hashes of both dumps, and the first lines in which they differ; ``why_not`` when not compared."""

    replayed: str
    live: str | None = None
    why_not: str | None = None
    only_live: tuple[str, ...] = ()
    only_replayed: tuple[str, ...] = ()

    @property
    def same(self) -> bool | None:
        """Whether the dumps are equal, ``None`` when they were not compared."""
        return None if self.live is None else self.live == self.replayed


async def compare(live: Graph, replay: Replay, seconds: float) -> Comparison:
    """Compare with a live graph that may go on changing; the replay follows it for so long.

    A dump of the live graph counts only when nothing was projected while it was taken. One that differs is
    taken once more, because a dead letter sent again changes the graph at no new place.
    """
    end = time.monotonic() + seconds
    found: Comparison | None = None
    while (why_not := await _why_not(live, replay)) is None or why_not == _BEHIND:
        if why_not is None:
            former, found = found, await _compared(live, replay) or found
            if found is not None and (found.same or former is not None):
                return found
        if time.monotonic() > end:
            why_not = why_not or _MOVING
            break
        await asyncio.sleep(_PAUSE_SECONDS)
    return found or Comparison(await digest(replay.graph), why_not=why_not)


async def digest(graph: Graph) -> str:
    """The hash of a graph's canonical text."""
    with TemporaryDirectory(prefix="dieloom-dump-") as folder:
        dump = await dumped(graph, Path(folder) / "whole")
        return await asyncio.to_thread(dump.digest)


_BEHIND: Final = "the live graph has not reached the events that are in the outbox"
_MOVING: Final = "the live graph kept changing; try again when fewer events come in"
_FOREIGN: Final = "the live graph holds events of another outbox, which is not in this data directory"


async def _why_not(live: Graph, replay: Replay) -> str | None:
    """Why the live graph cannot be compared now."""
    positions = await shard_positions(live)
    outboxes = {name.rpartition("/")[0] for name in positions}
    if outboxes - replay.outboxes:
        return _FOREIGN
    behind = any(positions.get(name, 0) < seq for name, seq in replay.reached.items())
    return _BEHIND if behind else None


async def _compared(live: Graph, replay: Replay) -> Comparison | None:
    """Both dumped at the same places; None when the live graph changed meanwhile."""
    with TemporaryDirectory(prefix="dieloom-dump-") as folder:
        before = await shard_positions(live)
        told = await dumped(live, Path(folder) / "live")
        if not told.is_whole or before != await shard_positions(live):
            return None
        await replay.up_to(before)
        again = await dumped(replay.graph, Path(folder) / "replayed")
        return await asyncio.to_thread(_told, told, again)


def _told(live: Dump, replayed: Dump) -> Comparison:
    hashes = Comparison(replayed.digest(), live.digest())
    if hashes.same:
        return hashes
    return Comparison(
        hashes.replayed,
        hashes.live,
        only_live=_first(live, replayed),
        only_replayed=_first(replayed, live),
    )


def _first(dump: Dump, other: Dump) -> tuple[str, ...]:
    return tuple(line[:_LONGEST_LINE] for line in dump.beyond(other, _MOST_LINES))
