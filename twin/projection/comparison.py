"""Whether a replayed graph is the live one: both dumped at the same places of every shard."""

from __future__ import annotations

import asyncio
import hashlib
import time
from dataclasses import dataclass
from typing import Final

from twin.graph.session import Graph
from twin.projection.canonical import canonical
from twin.projection.positions import shard_positions
from twin.projection.replay import Replay

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
            before = await shard_positions(live)
            told = await canonical(live)
            if before == await shard_positions(live):
                await replay.up_to(before)
                former, found = found, _compared(told, await canonical(replay.graph))
                if found.same or former is not None:
                    return found
        if time.monotonic() > end:
            why_not = why_not or _MOVING
            break
        await asyncio.sleep(_PAUSE_SECONDS)
    return found or Comparison(digest(await canonical(replay.graph)), why_not=why_not)


def digest(dump: str) -> str:
    """The hash of a canonical dump."""
    return hashlib.sha256(dump.encode()).hexdigest()


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


def _compared(live: str, replayed: str) -> Comparison:
    if live == replayed:
        return Comparison(digest(replayed), digest(live))
    lines, others = set(live.splitlines()), set(replayed.splitlines())
    return Comparison(
        digest(replayed),
        digest(live),
        only_live=_first(lines - others),
        only_replayed=_first(others - lines),
    )


def _first(lines: set[str]) -> tuple[str, ...]:
    return tuple(line[:_LONGEST_LINE] for line in sorted(lines)[:_MOST_LINES])
