from __future__ import annotations

import os
from collections import Counter

import pytest

from tests.oracle.answer import recall
from tests.oracle.comparing import first_difference, plain, told
from tests.oracle.lot_plants import lot_plant
from tests.oracle.questions import Asking
from tests.oracle.unit_plants import in_order, unit_plant
from tests.twin.queries.index.books import asked, book_of, differences, walked
from twin.events.event import Event
from twin.lineage.counting import counted
from twin.records.recall import Exposure, RecallScope

PLANTS = int(os.environ.get("DIELOOM_ORACLE_PLANTS", "40"))
FIRST = int(os.environ.get("DIELOOM_ORACLE_FIRST", "20000"))

QUESTIONS = 10


def oracle_difference(events: list[Event], scope: RecallScope, have: Exposure | str) -> str | None:
    want = recall(events, scope)
    answer = {"error": "thing.not_found"} if isinstance(have, str) else plain(have)
    optional = want.pop("optionalUnits", set())
    for each in (want, answer):
        each["units"] = {u: c for u, c in each.get("units", {}).items() if u not in optional}
    return first_difference(want, answer)


def judged(events: list[Event], seed: int, result: Counter[str]) -> None:
    book = book_of(events)
    for scope, _, _ in Asking(events, seed).asked(QUESTIONS):
        have = asked(book, scope)
        if isinstance(have, str) and have.startswith("declined"):
            result["declined"] += 1
            continue
        result["answered"] += 1
        found = oracle_difference(events, scope, have) or differences(walked(events, scope), have)
        if found:
            pytest.fail(f"seed {seed}, {scope}: {found}\n{told(counted(events))}", pytrace=False)


def test_recalls_over_lots_answered_from_lines_are_those_of_oracle_and_engine() -> None:
    result: Counter[str] = Counter()
    for seed in range(FIRST, FIRST + PLANTS):
        judged(lot_plant(seed), seed, result)
    assert result["answered"] > 9 * result["declined"]


def test_recalls_down_to_units_answered_from_lines_are_those_of_oracle_and_engine() -> None:
    result: Counter[str] = Counter()
    for seed in range(FIRST, FIRST + PLANTS):
        judged(in_order(unit_plant(seed)), seed, result)
    assert result["answered"] > 0.1 * result["declined"]
