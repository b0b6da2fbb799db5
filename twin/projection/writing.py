"""Writes what a plan says: markers, things, their ties, facts, voids, derived parts, findings, positions."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from twin.events.event import Event
from twin.folds.fold import Fold
from twin.folds.suspicion import Suspicion
from twin.graph.session import Transaction
from twin.intake.watermark import position_id
from twin.projection.arrival import Placed, positions
from twin.projection.findings import write_findings
from twin.projection.held import Held, Holding, Name
from twin.projection.heritage import hand_down
from twin.projection.lot_parts import write_parts
from twin.projection.markers import FORGIVE, NOTE_VOIDING, REACH, VOID
from twin.projection.marking import keep, keep_and_mark, mark_first
from twin.projection.pieces import send
from twin.projection.plan import Plan
from twin.projection.projection import Row
from twin.projection.refold import fold, recall
from twin.projection.registry import PROJECTIONS
from twin.projection.sources import KEEP_SOURCES, hear_sources
from twin.projection.spans import Spans
from twin.queries.equipment import equipment_of
from twin.records.equipment import Equipment
from twin.vocabulary.instants import Instant

_MARKED_FIRST_FROM: Final = 200
"""Events of a batch from which a statement more costs less than a graph that waits for our folds."""

_AT_A_STRETCH: Final = 50
"""Folds asked before others of the process have a turn: a lot's takes some 0.3 ms."""


async def write(tx: Transaction, held: Held, planned: Plan, now: Instant) -> dict[str, Equipment]:
    """Write the plan; the folds it touched stay in memory as they are written. The machines it touched."""
    heard = await hear_sources(tx, held, planned.fresh)
    recalled = await recall(tx, held, planned.touched)
    spans = Spans(planned, recalled.holdings)
    marks_first = len(planned.markers) >= _MARKED_FIRST_FROM
    if marks_first:
        await send(tx, KEEP_SOURCES, heard.rows)
        await mark_first(tx, recalled.unknown, planned)
    holdings = await fold(tx, held, planned.touched, recalled, {event.event_id for event in planned.fresh})
    await hand_down(tx, held, holdings)
    suspicions = await _suspicions(holdings)
    changed = _changed(holdings, suspicions)
    if marks_first:
        await keep(tx, changed)
    else:
        await keep_and_mark(tx, heard.rows, changed, planned)
    if planned.forgiven:
        await tx.send(FORGIVE, event_ids=planned.forgiven)
    await _state_facts(tx, planned.fresh)
    await _void(tx, planned)
    await write_parts(tx, [holding for name, holding in holdings.items() if name[0] == "Lot"])
    await spans.write(tx)
    raised, resolved = _changes(holdings, suspicions)
    settled = [*resolved, *heard.resolved, *planned.settled]
    await write_findings(tx, [*raised, *heard.raised, *planned.odd], settled, now)
    for name, holding in holdings.items():
        held.put(name, holding)
    return {
        key: equipment_of({"equipment_id": key, **holding.written})
        for (label, key), holding in holdings.items()
        if label == "Equipment"
    }


async def _suspicions(holdings: dict[Name, Holding]) -> dict[Name, dict[str, Suspicion]]:
    found: dict[Name, dict[str, Suspicion]] = {}
    for number, (name, holding) in enumerate(holdings.items(), 1):
        if number % _AT_A_STRETCH == 0:
            await asyncio.sleep(0)
        found[name] = {suspicion.finding_id: suspicion for suspicion in holding.fold.suspicions()}
    return found


def _changed(
    holdings: dict[Name, Holding], suspicions: dict[Name, dict[str, Suspicion]]
) -> dict[str, list[Row]]:
    """The things that are no longer as the graph has them, by label, each with what changed."""
    rows: defaultdict[str, list[Row]] = defaultdict(list)
    for name, holding in holdings.items():
        properties = _properties(holding)
        properties["findings"] = sorted(suspicions[name])
        written = holding.written
        changed = {
            key: value for key, value in properties.items() if key not in written or written[key] != value
        }
        holding.written = properties
        if changed:
            rows[name[0]].append({"key": name[1], "properties": changed})
    return rows


def _properties(holding: Holding) -> dict[str, Any]:
    fold = holding.fold
    properties = fold.properties()
    if isinstance(fold, Fold) and fold.resumable:
        properties["kept"] = msgspec.json.encode(fold).decode()
    return properties


async def _state_facts(tx: Transaction, events: Iterable[Event]) -> None:
    by_type: defaultdict[type, list[Event]] = defaultdict(list)
    for event in events:
        if type(event.fact) in PROJECTIONS:
            by_type[type(event.fact)].append(event)
    for event_type, told in by_type.items():
        for projection in PROJECTIONS[event_type]:
            await send(tx, projection.statement, projection.rows_of(told))


async def _void(tx: Transaction, planned: Plan) -> None:
    rows = {
        event_id: {
            "event_id": event_id,
            "voided_at": voiding.voided_at,
            "voided_by": voiding.voided_by,
        }
        for event_id, voiding in planned.voidings.items()
    }
    if not rows:
        return
    await send(tx, NOTE_VOIDING, list(rows.values()))
    await send(tx, VOID, list(rows.values()))
    by_statement: defaultdict[Any, list[Row]] = defaultdict(list)
    for event_id, event in planned.voided.items():
        for statement in {projection.void for projection in PROJECTIONS.get(type(event.fact), ())}:
            by_statement[statement].append(rows[event_id])
    for statement, ended in by_statement.items():
        await send(tx, statement, ended)


def _changes(
    holdings: dict[Name, Holding], suspicions: dict[Name, dict[str, Suspicion]]
) -> tuple[list[tuple[str, Suspicion]], list[str]]:
    """The findings to raise, with what each is about, and those to resolve."""
    raised: list[tuple[str, Suspicion]] = []
    resolved: list[str] = []
    for (label, key), holding in holdings.items():
        found, before = suspicions[label, key], holding.findings
        raised.extend(
            (f"{label}:{key}", suspicion)
            for finding_id, suspicion in found.items()
            if before.get(finding_id) != suspicion
        )
        resolved.extend(finding_id for finding_id in before if finding_id not in found)
        holding.findings = dict(found)
    return raised, resolved


async def reach(tx: Transaction, batch: Sequence[Placed]) -> None:
    """Note how far each shard is projected."""
    await send(tx, REACH, places(batch))


def places(batch: Sequence[Placed]) -> list[Row]:
    """How far a batch reaches on each shard, as the graph notes it."""
    furthest = positions(batch)
    shards = {position_id(placed.outbox, placed.shard): (placed.outbox, placed.shard) for placed in batch}
    return [
        {"position_id": name, "outbox": shards[name][0], "shard": shards[name][1], "seq": seq}
        for name, seq in furthest.items()
    ]
