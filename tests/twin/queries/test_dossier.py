from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests import factory as f
from tests.graph_fixtures import wipe
from tests.twin.dossier.led_day import for_customer, whole
from tests.twin.dossier.test_redaction import SCOPES
from tests.twin.dossier.two_customers import two_customers
from tests.twin.projection.arrivals import project
from twin.dossier.trace import trace_for_customer, whole_trace
from twin.graph.session import Graph
from twin.lineage.genealogy import ancestors_in, descendants_in
from twin.lineage.plant import Plant
from twin.queries.dossier import Terms, recall_dossier, trace_dossier
from twin.records.dossier import Dossier
from twin.records.recall import RecallScope
from twin.vocabulary.states import TraceDirection
from twin.vocabulary.things import Thing, ThingKind

EVENTS = sorted(two_customers(), key=lambda event: event.order)
CUSTOMERS = [None, "A", "CANARY-B", "STRANGER"]
ROOTS = [
    Thing(ThingKind.LOT, "A1"),
    Thing(ThingKind.LOT, "AB"),
    Thing(ThingKind.UNIT, "A-UNIT"),
    Thing(ThingKind.ORDER, "ORD-A"),
    Thing(ThingKind.SHIPMENT, "SHIP-A"),
]


@pytest.fixture(scope="module")
async def plant(graph: Graph) -> AsyncIterator[Graph]:
    await wipe(graph)
    await project(graph, *EVENTS, f.order_received(order_id="ORD-S", customer_id="STRANGER"))
    yield graph
    await wipe(graph)


def told(dossier: Dossier) -> dict[str, Any]:
    tables = {table.name: list(table.rows()) for table in dossier.tables}
    events = [(event.event_id, dossier.runs.get(event.event_id)) for event in dossier.events]
    return {**tables, "events": events}


@pytest.mark.parametrize("scope", SCOPES, ids=repr)
async def test_the_events_fetched_for_a_recall_tell_as_much_as_all_events(
    plant: Graph, scope: RecallScope
) -> None:
    for customer in CUSTOMERS:
        found = await recall_dossier(plant, scope, Terms(customer_id=customer))
        wanted = whole(EVENTS, scope) if customer is None else for_customer(EVENTS, customer, scope)
        assert told(found) == told(wanted), customer


@pytest.mark.parametrize("direction", list(TraceDirection))
@pytest.mark.parametrize("root", ROOTS, ids=str)
async def test_the_events_fetched_for_a_walk_tell_as_much_as_all_events(
    plant: Graph, root: Thing, direction: TraceDirection
) -> None:
    all_events = Plant.of(EVENTS)
    walk = ancestors_in if direction is TraceDirection.ANCESTORS else descendants_in
    walked = walk(all_events, root)
    for customer in (None, "A"):
        found = await trace_dossier(plant, root, direction, Terms(customer_id=customer))
        if customer is None:
            assert told(found) == told(whole_trace(found.head, walked, all_events))
        else:
            assert told(found) == told(trace_for_customer(found.head, walked, all_events, customer))
