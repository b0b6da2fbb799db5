from __future__ import annotations

from bench.bulk import load
from bench.mixed_events import EVENTS_A_LOT, lot_events
from twin.events.codec import decode
from twin.events.naming import named
from twin.graph.session import Graph
from twin.queries.clocks import LIVE
from twin.queries.history import histories


async def test_a_plant_written_at_once_ties_each_event_to_all_that_it_names(empty_graph: Graph) -> None:
    events = [decode(line) for line in lot_events(3)]
    assert await load(empty_graph, events) == 3 * EVENTS_A_LOT
    for label in ("Lot", "MaterialLot", "Equipment"):
        keys = sorted({key for event in events for kind, key in named(event.fact) if kind == label})
        told = await histories(empty_graph, label, keys, LIVE)
        assert {key: {event.event_id for event in found} for key, found in told.items()} == {
            key: {event.event_id for event in events if (label, key) in named(event.fact)} for key in keys
        }
