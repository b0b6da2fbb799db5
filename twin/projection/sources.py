"""What was heard from each source: its latest times, and the holes in its numbering."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, LiteralString, NamedTuple

from twin.events.event import Event
from twin.folds.source import Heard, heard
from twin.folds.suspicion import Suspicion
from twin.graph.session import Transaction
from twin.projection.held import Held
from twin.projection.projection import Row

RECALL_SOURCES: Final[LiteralString] = """
    UNWIND $keys AS key
    MATCH (source:Source {source_id: key})
    RETURN key AS source_id, source.occurred_at AS occurred_at, source.recorded_at AS recorded_at,
           source.ranges AS ranges
"""

KEEP_SOURCES: Final[LiteralString] = """
    UNWIND $rows AS row
    MERGE (source:Source {source_id: row.source_id})
    SET source += row
"""

_MOST_SOURCES: Final = 10_000
_HOLES_NAMED: Final = 3


class HeardNow(NamedTuple):
    """Sources as new events leave them: the rows to write, the gap findings to raise and to resolve."""

    rows: list[Row]
    raised: list[tuple[str, Suspicion]]
    resolved: list[str]


async def hear_sources(tx: Transaction, held: Held, events: Iterable[Event]) -> HeardNow:
    """What new events tell of their sources; writes nothing."""
    told = list(events)
    if len(held.sources) > _MOST_SOURCES:
        held.sources.clear()
    names = {event.source for event in told}
    cold = sorted(names - held.sources.keys())
    if cold:
        await _recall(tx, held, cold)
    before = {name: _gap(held.sources[name]) for name in names}
    for event in told:
        held.sources[event.source].hear(event)
    raised: list[tuple[str, Suspicion]] = []
    resolved: list[str] = []
    for name in sorted(names):
        now, earlier = _gap(held.sources[name]), before[name]
        if now is not None and (now != earlier or name in cold):
            raised.append((f"Source:{name}", now))
        if now is None and earlier is not None:
            resolved.append(earlier.finding_id)
    return HeardNow([_row(held.sources[name]) for name in sorted(names)], raised, resolved)


async def _recall(tx: Transaction, held: Held, names: list[str]) -> None:
    held.sources.update({name: Heard(name) for name in names})
    for row in await tx.read(RECALL_SOURCES, keys=names):
        held.sources[row["source_id"]] = heard(**row)


def _row(source: Heard) -> Row:
    return {
        "source_id": source.source_id,
        "occurred_at": source.occurred_at,
        "recorded_at": source.recorded_at,
        "max_sequence": source.max_sequence,
        "gaps": source.gaps,
        "ranges": source.ranges,
    }


def _gap(source: Heard) -> Suspicion | None:
    if not source.gaps:
        return None
    pairs = zip(source.lasts, source.firsts[1:], strict=False)
    holes = [f"{last + 1} to {first - 1}" for last, first in pairs]
    named = ", ".join(holes[:_HOLES_NAMED]) + (" ..." if len(holes) > _HOLES_NAMED else "")
    return Suspicion(
        code="sequence.gap",
        about=source.source_id,
        message=f"Numbers {named} of source {source.source_id} were never heard.",
        things=(),
    )
