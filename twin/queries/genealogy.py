"""A walk back to what went in, or forward to what came out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from twin.events.event import Event
from twin.events.lot import LotTrackedIn, LotTrackedOut
from twin.events.naming import named
from twin.graph.session import Graph
from twin.lineage.genealogy import ancestors, descendants
from twin.lineage.strangers import strangers
from twin.queries.ahead import start_of
from twin.queries.clocks import Clocks
from twin.queries.closure import Closure
from twin.queries.index.index import AT_ONCE_S, LineageIndex
from twin.queries.named_once import named_once
from twin.queries.rings import Reached, Way
from twin.records.genealogy import Lineage
from twin.vocabulary.states import TraceDirection
from twin.vocabulary.things import LABELS, Thing, ThingKind, lots_of_run

_TRACKING = ("LotTrackedIn", "LotTrackedOut", "TrackInCancelled")
_TOOLS = ("ToolMounted", "ToolUnmounted")
_COMES_FROM_NOTHING: Final = frozenset({"Equipment", "Tool", "Operator", "RecipeVersion"})
"""Nothing goes into these: whoever walks back from one only has to know that it exists."""

_AT_ONCE: Final = 64
"""So few events are folded sooner than another thread has begun."""


async def genealogy(
    graph: Graph,
    root: Thing,
    direction: TraceDirection,
    clocks: Clocks,
    index: LineageIndex | None = None,
) -> Lineage:
    """The whole walk from a thing, over the events that count at these moments.

    A warm index spares it what cannot matter.

    Raises:
        NotFound: no counted event names the thing.
    """
    events = await genealogy_events(graph, root, direction, clocks, index)
    walk = ancestors if direction is TraceDirection.ANCESTORS else descendants
    if len(events) <= _AT_ONCE:
        return walk(events, root, clocks.as_of)
    return await asyncio.to_thread(walk, events, root, clocks.as_of)


async def genealogy_events(
    graph: Graph,
    root: Thing,
    direction: TraceDirection,
    clocks: Clocks,
    index: LineageIndex | None = None,
) -> list[Event]:
    """The counted events that the walk rests on, in their order."""
    back = direction is TraceDirection.ANCESTORS
    way = Way.SOURCE if back else Way.CARRIES
    starts = _starts(root)
    label, key = starts[0]
    if back and label in _COMES_FROM_NOTHING:
        return await named_once(graph, label, key, clocks)
    closure = Closure(graph, clocks, with_identity=False)
    if index is not None and clocks.live:
        await _begin(closure, graph, index, (label, key), back=back)
    if back and label in ("Order", "Customer"):
        await _grow_from_orders(closure, label, key)
    elif label in ("Equipment", "Tool", "Operator", "RecipeVersion", "Customer"):
        named = await closure.about(label, [key], (*_TRACKING, *_TOOLS, "OrderReceived", "Shipped"))
        named = named or await closure.about(label, [key])
        await closure.grow(Reached(way, "Lot", lot_id) for lot_id in _tracked(named))
    else:
        await closure.grow(Reached(way, *start) for start in starts)
    events = await closure.complete(tools=back)
    known = {reached.key for reached in closure.reached if reached.label == "Lot"}
    unknown = strangers(events) - known if back else set()
    if not unknown:
        return events
    await closure.grow(Reached(Way.KNOWS, "Lot", lot_id) for lot_id in unknown)
    return await closure.complete(tools=back)


async def _begin(
    closure: Closure, graph: Graph, index: LineageIndex, name: tuple[str, str], *, back: bool
) -> None:
    """Read what the walk will most likely need at once; hints of an index that is behind are dropped."""
    hints = index.guesses()
    likely = None if hints is None else hints.ahead(*name) if back else hints.ahead_forward(*name)
    if likely is None:
        closure.hints = await index.hints()
        return
    start = await start_of(graph, likely)
    closure.know(start)
    if await index.reaches(start.positions, AT_ONCE_S):
        closure.hints = hints


async def ancestor_events(graph: Graph, roots: Sequence[Thing], clocks: Clocks) -> list[Event]:
    """The counted events that the walks back from several things rest on, in their order."""
    closure = Closure(graph, clocks, with_identity=False)
    await closure.grow(Reached(Way.SOURCE, *start) for root in roots for start in _starts(root))
    return await closure.complete(tools=True)


async def _grow_from_orders(closure: Closure, label: str, key: str) -> None:
    """What went into orders: everything that inherits them, and what went into that."""
    about = await closure.about(label, [key])
    orders = {name for event in about for kind, name in named(event.fact) if kind == "Order"}
    await closure.grow(Reached(Way.CARRIES, "Order", order_id) for order_id in orders)
    reached = {thing for event in await closure.complete() for thing in named(event.fact)}
    wanted = {"Lot", "Unit", "Container", "Shipment"}
    await closure.grow(Reached(Way.SOURCE, kind, name) for kind, name in reached if kind in wanted)


def _starts(root: Thing) -> list[tuple[str, str]]:
    """The nodes that events about the thing are about; of a run, the lot of each way to read its key."""
    if root.kind is ThingKind.DIE:
        return [("Substrate", root.key.rpartition("@")[0])]
    if root.kind is ThingKind.OPERATION_RUN:
        return [("Lot", lot_id) for lot_id in lots_of_run(root.key)] or [("Lot", root.key)]
    return [(LABELS[root.kind], root.key)]


def _tracked(events: list[Event]) -> set[str]:
    return {e.fact.lot_id for e in events if isinstance(e.fact, LotTrackedIn | LotTrackedOut)}
