"""What counted events say about things: the input of every fold (semantics.md section 1)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Final, LiteralString

from twin.events.codec import fact_of
from twin.events.event import Event
from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.vocabulary.instants import Instant

ABOUT: Final[dict[str, LiteralString]] = {
    "Lot": """
        UNWIND $keys AS key MATCH (:Lot {lot_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        WITH event, collect(key) AS keys
        RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                        event.occurred_at, event.recorded_at, keys]) AS told
    """,
    "MaterialLot": """
        UNWIND $keys AS key MATCH (:MaterialLot {material_lot_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        WITH event, collect(key) AS keys
        RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                        event.occurred_at, event.recorded_at, keys]) AS told
    """,
    "Material": """
        UNWIND $keys AS key MATCH (:Material {material_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        WITH event, collect(key) AS keys
        RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                        event.occurred_at, event.recorded_at, keys]) AS told
    """,
    "Product": """
        UNWIND $keys AS key MATCH (:Product {product_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        WITH event, collect(key) AS keys
        RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                        event.occurred_at, event.recorded_at, keys]) AS told
    """,
    "Order": """
        UNWIND $keys AS key MATCH (:Order {order_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        WITH event, collect(key) AS keys
        RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                        event.occurred_at, event.recorded_at, keys]) AS told
    """,
    "Customer": """
        UNWIND $keys AS key MATCH (:Customer {customer_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        WITH event, collect(key) AS keys
        RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                        event.occurred_at, event.recorded_at, keys]) AS told
    """,
    "Equipment": """
        UNWIND $keys AS key MATCH (:Equipment {equipment_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        WITH event, collect(key) AS keys
        RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                        event.occurred_at, event.recorded_at, keys]) AS told
    """,
    "Operator": """
        UNWIND $keys AS key MATCH (:Operator {operator_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        WITH event, collect(key) AS keys
        RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                        event.occurred_at, event.recorded_at, keys]) AS told
    """,
    "Tool": """
        UNWIND $keys AS key MATCH (:Tool {tool_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        WITH event, collect(key) AS keys
        RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                        event.occurred_at, event.recorded_at, keys]) AS told
    """,
    "RecipeVersion": """
        UNWIND $keys AS key MATCH (:RecipeVersion {recipe_version_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        WITH event, collect(key) AS keys
        RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                        event.occurred_at, event.recorded_at, keys]) AS told
    """,
    "Substrate": """
        UNWIND $keys AS key MATCH (:Substrate {substrate_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        WITH event, collect(key) AS keys
        RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                        event.occurred_at, event.recorded_at, keys]) AS told
    """,
    "Unit": """
        UNWIND $keys AS key MATCH (:Unit {unit_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        WITH event, collect(key) AS keys
        RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                        event.occurred_at, event.recorded_at, keys]) AS told
    """,
    "Container": """
        UNWIND $keys AS key MATCH (:Container {container_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        WITH event, collect(key) AS keys
        RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                        event.occurred_at, event.recorded_at, keys]) AS told
    """,
    "Shipment": """
        UNWIND $keys AS key MATCH (:Shipment {shipment_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        WITH event, collect(key) AS keys
        RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                        event.occurred_at, event.recorded_at, keys]) AS told
    """,
    "Alarm": """
        UNWIND $keys AS key MATCH (:Alarm {alarm_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        WITH event, collect(key) AS keys
        RETURN collect([event.event_id, event.type, event.data, event.source, event.source_sequence,
                        event.occurred_at, event.recorded_at, keys]) AS told
    """,
}
"""Label to the statement that finds the counted events about its things, all in one row."""

_KEYS_AT_ONCE: Final = 250
"""So that the one row that answers stays small."""

_EVENTS_AT_A_STRETCH: Final = 200
"""Events read before others have a turn: each takes some 15 us."""


async def histories(
    graph: Graph, label: str, keys: Sequence[str], clocks: Clocks, types: Iterable[str] | None = None
) -> dict[str, list[Event]]:
    """The counted events about each of these things in their order; an empty list for a stranger."""
    found: dict[str, list[Event]] = {key: [] for key in keys}
    wanted = None if types is None else sorted(types)
    distinct = list(found)
    for start in range(0, len(distinct), _KEYS_AT_ONCE):
        rows = await graph.read(
            ABOUT[label],
            keys=distinct[start : start + _KEYS_AT_ONCE],
            as_of=clocks.latest,
            known_at=clocks.learned,
            types=wanted,
        )
        for number, told in enumerate(rows[0]["told"], 1):
            if number % _EVENTS_AT_A_STRETCH == 0:
                await asyncio.sleep(0)
            event = event_told(told)
            for key in told[-1]:
                found[key].append(event)
    for events in found.values():
        events.sort(key=lambda event: event.order)
    return found


def event_told(told: Sequence[Any]) -> Event:
    """The event that a list tells: id, type, fact, source and its sequence, both clocks."""
    return Event(
        event_id=told[0],
        source=told[3],
        source_sequence=told[4],
        occurred_at=Instant(told[5]),
        recorded_at=Instant(told[6]),
        fact=fact_of(told[1], told[2]),
    )
