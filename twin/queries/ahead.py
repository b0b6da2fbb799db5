"""The start of a walk in one statement: what it will most likely read, and how far the graph is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, LiteralString

from twin.events.event import Event
from twin.folds.clock import TOLERANCE_MS
from twin.graph.session import Graph
from twin.queries.history import event_told

STATEMENT: Final[LiteralString] = """
    UNWIND $units AS key MATCH (:Unit {unit_id: key})<-[:ABOUT]-(event:Event)
    WHERE event.voided_at IS NULL
    RETURN 'Unit' AS label, key, collect([event.event_id, event.type, event.data, event.source,
        event.source_sequence, event.occurred_at, event.recorded_at]) AS told
    UNION ALL
    UNWIND $lots AS key MATCH (:Lot {lot_id: key})<-[:ABOUT]-(event:Event)
    WHERE event.voided_at IS NULL
    RETURN 'Lot' AS label, key, collect([event.event_id, event.type, event.data, event.source,
        event.source_sequence, event.occurred_at, event.recorded_at]) AS told
    UNION ALL
    UNWIND $substrates AS key MATCH (:Substrate {substrate_id: key})<-[:ABOUT]-(event:Event)
    WHERE event.voided_at IS NULL
    RETURN 'Substrate' AS label, key, collect([event.event_id, event.type, event.data, event.source,
        event.source_sequence, event.occurred_at, event.recorded_at]) AS told
    UNION ALL
    UNWIND $event_ids AS key MATCH (event:Event {event_id: key})
    WHERE event.voided_at IS NULL
      AND (event.type <> 'MaterialConsumed' OR event.occurred_at > event.recorded_at + $tolerance)
    RETURN 'Event' AS label, key, collect([event.event_id, event.type, event.data, event.source,
        event.source_sequence, event.occurred_at, event.recorded_at]) AS told
    UNION ALL
    UNWIND $whole AS key MATCH (event:Event {event_id: key})
    WHERE event.voided_at IS NULL
    RETURN 'Event' AS label, key, collect([event.event_id, event.type, event.data, event.source,
        event.source_sequence, event.occurred_at, event.recorded_at]) AS told
    UNION ALL
    MATCH (position:ShardPosition)
    RETURN 'ShardPosition' AS label, position.position_id AS key, [position.seq] AS told
"""
"""For a walk back."""

FORWARD: Final[LiteralString] = """
    UNWIND $lots AS key MATCH (:Lot {lot_id: key})<-[:ABOUT]-(event:Event)
    WHERE event.voided_at IS NULL
    RETURN 'Lot' AS label, key, collect([event.event_id, event.type, event.data, event.source,
        event.source_sequence, event.occurred_at, event.recorded_at]) AS told
    UNION ALL
    UNWIND $material_lots AS key MATCH (:MaterialLot {material_lot_id: key})<-[:ABOUT]-(event:Event)
    WHERE event.voided_at IS NULL
    RETURN 'MaterialLot' AS label, key, collect([event.event_id, event.type, event.data, event.source,
        event.source_sequence, event.occurred_at, event.recorded_at]) AS told
    UNION ALL
    UNWIND $substrates AS key MATCH (:Substrate {substrate_id: key})<-[:ABOUT]-(event:Event)
    WHERE event.voided_at IS NULL
    RETURN 'Substrate' AS label, key, collect([event.event_id, event.type, event.data, event.source,
        event.source_sequence, event.occurred_at, event.recorded_at]) AS told
    UNION ALL
    UNWIND $containers AS key MATCH (:Container {container_id: key})<-[:ABOUT]-(event:Event)
    WHERE event.voided_at IS NULL
    RETURN 'Container' AS label, key, collect([event.event_id, event.type, event.data, event.source,
        event.source_sequence, event.occurred_at, event.recorded_at]) AS told
    UNION ALL
    UNWIND $shipments AS key MATCH (:Shipment {shipment_id: key})<-[:ABOUT]-(event:Event)
    WHERE event.voided_at IS NULL
    RETURN 'Shipment' AS label, key, collect([event.event_id, event.type, event.data, event.source,
        event.source_sequence, event.occurred_at, event.recorded_at]) AS told
    UNION ALL
    MATCH (position:ShardPosition)
    RETURN 'ShardPosition' AS label, position.position_id AS key, [position.seq] AS told
"""
"""For a walk forward."""


@dataclass(frozen=True, slots=True)
class LikelyForward:
    """What a walk forward will most likely read: things by label."""

    lots: list[str]
    material_lots: list[str]
    substrates: list[str]
    containers: list[str]
    shipments: list[str]


@dataclass(frozen=True, slots=True)
class Likely:
    """What a walk back will most likely read: things by label, and events of material lots by id.

    ``whole``: those of material lots that nobody received, of which each use may be the first.
    """

    units: list[str]
    lots: list[str]
    substrates: list[str]
    event_ids: list[str]
    whole: list[str]


@dataclass(frozen=True, slots=True)
class Start:
    """What was read: histories of things, events by id (None: it does not count), positions of shards."""

    histories: dict[tuple[str, str], list[Event]]
    by_id: dict[str, Event | None]
    positions: dict[str, int]


async def start_of(graph: Graph, likely: Likely | LikelyForward) -> Start:
    """Everything recorded so far of what is likely needed."""
    if isinstance(likely, LikelyForward):
        things = {
            "Lot": likely.lots,
            "MaterialLot": likely.material_lots,
            "Substrate": likely.substrates,
            "Container": likely.containers,
            "Shipment": likely.shipments,
        }
        rows = await graph.read(
            FORWARD,
            lots=likely.lots,
            material_lots=likely.material_lots,
            substrates=likely.substrates,
            containers=likely.containers,
            shipments=likely.shipments,
        )
        return _start(rows, things, ())
    rows = await graph.read(
        STATEMENT,
        units=likely.units,
        lots=likely.lots,
        substrates=likely.substrates,
        event_ids=likely.event_ids,
        whole=likely.whole,
        tolerance=TOLERANCE_MS,
    )
    things = {"Unit": likely.units, "Lot": likely.lots, "Substrate": likely.substrates}
    return _start(rows, things, (*likely.event_ids, *likely.whole))


def _start(rows: list[dict[str, Any]], things: Mapping[str, list[str]], event_ids: Iterable[str]) -> Start:
    start = Start(
        {(label, key): [] for label, keys in things.items() for key in keys},
        dict.fromkeys(event_ids),
        {},
    )
    decoded: dict[str, Event] = {}
    for row in rows:
        label, key, told = row["label"], row["key"], row["told"]
        if label == "ShardPosition":
            start.positions[key] = told[0]
            continue
        for each in told:
            if each[0] not in decoded:
                decoded[each[0]] = event_told(each)
        events = [decoded[each[0]] for each in told]
        if label == "Event":
            start.by_id[key] = events[0]
        else:
            start.histories[label, key] = sorted(events, key=lambda event: event.order)
    return start
