from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from random import Random

import pytest

from tests.oracle.comparing import recall_difference, shrunk, told, walk_difference
from tests.oracle.lot_plants import lot_plant
from tests.oracle.questions import Asked, Asking
from tests.oracle.timeline import counted
from tests.oracle.unit_plants import in_order, unit_plant
from twin.events.event import Event

PLANTS = int(os.environ.get("DIELOOM_ORACLE_PLANTS", "100"))
FIRST = int(os.environ.get("DIELOOM_ORACLE_FIRST", "0"))
"""More plants, or others, than the suite has time for."""

QUESTIONS = 8

Differs = Callable[[list[Event]], str | None]


def judged(seed: int, question: object, events: list[Event], differs: Differs) -> None:
    if differs(events) is None:
        return
    small = shrunk(events, lambda rest: differs(rest) is not None)
    pytest.fail(f"seed {seed}, {question}\n{differs(small)}\n{told(small)}", pytrace=False)


def test_recalls_over_lots_are_those_of_the_oracle() -> None:
    for seed in range(FIRST, FIRST + PLANTS):
        events = lot_plant(seed)
        Random(seed).shuffle(events)
        for asked in Asking(events, seed).asked(QUESTIONS):
            judged(seed, asked, events, partial(recall_difference, asked=asked))


def unit_difference(events: list[Event], asked: Asked) -> str | None:
    scope, as_of, known_at = asked
    settled = in_order(counted(events, as_of, known_at))
    return recall_difference(settled, (scope, as_of, None))


def test_recalls_down_to_units_are_those_of_the_oracle() -> None:
    for seed in range(FIRST, FIRST + PLANTS):
        events = unit_plant(seed)
        Random(seed).shuffle(events)
        for asked in Asking(events, seed).asked(QUESTIONS):
            judged(seed, asked, events, partial(unit_difference, asked=asked))


def test_genealogies_of_lots_are_those_of_the_oracle() -> None:
    for seed in range(FIRST, FIRST + PLANTS):
        events = lot_plant(seed)
        for asked in Asking(events, seed).roots(4):
            judged(seed, asked, events, partial(walk_difference, asked=asked))
