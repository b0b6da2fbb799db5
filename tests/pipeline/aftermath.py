"""What must hold of a drained pipeline as a whole: the order of telling, and equality with a replay."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable

from tests.graph_fixtures import wipe
from tests.pipeline.life import PATIENCE_S, Life
from twin.events.correction import EventVoided
from twin.events.event import Event
from twin.events.rejection import ID_REUSED
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
    assert (replay.damages, {row.error for row in replay.set_aside} - {ID_REUSED}) == (0, set())
    assert (await canonical(graph)).splitlines() == expected.splitlines()


async def reuses_are_found(life: Life, reused: set[str], held: Iterable[Event]) -> None:
    """Each id that came again with other content is a finding, unless its event was taken out."""
    rows = await life.stores.graph.read(
        "MATCH (finding:Finding {code: $code}) WHERE finding.resolved_at IS NULL "
        "RETURN finding.finding_id AS finding_id",
        code=ID_REUSED,
    )
    voided = {event.fact.voided_event_id for event in held if isinstance(event.fact, EventVoided)}
    assert {row["finding_id"] for row in rows} == {f"{ID_REUSED}:{one}" for one in reused - voided}


async def told_in_order(life: Life, held: set[str]) -> None:
    """Of every shard each event was told, for the first time, after all that were accepted before it."""
    places: dict[str, tuple[int, int]] = {}
    seq = 0
    while entries := await life.outbox.after(seq, 1_000):
        places = {entry.event().event_id: (entry.shard, entry.seq) for entry in reversed(entries)} | places
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
