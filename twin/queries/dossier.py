"""What a dossier of an answer tells: the events it rests on, and how far the twin had read before."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import Any

from twin.dossier.belongings import Belongings
from twin.dossier.question import moments_told, scope_told
from twin.dossier.recall import recall_for_customer, whole_recall
from twin.dossier.trace import trace_for_customer, whole_trace
from twin.errors import NotFound
from twin.events.event import Event
from twin.graph.session import Graph
from twin.lineage.exposure import exposure_in
from twin.lineage.genealogy import ancestors_in, descendants_in
from twin.lineage.plant import Plant
from twin.lineage.scope import thing_of
from twin.queries.clocks import LIVE, Clocks
from twin.queries.closure import Closure
from twin.queries.genealogy import genealogy_events
from twin.queries.named import must_be_known
from twin.queries.recall_impact import recall_events
from twin.queries.rings import Reached, Way
from twin.queries.watermark import watermark
from twin.records.dossier import Dossier, Head, Subject
from twin.records.genealogy import Lineage
from twin.records.recall import Exposure, RecallScope
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import TraceDirection
from twin.vocabulary.things import LABELS, Thing, ThingKind

_OWNED = (ThingKind.LOT, ThingKind.UNIT, ThingKind.CONTAINER, ThingKind.SHIPMENT, ThingKind.ORDER)


@dataclass(frozen=True, slots=True)
class Terms:
    """The moments of a dossier, how many facts a walk goes, for whose eyes it is; None limits nothing.

    ``by_customer``: that customer asks, who may know of no suspect but own things.
    """

    clocks: Clocks = LIVE
    depth: int | None = None
    customer_id: str | None = None
    by_customer: bool = False


async def recall_dossier(graph: Graph, scope: RecallScope, terms: Terms = Terms()) -> Dossier:
    """Everything that may carry a suspect; for a customer, what of that is the customer's.

    Raises:
        NotFound: no counted event names the suspect or the customer, or it is not the customer's who asks.
    """
    await _must_know_customer(graph, terms)
    head = await _head(graph, Subject.RECALL, {"scope": scope_told(scope)}, terms.clocks)
    events = await recall_events(graph, scope, terms.clocks, with_origins=True)
    plant, exposed = await asyncio.to_thread(_exposed, events, scope, terms.clocks)
    limit_hit = None if exposed.complete else exposed.limit_hit or "unknown"
    head = replace(head, complete=limit_hit is None, limit_hit=limit_hit)
    if terms.customer_id is None:
        return whole_recall(head, plant, exposed)
    suspect = thing_of(scope)
    if terms.by_customer and not Belongings(plant, terms.customer_id).has(suspect):
        raise NotFound(f"no counted event names {suspect}")
    return recall_for_customer(head, plant, exposed, scope, terms.customer_id)


async def trace_dossier(graph: Graph, root: Thing, direction: TraceDirection, terms: Terms) -> Dossier:
    """The walk from a thing; for a customer, what of it lies among the customer's things.

    Raises:
        NotFound: no counted event names the thing or the customer, or it is not the customer's.
    """
    await _must_know_customer(graph, terms)
    asked: dict[str, Any] = {
        "of": {"kind": root.kind.value, "key": root.key},
        "direction": direction.value,
    }
    if terms.depth is not None:
        asked["depth"] = terms.depth
    head = await _head(graph, Subject.TRACE, asked, terms.clocks)
    events = await genealogy_events(graph, root, direction, terms.clocks)
    plant, walked = await asyncio.to_thread(_walked, events, root, direction, terms)
    if terms.customer_id is None:
        return whole_trace(head, walked, plant)
    around = await _around(graph, walked, terms.clocks)
    whose = await asyncio.to_thread(Plant.of, around)
    return trace_for_customer(head, walked, whose, terms.customer_id)


async def _must_know_customer(graph: Graph, terms: Terms) -> None:
    """A file for a mistyped customer would tell of nothing affected."""
    if terms.customer_id is not None and not terms.by_customer:
        await must_be_known(graph, Thing(ThingKind.CUSTOMER, terms.customer_id))


async def _around(graph: Graph, walked: Lineage, clocks: Clocks) -> list[Event]:
    """The events that tell whose each thing of a walk is: where it went, and for which orders."""
    closure = Closure(graph, clocks)
    things = [node.thing for node in walked.nodes if node.kind in _OWNED]
    await closure.grow(Reached(Way.CARRIES, LABELS[thing.kind], thing.key) for thing in things)
    return await closure.complete()


def _exposed(events: list[Event], scope: RecallScope, clocks: Clocks) -> tuple[Plant, Exposure]:
    plant = Plant.of(events)
    return plant, exposure_in(plant, scope, clocks.as_of)


def _walked(
    events: list[Event], root: Thing, direction: TraceDirection, terms: Terms
) -> tuple[Plant, Lineage]:
    plant = Plant.of(events)
    walk = ancestors_in if direction is TraceDirection.ANCESTORS else descendants_in
    whole = walk(plant, root, terms.clocks.as_of)
    if terms.depth is None:
        return plant, whole
    nodes = tuple(node for node in whole.nodes if node.level <= terms.depth)
    near = {node.thing for node in nodes}
    edges = tuple(edge for edge in whole.edges if edge.source in near and edge.target in near)
    return plant, replace(whole, nodes=nodes, edges=edges)


async def _head(graph: Graph, subject: Subject, asked: dict[str, Any], clocks: Clocks) -> Head:
    """Read before the answer is: the watermark covers no more than the answer does."""
    read_up_to = await watermark(graph)
    now = Instant(time.time_ns() // 1_000_000)
    return Head(
        subject,
        asked | moments_told(clocks.as_of, clocks.known_at),
        now if clocks.as_of is None else clocks.as_of,
        now if clocks.known_at is None else clocks.known_at,
        read_up_to.token,
        read_up_to.sources,
        complete=True,
    )
