from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from tests.oracle.comparing import told
from tests.oracle.lot_plants import lot_plant
from tests.oracle.questions import Asking
from tests.oracle.test_evidence_is_unbroken import reached
from tests.oracle.unit_plants import in_order, unit_plant
from twin.errors import NotFound
from twin.events.event import Event
from twin.lineage.counting import counted
from twin.lineage.exposure import exposure
from twin.records.recall import EvidencePath, Exposure, RecallScope
from twin.vocabulary.things import Thing

PLANTS = int(os.environ.get("DIELOOM_ORACLE_PLANTS", "40"))
FIRST = int(os.environ.get("DIELOOM_ORACLE_FIRST", "7000"))
MANY = 60
"""A thing with more ways to it is left to other plants."""


def claim(answer: Exposure, thing: Thing) -> Any:
    """What an answer says of a thing; None when it does not list it."""
    rows = [*answer.lots, *answer.units, *answer.material_lots]
    return next((row for row in rows if str(thing).partition(":")[2] == _name(row)), None)


def _name(row: Any) -> str:
    return next(str(getattr(row, n)) for n in ("lot_id", "unit_id", "material_lot_id") if hasattr(row, n))


def without(events: list[Event], scope: RecallScope, dropped: set[str]) -> Exposure | None:
    try:
        return exposure([e for e in events if e.event_id not in dropped], scope)
    except NotFound:
        return None


@dataclass
class Tally:
    """How many claims fell or changed with one event of each of their paths, and how many others held up."""

    fell: int = 0
    held_up: int = 0


def judge(events: list[Event], scope: RecallScope, dice: Random, tally: Tally) -> str | None:
    """What is wrong with the evidence of a scope's answer: a claim that stands on nothing new."""
    try:
        answer = exposure(events, scope)
    except NotFound:
        return None
    for thing in reached(answer):
        paths = answer.evidence(thing, every=True, limit=MANY)
        if len(paths) == MANY or not all(paths):
            continue
        for cut in cuts_of(paths, dice):
            after = without(events, scope, cut)
            if after is None or claim(after, thing) != claim(answer, thing):
                tally.fell += 1
                continue
            tally.held_up += 1
            others = set(after.evidence(thing, every=True, limit=MANY))
            if not others or others & set(paths) or any(s.event_id in cut for p in others for s in p):
                return f"{thing} stands without {sorted(cut)}\nof {paths}\non {others}"
    return None


def cuts_of(paths: Sequence[EvidencePath], dice: Random) -> list[set[str]]:
    """Events without which no path is whole: each alone where there is one path."""
    if len(paths) == 1:
        return [{step.event_id} for step in paths[0]]
    return [{dice.choice(path).event_id for path in paths}]


def test_a_claim_falls_or_changes_when_its_paths_lose_an_event_unless_other_evidence_is_named() -> None:
    tally = Tally()
    for number in range(FIRST, FIRST + PLANTS):
        for events in (
            counted(lot_plant(number), None, None),
            in_order(counted(unit_plant(number), None, None)),
        ):
            for scope, _, _ in Asking(list(events), number).asked(6):
                found = judge(list(events), scope, Random(number), tally)
                if found:
                    pytest.fail(f"seed {number}, {scope}\n{found}\n{told(events)}", pytrace=False)
    assert tally.fell > 5 * tally.held_up > 0, "other evidence seldom holds a claim up"
