"""A plant written straight into a fresh graph: events, the things they name, and lot-level edges.

The statements are the projector's own; what it folds onto things (states, findings) is left out, which no
recall or genealogy reads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from twin.events.codec import content_hash, fact_json
from twin.events.event import Event
from twin.events.lot import LotSplit
from twin.events.material import MaterialConsumed, MaterialLotReceived
from twin.events.naming import named
from twin.graph.session import Graph, Transaction
from twin.projection.markers import MARK, Marker
from twin.projection.pieces import send
from twin.projection.registry import PROJECTIONS
from twin.projection.things import KEEP, TIE

_BATCH: Final = 2_000
_MARKED_AT_ONCE: Final = 500

Row = dict[str, Any]


async def load(graph: Graph, events: Iterable[Event]) -> int:
    """Write all events; how many there were."""
    seen: set[tuple[str, str]] = set()
    batch: list[Event] = []
    done = 0
    for event in events:
        batch.append(event)
        if len(batch) == _BATCH:
            await _write(graph, batch, seen)
            done += len(batch)
            batch = []
            print(f"  {done:,} events written", flush=True)
    await _write(graph, batch, seen)
    return done + len(batch)


async def _write(graph: Graph, events: list[Event], seen: set[tuple[str, str]]) -> None:
    new: defaultdict[str, list[Row]] = defaultdict(list)
    ties: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for event in events:
        for label, key in named(event.fact):
            ties[label][key].append(event.event_id)
            if (label, key) not in seen:
                seen.add((label, key))
                new[label].append({"key": key, "properties": {"inferred": False}})
    async with graph.transaction() as tx:
        for label, rows in new.items():
            await send(tx, KEEP[label], rows)
        for start in range(0, len(events), _MARKED_AT_ONCE):
            await tx.send(MARK, rows=[_marker(event) for event in events[start : start + _MARKED_AT_ONCE]])
        for label, tied in ties.items():
            await tx.send(TIE[label], rows=[[key, event_ids] for key, event_ids in tied.items()])
        await _edges(tx, events)


async def _edges(tx: Transaction, events: Sequence[Event]) -> None:
    for kind in (MaterialLotReceived, MaterialConsumed, LotSplit):
        told = [event for event in events if type(event.fact) is kind]
        for projection in PROJECTIONS[kind]:
            await send(tx, projection.statement, projection.rows_of(told))


async def amounts(graph: Graph, lots: Iterable[tuple[str, int]]) -> None:
    """Write how many units each lot holds, which a peer's totals read."""
    rows = [{"key": lot_id, "properties": {"quantity": quantity}} for lot_id, quantity in lots]
    for start in range(0, len(rows), _BATCH):
        async with graph.transaction() as tx:
            await send(tx, KEEP["Lot"], rows[start : start + _BATCH])


def _marker(event: Event) -> tuple[str | int | None, ...]:
    marker = Marker(
        event_id=event.event_id,
        type=event.type,
        source=event.source,
        source_sequence=event.source_sequence,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        data=fact_json(event),
        content_hash=content_hash(event),
    )
    return (*marker,)  # the driver sends plain tuples only
