"""Everything that may carry a suspect: the events gathered, the arithmetic done beside the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Final

from twin.events.event import Event
from twin.events.lot import LotTrackedIn, LotTrackedOut, TrackInCancelled
from twin.events.tool import ToolMounted, ToolUnmounted
from twin.graph.session import Graph
from twin.lineage.exposure import exposure
from twin.lineage.scope import thing_of
from twin.queries.clocks import Clocks
from twin.queries.closure import Closure
from twin.queries.index.index import LineageIndex
from twin.queries.rings import Reached, Way
from twin.records.recall import (
    EquipmentScope,
    Exposure,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
    WaferScope,
    Window,
)
from twin.vocabulary.things import LABELS, recipe_version_key

_TRACKING: Final = ("LotTrackedIn", "LotTrackedOut", "TrackInCancelled")


async def recall_impact(
    graph: Graph,
    scope: RecallScope,
    clocks: Clocks,
    index: LineageIndex | None = None,
    covering: Mapping[str, int] | None = None,
) -> Exposure:
    """What a scope exposes among the events that count at these moments.

    A warm index that has read up to ``covering`` answers; else the graph does, and says the same.

    Raises:
        NotFound: the scope names something that no counted event names.
    """
    found = None if index is None else await index.exposure(scope, clocks, covering)
    if found is not None:
        return found
    events = await recall_events(graph, scope, clocks)
    return await asyncio.to_thread(exposure, events, scope, clocks.as_of)


async def recall_events(
    graph: Graph, scope: RecallScope, clocks: Clocks, *, with_origins: bool = False
) -> list[Event]:
    """The counted events that the answer to a scope rests on, in their order.

    ``with_origins``: also where the dies of reached lots came from, when none of them can be a suspect.
    """
    return await (await recall_closure(graph, scope, clocks, with_origins=with_origins)).complete()


async def recall_closure(
    graph: Graph, scope: RecallScope, clocks: Clocks, *, with_origins: bool = False
) -> Closure:
    """The same, with what was walked over."""
    closure = Closure(graph, clocks, with_origins=with_origins or isinstance(scope, WaferScope))
    seeds = await seeds_of_scope(closure, scope)
    await closure.grow(Reached(Way.CARRIES, label, key) for label, key in seeds)
    return closure


async def seeds_of_scope(closure: Closure, scope: RecallScope) -> set[tuple[str, str]]:
    """The things that a scope exposes at first, as label and key."""
    match scope:
        case MaterialLotScope() | LotScope() | WaferScope():
            named = thing_of(scope)
            return {(LABELS[named.kind], named.key)}
        case EquipmentScope(equipment_id=key, window=window):
            return await _lots_on(closure, [key], window) or await _nothing_of(closure, "Equipment", key)
        case ToolScope(tool_id=key, window=window):
            mounts = await closure.about("Tool", [key])
            machines = {
                e.fact.equipment_id for e in mounts if isinstance(e.fact, ToolMounted | ToolUnmounted)
            }
            return await _lots_on(closure, sorted(machines), window)
        case OperatorScope(operator_id=key):
            lots = _lots_of(await closure.about("Operator", [key], _TRACKING))
            return lots or await _nothing_of(closure, "Operator", key)
        case RecipeVersionScope(recipe_id=recipe, version=version):
            return _lots_of(await closure.about("RecipeVersion", [recipe_version_key(recipe, version)]))


async def _nothing_of(closure: Closure, label: str, key: str) -> set[tuple[str, str]]:
    """No lot; but whatever names the thing is needed to know that it exists."""
    await closure.about(label, [key])
    return set()


async def _lots_on(closure: Closure, machines: list[str], window: Window) -> set[tuple[str, str]]:
    """The lots whose runs on these machines may overlap a window."""
    events = await closure.about("Equipment", machines, _TRACKING)
    last_before: dict[tuple[str, str, str], Event] = {}
    found: set[tuple[str, str]] = set()
    for event in sorted(events, key=lambda each: each.order):
        fact = event.fact
        if not isinstance(fact, LotTrackedIn | LotTrackedOut | TrackInCancelled):
            continue
        if window.end is not None and event.occurred_at > window.end:
            continue
        if window.start is not None and event.occurred_at < window.start:
            last_before[fact.lot_id, fact.operation, fact.equipment_id] = event
        else:
            found.add(("Lot", fact.lot_id))
    still_open = (e.fact.lot_id for e in last_before.values() if isinstance(e.fact, LotTrackedIn))
    return found | {("Lot", lot_id) for lot_id in still_open}


def _lots_of(events: Iterable[Event]) -> set[tuple[str, str]]:
    return {
        ("Lot", event.fact.lot_id) for event in events if isinstance(event.fact, LotTrackedIn | LotTrackedOut)
    }
