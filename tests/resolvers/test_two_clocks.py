from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from random import Random
from typing import Any, Final

import msgspec
import pytest

from tests.factory import START
from tests.graph_fixtures import IS_GIVEN, wipe
from tests.oracle.comparing import told
from tests.oracle.lot_plants import LotPlant
from tests.oracle.neighbours import moved_aside
from tests.oracle.questions import Asking
from tests.oracle.timeline import mentions
from tests.oracle.unit_plants import UnitPlant
from tests.resolvers.asking import ask
from tests.resolvers.whole_answers import PARTS, moments, scope_input
from tests.twin.projection.any_facts import MINUTE, AnyFacts
from tests.twin.projection.arrivals import arrivals, projector
from twin.events.event import Event
from twin.graph.session import Graph
from twin.lineage.counting import counted
from twin.records.recall import RecallScope
from twin.vocabulary.instants import Instant

PLANTS = int(os.environ.get("DIELOOM_CLOCK_PLANTS", "1" if IS_GIVEN else "2"))
FIRST = int(os.environ.get("DIELOOM_CLOCK_FIRST", "0"))
"""More plants, or others, than the suite has time for."""

TOGETHER: Final = 12
CUTS: Final = 3
WALKED: Final = ("LOT", "MATERIAL_LOT", "UNIT", "SUBSTRATE", "EQUIPMENT")
USED: Final = ("LOT", "MATERIAL_LOT", "UNIT", "SUBSTRATE", "TOOL")


WALKS: Final = 8
RECALLS: Final = 12
SINGLE: Final = {
    "LOT": 'l{n}: lot(lotId: "{key}"{clocks}) {{ ...Whole }}',
    "EQUIPMENT": 'm{n}: equipment(equipmentId: "{key}"{clocks}) {{ ...Machine }}',
    "UNIT": 'u{n}: unit(unitId: "{key}"{clocks}) {{ ...Single }}',
}
LISTED: Final = 'lots(filter: {{lotId: {{startsWith: "{prefix}"}}}}{clocks}) {{ nodes {{ lotId quantity }} }}'
WAY: Final = 'w{n}: genealogy(of: {{kind: {kind}, key: "{key}"}}, direction: {way}{clocks}) {{ ...Walk }}'
USE: Final = 'o{n}: whereUsed(of: {{kind: {kind}, key: "{key}"}}{clocks}) {{ ...Used }}'
RECALL: Final = "r{n}: recallImpact(scope: {scope}{clocks}) {{ ...Reach }}"


@dataclass(frozen=True)
class Cut:
    """A plant, and beside it only what of it counts at two moments, under names of its own."""

    seed: int
    whole: str
    part: str
    events: list[Event]
    as_of: Instant | None
    known_at: Instant | None


def history(seed: int) -> list[Event]:
    plant = UnitPlant(seed) if seed % 2 else LotPlant(seed)
    grown = [replace_recorded(e, START + e.recorded_at * MINUTE) for e in plant.grow(20 + seed % 13)]
    return [*grown, *AnyFacts(seed, 20).tell(30, START + 5 * MINUTE, [e.event_id for e in grown])]


def replace_recorded(event: Event, recorded_at: int) -> Event:
    return msgspec.structs.replace(event, recorded_at=Instant(recorded_at))


def cuts_of(seed: int, events: list[Event]) -> list[Cut]:
    dice = Random(f"cuts {seed}")
    rows = []
    for number in range(CUTS):
        as_of = dice.choice(events).occurred_at if number != 1 else None
        known_at = dice.choice(events).recorded_at if number else None
        names = (f"{seed:04}-whole~", f"{seed:04}-cut-{number}~")
        rows.append(Cut(seed, *names, events, as_of, known_at))
    return rows


async def graph_of(graph: Graph, cuts: Iterable[Cut]) -> None:
    side_by_side: dict[str, list[Event]] = {}
    for cut in cuts:
        side_by_side[cut.whole] = moved_aside(cut.events, cut.whole)
        side_by_side[cut.part] = moved_aside(counted(cut.events, cut.as_of, cut.known_at), cut.part)
    await wipe(graph)
    writer = projector(graph)
    arriving = arrivals(event for events in side_by_side.values() for event in events)
    for start in range(0, len(arriving), 100):
        await writer.apply(arriving[start : start + 100])


def prefixed(scope: RecallScope, prefix: str) -> RecallScope:
    assert is_dataclass(scope)
    name = fields(scope)[0].name
    return replace(scope, **{name: prefix + getattr(scope, name)})


def questions(cut: Cut, prefix: str, clocks: str, until: str) -> Iterator[str]:
    """``until``: the arithmetic of walks and recalls takes the end of open runs from as-of."""
    counts = counted(cut.events, cut.as_of, cut.known_at)
    names = {kind: sorted({n for e in counts for n in mentions(e, kind)}) for kind in {*WALKED, *USED}}
    for kind, asked in SINGLE.items():
        fields = [asked.format(n=n, key=prefix + key, clocks=clocks) for n, key in enumerate(names[kind])]
        yield " ".join(fields)
    yield LISTED.format(prefix=prefix, clocks=clocks)
    ways = [
        WAY.format(n=f"{way}_{kind}_{n}", kind=kind, key=prefix + key, way=way, clocks=until)
        for way in ("ANCESTORS", "DESCENDANTS")
        for kind in WALKED
        for n, key in enumerate(names[kind])
    ]
    dice = Random(cut.part)
    yield " ".join(dice.sample(ways, min(WALKS, len(ways))))
    yield " ".join(
        USE.format(n=f"{kind}_{n}", kind=kind, key=prefix + key, clocks=clocks)
        for kind in USED
        for n, key in enumerate(names[kind])
    )
    scopes = Asking(counts, cut.seed).scopes()[:-1] if counts else []
    yield " ".join(
        RECALL.format(n=n, scope=spelled(scope_input(prefixed(scope, prefix))), clocks=until)
        for n, scope in enumerate(dice.sample(scopes, min(RECALLS, len(scopes))))
    )
    strangers = sorted({n for e in cut.events for n in mentions(e, "LOT")} - {*names["LOT"]})
    for key in strangers[:1]:
        yield SINGLE["LOT"].format(n=0, key=prefix + key, clocks=clocks)
        yield WAY.format(n=0, kind="LOT", key=prefix + key, way="ANCESTORS", clocks=until)
        yield USE.format(n=0, kind="LOT", key=prefix + key, clocks=clocks)


def spelled(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {spelled(v)}" for k, v in value.items() if v is not None) + "}"
    return json.dumps(value)


async def answers(graph: Graph, body: str, prefix: str) -> dict[str, Any]:
    used = [part for part in PARTS.split("fragment ")[1:] if f"...{part.split()[0]} " in body + PARTS]
    answer = await ask(graph, "{" + body + "}" + " ".join(f"fragment {part}" for part in needed(body, used)))
    plain: dict[str, Any] = json.loads(json.dumps({**answer}).replace(prefix, ""))
    return {"codes": sorted(answer.codes), **plain}


def needed(body: str, parts: list[str]) -> list[str]:
    """The fragments that a question spreads, and those that these spread."""
    by_name = {part.split()[0]: part for part in parts}
    wanted, seen = [body], dict[str, str]()
    while wanted:
        text = wanted.pop()
        for name, part in by_name.items():
            if name not in seen and f"...{name}" in text:
                seen[name] = part
                wanted.append(part)
    return list(seen.values())


def first_difference(then: Any, fresh: Any, path: str = "") -> str | None:
    if isinstance(then, dict) and isinstance(fresh, dict):
        return next(
            (d for key in then if (d := first_difference(then[key], fresh.get(key), f"{path}.{key}"))), None
        )
    if isinstance(then, list) and isinstance(fresh, list) and len(then) == len(fresh):
        pairs = enumerate(zip(then, fresh, strict=True))
        return next((d for n, (a, b) in pairs if (d := first_difference(a, b, f"{path}[{n}]"))), None)
    return None if then == fresh else f"{path}: then {then!r}, of a graph that never knew more {fresh!r}"


async def difference(graph: Graph, cut: Cut) -> str | None:
    clocks = moments(cut.as_of, cut.known_at)
    asked = zip(
        questions(cut, cut.whole, clocks, clocks),
        questions(cut, cut.part, "", moments(cut.as_of, None)),
        strict=True,
    )
    for then, fresh in asked:
        if not then:
            continue
        found = first_difference(await answers(graph, then, cut.whole), await answers(graph, fresh, cut.part))
        if found:
            return found
    return None


@pytest.fixture
async def no_graph_left(graph: Graph) -> AsyncIterator[Graph]:
    yield graph
    await wipe(graph)


async def test_answers_at_two_moments_are_those_of_a_graph_that_never_knew_more(
    no_graph_left: Graph,
) -> None:
    for start in range(FIRST, FIRST + PLANTS, TOGETHER):
        seeds = range(start, min(start + TOGETHER, FIRST + PLANTS))
        cuts = [cut for seed in seeds for cut in cuts_of(seed, history(seed))]
        await graph_of(no_graph_left, cuts)
        for cut in cuts:
            found = await difference(no_graph_left, cut)
            if found:
                rows = told(counted(cut.events, cut.as_of, cut.known_at))
                pytest.fail(f"{cut.part} {moments(cut.as_of, cut.known_at)}\n{found}\n{rows}", pytrace=False)
