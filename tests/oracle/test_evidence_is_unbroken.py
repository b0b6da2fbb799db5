from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pytest

from tests.oracle.comparing import told
from tests.oracle.lot_plants import lot_plant
from tests.oracle.questions import Asking
from tests.oracle.timeline import subject
from tests.oracle.unit_plants import in_order, unit_plant
from twin.errors import NotFound
from twin.events.event import Event
from twin.lineage.counting import counted
from twin.lineage.exposure import exposure
from twin.records.recall import EvidencePath, Exposure, RecallScope, RecipeVersionScope
from twin.vocabulary.things import Thing, ThingKind

PLANTS = range(5000, 5040)


def reached(answer: Exposure) -> list[Thing]:
    return [
        *(Thing(ThingKind.LOT, row.lot_id) for row in answer.lots),
        *(Thing(ThingKind.UNIT, row.unit_id) for row in answer.units),
        *(Thing(ThingKind.MATERIAL_LOT, row.material_lot_id) for row in answer.material_lots),
    ]


def seed_of(scope: RecallScope) -> str:
    if isinstance(scope, RecipeVersionScope):
        return f"RECIPE_VERSION:{scope.recipe_id}@{scope.version}"
    return ":".join(subject(scope))


def fault(path: EvidencePath, seed: str, thing: Thing, told_at: Mapping[str, int]) -> str | None:
    if not path:
        return None if str(thing) == seed else "an empty path"
    if (str(path[0].source), path[-1].target) != (seed, thing):
        return f"leads from {path[0].source} to {path[-1].target}"
    if any(one.target != two.source for one, two in pairwise(path)):
        return "is broken"
    return None if all(told_at.get(step.event_id) == step.at for step in path) else "names an untold event"


def test_every_listed_thing_has_an_unbroken_path_from_the_seed() -> None:
    for number in PLANTS:
        for events in (
            counted(lot_plant(number), None, None),
            in_order(counted(unit_plant(number), None, None)),
        ):
            for scope, as_of, _ in Asking(list(events), number).asked(6):
                until = [e for e in events if as_of is None or e.occurred_at <= as_of]
                complaint = first_fault(until, scope)
                if complaint:
                    pytest.fail(f"seed {number}, {scope}, {as_of}: {complaint}\n{told(until)}", pytrace=False)


def first_fault(events: list[Event], scope: RecallScope) -> str | None:
    try:
        answer = exposure(events, scope)
    except NotFound:
        return None
    told_at = {event.event_id: event.occurred_at for event in events}
    for thing in reached(answer):
        paths = answer.evidence(thing, every=True, limit=4)
        if not paths or len(set(paths)) != len(paths):
            return f"{thing} has {len(paths)} paths, {len(set(paths))} of them distinct"
        for path in (*paths, *answer.evidence(thing)):
            found = fault(path, seed_of(scope), thing, told_at)
            if found:
                return f"the path to {thing} {found}"
    return None
