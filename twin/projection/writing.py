"""Writes what a plan says: markers, things, their ties, facts, voids, derived parts, findings, positions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, LiteralString

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
from twin.projection.markers import FORGIVE, MARK, MARK_ABOUT, MARK_AT_MACHINE, NOTE_VOIDING, REACH, VOID
from twin.projection.pieces import send
from twin.projection.plan import Plan
from twin.projection.projection import Row
from twin.projection.refold import fold_touched
from twin.projection.registry import PROJECTIONS
from twin.projection.sources import hear_sources
from twin.projection.things import KEEP, TIE
from twin.queries.equipment import equipment_of
from twin.records.equipment import Equipment
from twin.vocabulary.instants import Instant


async def write(tx: Transaction, held: Held, planned: Plan, now: Instant) -> dict[str, Equipment]:
    """Write the plan; the folds it touched stay in memory as they are written. The machines it touched."""
    holdings = await fold_touched(tx, held, planned.touched)
    await hand_down(tx, held, holdings)
    suspicions = {name: _suspicions(holding) for name, holding in holdings.items()}
    await _keep(tx, holdings, suspicions)
    await _mark(tx, planned)
    if planned.forgiven:
        await tx.write(FORGIVE, event_ids=planned.forgiven)
    await _state_facts(tx, planned.fresh)
    await _void(tx, planned)
    await write_parts(tx, [holding for name, holding in holdings.items() if name[0] == "Lot"])
    raised, resolved = _changes(holdings, suspicions)
    gaps, closed = await hear_sources(tx, held, planned.fresh)
    await write_findings(tx, [*raised, *gaps, *planned.odd], [*resolved, *closed], now)
    for name, holding in holdings.items():
        held.put(name, holding)
    return {
        key: equipment_of({"equipment_id": key, **holding.written})
        for (label, key), holding in holdings.items()
        if label == "Equipment"
    }


def _suspicions(holding: Holding) -> dict[str, Suspicion]:
    return {suspicion.finding_id: suspicion for suspicion in holding.fold.suspicions()}


async def _keep(
    tx: Transaction, holdings: dict[Name, Holding], suspicions: dict[Name, dict[str, Suspicion]]
) -> None:
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
    for label, things in rows.items():
        await send(tx, KEEP[label], things)


def _properties(holding: Holding) -> dict[str, Any]:
    fold = holding.fold
    properties = fold.properties()
    if isinstance(fold, Fold) and fold.resumable:
        properties["kept"] = msgspec.json.encode(fold).decode()
    return properties


async def _mark(tx: Transaction, planned: Plan) -> None:
    """Mark every event and tie it to all that it names; the things are there already."""
    marked: defaultdict[LiteralString, list[Row]] = defaultdict(list)
    tied: defaultdict[str, list[Row]] = defaultdict(list)
    for marker in planned.markers:
        names = planned.names[marker["event_id"]]
        statement, row, told = _marking(marker, names)
        marked[statement].append(row)
        for name in names:
            if name not in told:
                tied[name[0]].append({"event_id": marker["event_id"], "key": name[1]})
    for statement, rows in marked.items():
        await tx.write(statement, rows=rows)
    for label, rows in tied.items():
        await tx.write(TIE[label], rows=rows)


def _marking(marker: Row, names: Sequence[Name]) -> tuple[LiteralString, Row, tuple[Name, ...]]:
    """The statement that marks an event, its row, and the things that it ties the event to."""
    first = next((name for name in names if name[0] in MARK_ABOUT), None)
    if first is None:
        return MARK, marker, ()
    row = {"key": first[1], "event": marker}
    machine = next((name for name in names if name[0] == "Equipment"), None)
    if first[0] == "Lot" and machine is not None:
        return MARK_AT_MACHINE, {**row, "machine": machine[1]}, (first, machine)
    return MARK_ABOUT[first[0]], row, (first,)


async def _state_facts(tx: Transaction, events: Iterable[Event]) -> None:
    by_type: defaultdict[type, list[Event]] = defaultdict(list)
    for event in events:
        if type(event.fact) in PROJECTIONS:
            by_type[type(event.fact)].append(event)
    for event_type, told in by_type.items():
        for projection in PROJECTIONS[event_type]:
            rows = [row for event in told for row in projection.rows(event)]
            if rows:
                await send(tx, projection.statement, rows)


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
