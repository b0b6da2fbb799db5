"""What bad things share more often than good ones."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from math import comb
from typing import Final

from twin.errors import Refused
from twin.events.event import Event
from twin.graph.session import Graph
from twin.lineage.genealogy import ancestors_in
from twin.lineage.plant import Plant
from twin.queries.clocks import LIVE
from twin.queries.genealogy import ancestor_events
from twin.records.answer import SuspectFactor
from twin.records.genealogy import LineageNode
from twin.vocabulary.things import Thing, ThingKind

_THINGS_AT_MOST: Final = 200
_WALKED: Final = frozenset({ThingKind.LOT, ThingKind.UNIT, ThingKind.SUBSTRATE, ThingKind.MATERIAL_LOT})
_TOO_NARROW: Final = frozenset({ThingKind.OPERATION_RUN, ThingKind.DIE})
"""A run or a die belongs to one lot or unit: shared ones are told by what they used."""


async def commonality(graph: Graph, bad: Sequence[Thing], good: Sequence[Thing]) -> list[SuspectFactor]:
    """The ancestors that bad things share, the least likely to be chance first.

    Raises:
        NotFound: no counted event names one of the things.
        Refused: ``thing.bad_kind``, ``list.too_long``, or ``list.empty`` without a bad thing.
    """
    ill, sound = list(dict.fromkeys(bad)), [thing for thing in dict.fromkeys(good) if thing not in set(bad)]
    _check(ill, sound)
    events = await ancestor_events(graph, [*ill, *sound], LIVE)
    return await asyncio.to_thread(ranked, events, ill, sound)


def ranked(events: Sequence[Event], bad: Sequence[Thing], good: Sequence[Thing]) -> list[SuspectFactor]:
    """The same over counted events in their order."""
    plant = Plant.of(events)
    nodes: dict[Thing, LineageNode] = {}
    covered: dict[Thing, tuple[int, int]] = {}
    for group, things in enumerate((bad, good)):
        for thing in things:
            for node in ancestors_in(plant, thing).nodes:
                if node.thing != thing and node.kind not in _TOO_NARROW:
                    nodes[node.thing] = node
                    ill, sound = covered.get(node.thing, (0, 0))
                    covered[node.thing] = (ill + 1, sound) if group == 0 else (ill, sound + 1)
    needed = min(2, len(bad))
    factors = [
        _factor(nodes[thing], counts, (len(bad), len(good)))
        for thing, counts in covered.items()
        if counts[0] >= needed
    ]
    return sorted(factors, key=lambda row: (row.p_value, -row.lift, -row.bad_covered, row.key))


def by_chance(bad_covered: int, good_covered: int, bad: int, good: int) -> float:
    """How likely at least so many of the bad things would be covered by chance (Fisher's exact test)."""
    covered = bad_covered + good_covered
    ways = sum(
        comb(covered, hit) * comb(bad + good - covered, bad - hit)
        for hit in range(bad_covered, min(bad, covered) + 1)
    )
    return ways / comb(bad + good, bad)


def _factor(node: LineageNode, covered: tuple[int, int], sizes: tuple[int, int]) -> SuspectFactor:
    (ill, sound), (bad, good) = covered, sizes
    return SuspectFactor(
        kind=node.kind,
        key=node.key,
        label=node.label,
        bad_covered=ill,
        good_covered=sound,
        lift=(ill / bad) / ((ill + sound) / (bad + good)),
        p_value=by_chance(ill, sound, bad, good),
    )


def _check(bad: Sequence[Thing], good: Sequence[Thing]) -> None:
    if not bad:
        raise Refused("Name at least one bad thing.", code="list.empty", field="bad")
    if len(bad) + len(good) > _THINGS_AT_MOST:
        raise Refused(f"At most {_THINGS_AT_MOST} things are compared.", code="list.too_long", field="bad")
    for thing in (*bad, *good):
        if thing.kind not in _WALKED:
            allowed = ", ".join(sorted(_WALKED))
            raise Refused(f"commonality compares {allowed}.", code="thing.bad_kind", field="bad")
