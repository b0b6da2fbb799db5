"""What counted events say about things: the input of every fold (semantics.md section 1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, LiteralString

from twin.events.codec import fact_of
from twin.events.event import Event
from twin.graph.session import Graph
from twin.queries.clocks import Clocks
from twin.queries.things import CHUNK
from twin.vocabulary.instants import Instant

ABOUT: Final[dict[str, LiteralString]] = {
    "Lot": """
        UNWIND $keys AS key MATCH (:Lot {lot_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        RETURN event, collect(key) AS keys
    """,
    "MaterialLot": """
        UNWIND $keys AS key MATCH (:MaterialLot {material_lot_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        RETURN event, collect(key) AS keys
    """,
    "Material": """
        UNWIND $keys AS key MATCH (:Material {material_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        RETURN event, collect(key) AS keys
    """,
    "Product": """
        UNWIND $keys AS key MATCH (:Product {product_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        RETURN event, collect(key) AS keys
    """,
    "Order": """
        UNWIND $keys AS key MATCH (:Order {order_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        RETURN event, collect(key) AS keys
    """,
    "Customer": """
        UNWIND $keys AS key MATCH (:Customer {customer_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        RETURN event, collect(key) AS keys
    """,
    "Equipment": """
        UNWIND $keys AS key MATCH (:Equipment {equipment_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        RETURN event, collect(key) AS keys
    """,
    "Operator": """
        UNWIND $keys AS key MATCH (:Operator {operator_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        RETURN event, collect(key) AS keys
    """,
    "Tool": """
        UNWIND $keys AS key MATCH (:Tool {tool_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        RETURN event, collect(key) AS keys
    """,
    "RecipeVersion": """
        UNWIND $keys AS key MATCH (:RecipeVersion {recipe_version_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        RETURN event, collect(key) AS keys
    """,
    "Substrate": """
        UNWIND $keys AS key MATCH (:Substrate {substrate_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        RETURN event, collect(key) AS keys
    """,
    "Unit": """
        UNWIND $keys AS key MATCH (:Unit {unit_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        RETURN event, collect(key) AS keys
    """,
    "Container": """
        UNWIND $keys AS key MATCH (:Container {container_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        RETURN event, collect(key) AS keys
    """,
    "Shipment": """
        UNWIND $keys AS key MATCH (:Shipment {shipment_id: key})<-[:ABOUT]-(event:Event)
        WHERE event.occurred_at <= $as_of AND event.recorded_at <= $known_at
          AND (event.voided_at IS NULL OR event.voided_at > $known_at)
          AND ($types IS NULL OR event.type IN $types)
        RETURN event, collect(key) AS keys
    """,
}
"""Label to the statement that finds the counted events about its things."""


async def histories(
    graph: Graph, label: str, keys: Sequence[str], clocks: Clocks, types: Iterable[str] | None = None
) -> dict[str, list[Event]]:
    """The counted events about each of these things in their order; an empty list for a stranger."""
    found: dict[str, list[Event]] = {key: [] for key in keys}
    wanted = None if types is None else sorted(types)
    distinct = list(found)
    for start in range(0, len(distinct), CHUNK):
        rows = await graph.read(
            ABOUT[label],
            keys=distinct[start : start + CHUNK],
            as_of=clocks.latest,
            known_at=clocks.learned,
            types=wanted,
        )
        for row in rows:
            event = event_of(row["event"])
            for key in row["keys"]:
                found[key].append(event)
    for events in found.values():
        events.sort(key=lambda event: event.order)
    return found


def event_of(row: dict[str, Any]) -> Event:
    """The event that a node of the graph tells."""
    return Event(
        event_id=row["event_id"],
        source=row["source"],
        source_sequence=row.get("source_sequence"),
        occurred_at=Instant(row["occurred_at"]),
        recorded_at=Instant(row["recorded_at"]),
        fact=fact_of(row["type"], row["data"]),
    )
