"""Whether a counted event names what a question names: asked of the graph, without reading any event."""

from __future__ import annotations

from typing import Final, LiteralString

from twin.errors import NotFound
from twin.graph.session import Graph
from twin.vocabulary.things import LABELS, Thing

NAMED: Final[dict[str, LiteralString]] = {
    "Lot": """
        MATCH (:Lot {lot_id: $key})<-[:ABOUT]-(event:Event) WHERE event.voided_at IS NULL
        RETURN event.event_id AS event_id LIMIT 1
    """,
    "MaterialLot": """
        MATCH (:MaterialLot {material_lot_id: $key})<-[:ABOUT]-(event:Event) WHERE event.voided_at IS NULL
        RETURN event.event_id AS event_id LIMIT 1
    """,
    "Substrate": """
        MATCH (:Substrate {substrate_id: $key})<-[:ABOUT]-(event:Event) WHERE event.voided_at IS NULL
        RETURN event.event_id AS event_id LIMIT 1
    """,
    "Equipment": """
        MATCH (:Equipment {equipment_id: $key})<-[:ABOUT]-(event:Event) WHERE event.voided_at IS NULL
        RETURN event.event_id AS event_id LIMIT 1
    """,
    "Tool": """
        MATCH (:Tool {tool_id: $key})<-[:ABOUT]-(event:Event) WHERE event.voided_at IS NULL
        RETURN event.event_id AS event_id LIMIT 1
    """,
    "Operator": """
        MATCH (:Operator {operator_id: $key})<-[:ABOUT]-(event:Event) WHERE event.voided_at IS NULL
        RETURN event.event_id AS event_id LIMIT 1
    """,
    "RecipeVersion": """
        MATCH (:RecipeVersion {recipe_version_id: $key})<-[:ABOUT]-(event:Event) WHERE event.voided_at IS NULL
        RETURN event.event_id AS event_id LIMIT 1
    """,
    "Customer": """
        MATCH (:Customer {customer_id: $key})<-[:ABOUT]-(event:Event) WHERE event.voided_at IS NULL
        RETURN event.event_id AS event_id LIMIT 1
    """,
}
"""One counted event that names the thing: what a recall can start from, or a customer."""


async def must_be_known(graph: Graph, thing: Thing) -> None:
    """A mistyped name must never read as "nothing affected".

    Raises:
        NotFound: no counted event names the thing.
    """
    if not await graph.read(NAMED[LABELS[thing.kind]], key=thing.key):
        raise NotFound(f"no counted event names {thing}")
