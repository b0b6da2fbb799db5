"""Lots with everything their events tell: runs, holds, consumptions, derivations."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from twin.events.event import Event
from twin.graph.session import Graph
from twin.lineage.plant import Plant
from twin.queries.clocks import Clocks
from twin.queries.closure import Closure
from twin.queries.history import histories
from twin.queries.rings import Reached, Way
from twin.records.lot import LotState


async def lot_histories(graph: Graph, lot_ids: Sequence[str], clocks: Clocks) -> dict[str, LotState]:
    """Runs, holds, consumptions and derivations of each lot that a counted event names, in one statement.

    What a lot inherits, and what units packed by name take from it, needs more: see ``lots_then``.
    """
    told = await histories(graph, "Lot", lot_ids, clocks)
    every = {event.event_id: event for events in told.values() for event in events}
    return await asyncio.to_thread(_states, [key for key in lot_ids if told[key]], every.values())


async def lots_then(graph: Graph, lot_ids: Sequence[str], clocks: Clocks) -> dict[str, LotState]:
    """Each of these lots at a moment, with what it inherits; nothing for one that was not yet named."""
    closure = Closure(graph, clocks)
    await closure.grow(Reached(Way.KNOWS, "Lot", lot_id) for lot_id in lot_ids)
    return await asyncio.to_thread(_states, lot_ids, await closure.complete())


def _states(lot_ids: Sequence[str], events: Iterable[Event]) -> dict[str, LotState]:
    plant = Plant.of(sorted(events, key=lambda event: event.order))
    states = {lot_id: plant.lot(lot_id) for lot_id in lot_ids}
    return {lot_id: state for lot_id, state in states.items() if state.revision}
