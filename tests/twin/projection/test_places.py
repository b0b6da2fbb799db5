from __future__ import annotations

from tests import factory
from tests.twin.projection.arrivals import project
from twin.graph.session import Graph

MOVES = (
    "MATCH (thing)-[moved:MOVED_TO]->(place:Location)"
    " RETURN coalesce(thing.lot_id, thing.material_lot_id) AS thing, place.location_id AS place,"
    " moved.event_id AS event_id, moved.voided_at IS NOT NULL AS is_void ORDER BY event_id"
)


async def test_each_way_of_a_lot_and_a_material_lot_is_kept_with_its_event(empty_graph: Graph) -> None:
    await project(
        empty_graph,
        factory.lot_moved(event_id="1", lot_id="L1", location_id="RACK-1"),
        factory.lot_moved(event_id="2", lot_id="L1", location_id="RACK-2"),
        factory.lot_moved(event_id="3", lot_id="L2", location_id="RACK-2"),
        factory.material_lot_received(event_id="4", location_id="FRIDGE-1"),
        factory.material_moved(event_id="5", location_id="FRIDGE-2"),
        factory.event_voided(voided_event_id="2"),
        factory.event_voided(voided_event_id="5"),
    )
    assert [tuple(row.values()) for row in await empty_graph.read(MOVES)] == [
        ("L1", "RACK-1", "1", False),
        ("L1", "RACK-2", "2", True),
        ("L2", "RACK-2", "3", False),
        ("PASTE-1", "FRIDGE-1", "4", False),
        ("PASTE-1", "FRIDGE-2", "5", True),
    ]


async def test_a_material_lot_leads_to_its_supplier_and_an_order_to_its_customer(empty_graph: Graph) -> None:
    await project(
        empty_graph,
        factory.material_lot_received(
            event_id="in", supplier_id="ACME", supplier_lot="A-7", quantity=500, unit="G"
        ),
        factory.order_received(event_id="order", order_id="O-1", customer_id="K-1", quantity=9),
    )
    ways = (
        "MATCH (thing)-[tie:SUPPLIED_BY|ORDERED_BY]->(who)"
        " RETURN coalesce(who.supplier_id, who.customer_id) AS who, tie.event_id AS event_id,"
        " tie.supplier_lot AS supplier_lot, tie.quantity AS quantity ORDER BY who"
    )
    assert [tuple(row.values()) for row in await empty_graph.read(ways)] == [
        ("ACME", "in", "A-7", 500.0),
        ("K-1", "order", None, 9),
    ]

    await project(empty_graph, factory.event_voided(voided_event_id="order"))

    left = "MATCH (:Order)-[tie:ORDERED_BY]->() RETURN tie.voided_at IS NOT NULL AS is_void"
    assert await empty_graph.read(left) == [{"is_void": True}]
