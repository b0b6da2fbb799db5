"""Where a thing came from and where it went, as a graph to draw (semantics.md section 3)."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeAlias

from twin.events.event import Event
from twin.folds.run import FOR_EVER
from twin.lineage.backward import sources
from twin.lineage.findings import about
from twin.lineage.forward import targets
from twin.lineage.hop import Hop, die_thing
from twin.lineage.plant import Plant
from twin.lineage.scope import must_be_named
from twin.records.genealogy import Lineage, LineageEdge, LineageNode
from twin.records.recall import LineageFinding
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import Thing, ThingKind

Hops: TypeAlias = Callable[[Thing, Instant, Instant | None], Iterable[Hop]]


def ancestors(events: Iterable[Event], root: Thing, as_of: Instant | None = None) -> Lineage:
    """What went into a thing, by counted events in their order.

    Raises:
        NotFound: no counted event names the thing.
    """
    return ancestors_in(Plant.of(events), root, as_of)


def descendants(events: Iterable[Event], root: Thing, as_of: Instant | None = None) -> Lineage:
    """What a thing went into, by counted events in their order.

    Raises:
        NotFound: no counted event names the thing.
    """
    return descendants_in(Plant.of(events), root, as_of)


def ancestors_in(plant: Plant, root: Thing, as_of: Instant | None = None) -> Lineage:
    """The same for a plant prepared before; each thing matters until the latest way it was used.

    Raises:
        NotFound: no counted event names the thing.
    """
    must_be_named(plant, root)
    start = FOR_EVER if as_of is None else as_of
    times, edges = _walk(root, start, lambda thing, until, _: sources(plant, thing, until), latest=True)
    return _lineage(plant, root, times, edges, backward=True)


def descendants_in(plant: Plant, root: Thing, as_of: Instant | None = None) -> Lineage:
    """The same for a plant prepared before; each thing matters since the earliest way it was reached.

    ``as_of`` needs no look here: what happened later is not among the counted events.

    Raises:
        NotFound: no counted event names the thing.
    """
    must_be_named(plant, root)
    del as_of
    times, edges = _walk(root, Instant(-FOR_EVER), partial(targets, plant), latest=False)
    return _lineage(plant, root, times, edges, backward=False)


def _walk(
    root: Thing, start: Instant, hops: Hops, *, latest: bool
) -> tuple[dict[Thing, Instant], list[tuple[Thing, Hop]]]:
    """Best time first, so that a thing reached by several ways is looked at once, with its widest time.

    What a container held it held for a while: one is looked at again for each while that says more.
    """
    sign = -1 if latest else 1
    times: dict[Thing, Instant] = {}
    ends: dict[Thing, int] = {}
    edges: list[tuple[Thing, Hop]] = []
    waiting: list[tuple[int, Thing, int]] = [(sign * start, root, -FOR_EVER)]
    while waiting:
        signed, thing, nearest = heapq.heappop(waiting)
        if -nearest <= ends.get(thing, -FOR_EVER):
            continue
        ends[thing] = -nearest
        at, end = Instant(sign * signed), None if nearest == -FOR_EVER else Instant(-sign * nearest)
        times.setdefault(thing, at)
        for hop in hops(thing, at, end):
            edges.append((thing, hop))
            far = FOR_EVER if hop.end is None else sign * hop.end
            if far > ends.get(hop.thing, -FOR_EVER):
                heapq.heappush(waiting, (sign * hop.at, hop.thing, -far))
    return times, edges


def _levels(root: Thing, edges: Iterable[tuple[Thing, Hop]]) -> dict[Thing, int]:
    """The depth of every thing, counted in edges."""
    next_to: dict[Thing, list[Thing]] = {}
    for thing, hop in edges:
        next_to.setdefault(thing, []).append(hop.thing)
    levels = {root: 0}
    waiting = deque([root])
    while waiting:
        thing = waiting.popleft()
        for neighbour in next_to.get(thing, ()):
            if neighbour not in levels:
                levels[neighbour] = levels[thing] + 1
                waiting.append(neighbour)
    return levels


def _lineage(
    plant: Plant,
    root: Thing,
    times: dict[Thing, Instant],
    edges: list[tuple[Thing, Hop]],
    *,
    backward: bool,
) -> Lineage:
    levels = _levels(root, edges)
    places: dict[int, int] = {}
    nodes: list[LineageNode] = []
    for thing in sorted(times, key=lambda thing: (levels[thing], thing.kind.value, thing.key)):
        level = levels[thing]
        places[level] = places.get(level, -1) + 1
        at = times[thing] if abs(times[thing]) < FOR_EVER else None
        until, since = (at, None) if backward else (None, at)
        nodes.append(LineageNode(thing, thing.key, level, places[level], until=until, since=since))
    drawn = dict.fromkeys(_edge(thing, hop, backward=backward) for thing, hop in edges)
    return Lineage(nodes[0], tuple(nodes), tuple(drawn), _findings(plant, times))


def _edge(thing: Thing, hop: Hop, *, backward: bool) -> LineageEdge:
    source, target = (hop.thing, thing) if backward else (thing, hop.thing)
    event = hop.event
    return LineageEdge(
        source,
        target,
        hop.relation,
        quantity=hop.quantity,
        unit=hop.unit,
        at=event.occurred_at if event else None,
        event_id=event.event_id if event else None,
    )


def _findings(plant: Plant, things: Iterable[Thing]) -> tuple[LineageFinding, ...]:
    touched = set(things)
    lots = sorted(thing.key for thing in touched if thing.kind is ThingKind.LOT)
    materials = sorted(thing.key for thing in touched if thing.kind is ThingKind.MATERIAL_LOT)
    dies = {conflict.die for conflict in plant.ledger.dies.conflicts if die_thing(conflict.die) in touched}
    return tuple(about(plant, lots, materials, touched, dies))
