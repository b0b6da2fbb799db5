"""What must hold of a drained pipeline as a whole: the order of telling, and equality with a replay."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from tests.graph_fixtures import wipe
from tests.pipeline.life import PATIENCE_S, Life
from twin.intake.kept import KeptOutbox
from twin.intake.ledger import now
from twin.projection.canonical import canonical
from twin.projection.replay import Replay
from twin.stream.change_feed import Change, ChangeFeed
from twin.vocabulary.instants import Instant


async def same_by_replay(life: Life) -> None:
    """Put the graph that a replay makes in the place of the live one; they must be equal."""
    graph = life.stores.graph
    expected = await canonical(graph)
    await wipe(graph)
    kept = KeptOutbox(life.folder / "outbox.sqlite", life.archives)
    try:
        replay = Replay([kept], graph, lambda: Instant(now()), lambda _: None)
        await replay.all()
    finally:
        kept.close()
    assert (replay.damages, replay.set_aside) == (0, [])
    assert (await canonical(graph)).splitlines() == expected.splitlines()


async def told_in_order(life: Life, held: set[str]) -> None:
    """Of every shard each event was told, for the first time, after all that were accepted before it."""
    places: dict[str, tuple[int, int]] = {}
    seq = 0
    while entries := await life.outbox.after(seq, 1_000):
        places |= {entry.event().event_id: (entry.shard, entry.seq) for entry in entries}
        seq = entries[-1].seq
    last: defaultdict[int, int] = defaultdict(int)
    told: set[str] = set()
    for change in await _changes(life):
        for event in change.events:
            if event.event_id not in told:
                told.add(event.event_id)
                shard, seq = places[event.event_id]
                assert seq > last[shard]
                last[shard] = seq
    assert held - told == set()


async def _changes(life: Life) -> list[Change]:
    feed = ChangeFeed(life.stores.stream)
    newest = await feed.last()
    found: list[Change] = []
    if newest != "0-0":
        async with asyncio.timeout(PATIENCE_S):
            async for change in feed.follow("0-0"):
                found.append(change)
                if change.cursor == newest:
                    break
    return found
