"""Units as the whole history tells them: moved with their lots, built in, packed, shipped, scrapped."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from twin.errors import NotFound
from twin.events.event import Event
from twin.graph.session import Graph
from twin.lineage.plant import Plant
from twin.lineage.unit_facts import UnitFacts, unit_in
from twin.queries.clocks import Clocks
from twin.queries.closure import Closure
from twin.queries.rings import Reached, Way


async def unit_facts(graph: Graph, unit_ids: Sequence[str], clocks: Clocks) -> dict[str, UnitFacts]:
    """What is known of each of these units; nothing for one that no counted event names."""
    closure = Closure(graph, clocks)
    await closure.grow(Reached(Way.CARRIES, "Unit", unit_id) for unit_id in unit_ids)
    return await asyncio.to_thread(_facts, unit_ids, await closure.complete())


def _facts(unit_ids: Sequence[str], events: list[Event]) -> dict[str, UnitFacts]:
    plant = Plant.of(events)
    found: dict[str, UnitFacts] = {}
    for unit_id in unit_ids:
        try:
            found[unit_id] = unit_in(plant, unit_id)
        except NotFound:
            continue
    return found
