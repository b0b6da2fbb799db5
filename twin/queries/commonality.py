"""What bad things share more often than good ones."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from math import comb
from typing import Final

from twin.errors import Refused
from twin.events.event import Event
from twin.graph.session import Graph
from twin.lineage.factors import HOUR_MS, Factor, factors_of
from twin.lineage.plant import Plant
from twin.queries.clocks import LIVE
from twin.queries.genealogy import ancestor_events
from twin.queries.population import population
from twin.records.answer import SuspectFactor
from twin.vocabulary.instants import Instant, written
from twin.vocabulary.things import Thing, ThingKind

_THINGS_AT_MOST: Final = 200
_WALKED: Final = frozenset({ThingKind.LOT, ThingKind.UNIT, ThingKind.SUBSTRATE, ThingKind.MATERIAL_LOT})


async def commonality(
    graph: Graph, bad: Sequence[Thing], good: Sequence[Thing] | None
) -> list[SuspectFactor]:
    """The ancestors, positions, hours and wafer zones that bad things share, the least likely first.

    They are held against the good ones; None: against others of their products, made about then.

    Raises:
        NotFound: no counted event names one of the things.
        Refused: ``thing.bad_kind``, ``list.too_long``, or ``list.empty`` without a bad thing.
    """
    ill = list(dict.fromkeys(bad))
    _check(ill, good or ())
    if good is None:
        good = await population(graph, ill, _THINGS_AT_MOST - len(ill))
    sound = [thing for thing in dict.fromkeys(good) if thing not in set(ill)]
    events = await ancestor_events(graph, [*ill, *sound], LIVE)
    return await asyncio.to_thread(ranked, events, ill, sound)


def ranked(events: Sequence[Event], bad: Sequence[Thing], good: Sequence[Thing]) -> list[SuspectFactor]:
    """The same over counted events in their order."""
    plant = Plant.of(events)
    labels: dict[Factor, str] = {}
    covered: dict[Factor, tuple[int, int]] = {}
    for group, things in enumerate((bad, good)):
        for thing in things:
            found = factors_of(plant, thing)
            labels |= found
            for factor in found:
                ill, sound = covered.get(factor, (0, 0))
                covered[factor] = (ill + 1, sound) if group == 0 else (ill, sound + 1)
    needed = min(2, len(bad))
    sizes = (len(bad), len(good))
    factors = [
        _factor(factor, labels[factor], counts, sizes)
        for factor, counts in covered.items()
        if counts[0] >= needed and (factor.is_plain or _tells_more(factor, covered, sizes))
    ]
    return sorted(factors, key=_rank)


def _tells_more(factor: Factor, covered: Mapping[Factor, tuple[int, int]], sizes: tuple[int, int]) -> bool:
    """Whether a part of a thing is shared more than by chance, and by others than the whole thing."""
    (ill, sound), (bad, good) = covered[factor], sizes
    return ill * good > sound * bad and covered.get(factor.whole) != (ill, sound)


def _rank(row: SuspectFactor) -> tuple[float, float, int, bool, str, str]:
    """The least likely first; what cannot be told apart whole things first, then by name."""
    is_part = row.position is not None or row.since is not None or row.zone is not None
    return (row.p_value, -row.lift, -row.bad_covered, is_part, row.key, row.label)


def by_chance(bad_covered: int, good_covered: int, bad: int, good: int) -> float:
    """How likely at least so many of the bad things would be covered by chance (Fisher's exact test)."""
    covered = bad_covered + good_covered
    ways = sum(
        comb(covered, hit) * comb(bad + good - covered, bad - hit)
        for hit in range(bad_covered, min(bad, covered) + 1)
    )
    return ways / comb(bad + good, bad)


def _factor(factor: Factor, label: str, covered: tuple[int, int], sizes: tuple[int, int]) -> SuspectFactor:
    (ill, sound), (bad, good) = covered, sizes
    since = factor.since
    return SuspectFactor(
        kind=factor.kind,
        key=factor.key,
        label=label if since is None else f"{label} from {written(since)}",
        bad_covered=ill,
        good_covered=sound,
        lift=(ill / bad) / ((ill + sound) / (bad + good)),
        p_value=by_chance(ill, sound, bad, good),
        position=factor.position,
        operation=factor.operation,
        since=since,
        until=None if since is None else Instant(since + HOUR_MS),
        zone=factor.zone,
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
