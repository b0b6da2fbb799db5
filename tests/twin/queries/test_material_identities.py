from __future__ import annotations

from msgspec.structs import replace

from tests.factory import (
    at,
    event_voided,
    lot_created,
    material_consumed,
    material_lot_received,
    material_mixed,
    material_thawed,
)
from tests.twin.projection.arrivals import project
from twin.graph.session import Graph
from twin.queries.clocks import LIVE, Clocks
from twin.queries.history import histories
from twin.queries.material_identities import identities
from twin.queries.selection import IDENTITY
from twin.vocabulary.instants import Instant

KEYS = ["PASTE-1", "POWDER-1", "NOBODY"]
INPUTS = [{"material_lot_id": "POWDER-1", "quantity": 1.0, "unit": "KG"}]
EVENTS = [
    material_lot_received(event_id="powder", occurred_at="05:00", material_lot_id="POWDER-1"),
    material_mixed(event_id="mixed", occurred_at="06:00", material_lot_id="PASTE-1", inputs=INPUTS),
    material_thawed(event_id="thawed", occurred_at="07:00", material_lot_id="PASTE-1"),
    lot_created(occurred_at="07:00", lot_id="LOT-1", quantity=10),
    material_consumed(event_id="used", occurred_at="08:00", lot_id="LOT-1", material_lot_id="PASTE-1"),
]


async def ids(graph: Graph, clocks: Clocks) -> dict[str, list[str]]:
    found = await identities(graph, KEYS, clocks)
    assert found == await histories(graph, "MaterialLot", KEYS, clocks, IDENTITY)
    return {key: [event.event_id for event in events] for key, events in found.items()}


async def test_what_a_material_lot_is_tell_those_who_received_mixed_and_thawed_it(empty_graph: Graph) -> None:
    await project(empty_graph, *EVENTS)
    assert await ids(empty_graph, LIVE) == {
        "PASTE-1": ["mixed", "thawed"],
        "POWDER-1": ["powder", "mixed"],
        "NOBODY": [],
    }
    assert await ids(empty_graph, Clocks(as_of=at("06:30"))) == {
        "PASTE-1": ["mixed"],
        "POWDER-1": ["powder", "mixed"],
        "NOBODY": [],
    }


async def test_what_was_taken_back_counts_only_for_those_who_look_from_before(empty_graph: Graph) -> None:
    learned = Instant(1_000)
    told = [replace(event, recorded_at=learned) for event in EVENTS]
    void = replace(event_voided(occurred_at="09:00", voided_event_id="mixed"), recorded_at=Instant(2_000))
    await project(empty_graph, *told, void)
    assert (await ids(empty_graph, LIVE))["POWDER-1"] == ["powder"]
    assert (await ids(empty_graph, Clocks(known_at=learned)))["POWDER-1"] == ["powder", "mixed"]
    rows = await empty_graph.read(
        "MATCH (event:Event)-[one:IDENTIFIES]->(:MaterialLot) "
        "RETURN event.event_id AS event_id, one.voided_at AS voided_at ORDER BY event_id"
    )
    assert [(row["event_id"], row["voided_at"]) for row in rows] == [
        ("mixed", 2_000),
        ("mixed", 2_000),
        ("powder", None),
        ("thawed", None),
    ]
