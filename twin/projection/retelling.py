"""Lets the nearest earlier events tell what a thing was before its latest events were taken back.

A material or product that everything names, a machine that runs for years: all their events are too many to
be folded again because one scan was wrong. The graph looks through their times and hands over the latest few.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final, LiteralString

from twin.events.event import Event, OrderKey
from twin.folds.fold import Fold
from twin.folds.run import FOR_EVER
from twin.graph.session import Transaction
from twin.projection.stored import stored_events
from twin.vocabulary.instants import Instant

LATEST: Final[dict[str, LiteralString]] = {
    "MaterialLot": """
        MATCH (thing:MaterialLot {material_lot_id: $key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL AND event.occurred_at <= $until
        RETURN event.event_id AS event_id, event.occurred_at AS occurred_at
        ORDER BY event.occurred_at DESC LIMIT $rows
    """,
    "Material": """
        MATCH (thing:Material {material_id: $key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL AND event.occurred_at <= $until
        RETURN event.event_id AS event_id, event.occurred_at AS occurred_at
        ORDER BY event.occurred_at DESC LIMIT $rows
    """,
    "Product": """
        MATCH (thing:Product {product_id: $key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL AND event.occurred_at <= $until
        RETURN event.event_id AS event_id, event.occurred_at AS occurred_at
        ORDER BY event.occurred_at DESC LIMIT $rows
    """,
    "Order": """
        MATCH (thing:Order {order_id: $key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL AND event.occurred_at <= $until
        RETURN event.event_id AS event_id, event.occurred_at AS occurred_at
        ORDER BY event.occurred_at DESC LIMIT $rows
    """,
    "Customer": """
        MATCH (thing:Customer {customer_id: $key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL AND event.occurred_at <= $until
        RETURN event.event_id AS event_id, event.occurred_at AS occurred_at
        ORDER BY event.occurred_at DESC LIMIT $rows
    """,
    "Equipment": """
        MATCH (thing:Equipment {equipment_id: $key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL AND event.occurred_at <= $until
        RETURN event.event_id AS event_id, event.occurred_at AS occurred_at
        ORDER BY event.occurred_at DESC LIMIT $rows
    """,
    "Operator": """
        MATCH (thing:Operator {operator_id: $key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL AND event.occurred_at <= $until
        RETURN event.event_id AS event_id, event.occurred_at AS occurred_at
        ORDER BY event.occurred_at DESC LIMIT $rows
    """,
    "Tool": """
        MATCH (thing:Tool {tool_id: $key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL AND event.occurred_at <= $until
        RETURN event.event_id AS event_id, event.occurred_at AS occurred_at
        ORDER BY event.occurred_at DESC LIMIT $rows
    """,
    "RecipeVersion": """
        MATCH (thing:RecipeVersion {recipe_version_id: $key})<-[:ABOUT]-(event:Event)
        WHERE event.voided_at IS NULL AND event.occurred_at <= $until
        RETURN event.event_id AS event_id, event.occurred_at AS occurred_at
        ORDER BY event.occurred_at DESC LIMIT $rows
    """,
}
"""The things that many events name; of any other all events are few."""

_PAGES: Final = (100, 2_000)
"""Rows asked for in turn: to sort 20,000 takes ArcadeDB longer than a fold of all events takes us."""


async def told_again(
    tx: Transaction, fold: Fold, names: Set[str], until: Instant, uncounted: Set[str]
) -> bool:
    """Whether the stored events up to a moment, the latest first, told what a fold lacks; they count already.

    ``uncounted``: events that the graph may hold and that do not count, or are not in the fold yet.
    """
    left = set(names)
    if not left:
        return True
    if fold.label not in LATEST:
        return False
    until = FOR_EVER if names & fold.told_by_latest else until
    for rows in _PAGES:
        page = await tx.read(LATEST[fold.label], key=fold.key, until=until, rows=rows)
        is_last = len(page) < rows
        whole = [row["event_id"] for row in page if is_last or row["occurred_at"] > page[-1]["occurred_at"]]
        events = await stored_events(tx, [event_id for event_id in whole if event_id not in uncounted])
        for event in sorted(events, key=_order, reverse=True):
            told = fold.tell_again(event, left)
            if told is None:
                return False
            left -= told
            if not left:
                return True
        if is_last:
            return True
    return False


def _order(event: Event) -> OrderKey:
    return event.order
