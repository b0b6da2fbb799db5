from __future__ import annotations

import os

import pytest

from tests.oracle.comparing import engine_recall, told
from tests.oracle.lot_plants import lot_plant
from tests.oracle.questions import Asking
from tests.oracle.worlds import World, balanced

PLANTS = int(os.environ.get("DIELOOM_ORACLE_PLANTS", "60"))
FIRST = int(os.environ.get("DIELOOM_ORACLE_FIRST", "3000"))
WORLDS = range(6)
NONE = {"low": 0, "high": 0}


def test_what_carries_the_suspect_lies_within_the_bounds_of_the_answer() -> None:
    for seed in range(FIRST, FIRST + PLANTS):
        events = balanced(lot_plant(seed))
        for scope, as_of, _ in Asking(events, seed).asked(5):
            asked = (scope, as_of, None)
            answer = engine_recall(events, asked)
            if "error" in answer:
                continue
            until = [e for e in events if as_of is None or e.occurred_at <= as_of]
            for number in WORLDS:
                world = World(until, scope, as_of, number).run()
                carrying = world.carrying()
                total = sum(sick for name, sick in carrying.items() if name.split()[::2] == ["lot"])
                for name, sick in (("total", total), *carrying.items()):
                    low, high = bounds(answer, name)
                    if not low <= sick <= high:
                        story = f"{name}: {sick} not in [{low}, {high}]"
                        pytest.fail(
                            f"seed {seed}, world {number}, {asked}\n{story}\n{told(until)}", pytrace=False
                        )


def bounds(answer: dict, name: str) -> tuple[int, int]:  # type: ignore[type-arg]
    if name == "total":
        return answer["totals"]["low"], answer["totals"]["high"]
    kind, key, *place = name.split(" ")
    if kind == "shipment":
        row = answer["shipments"].get(key, NONE)
        return row["low"], row["high"]
    row = answer["lots"].get(key)
    if not place:
        return (0, 0) if row is None else (row["low"], row["high"])
    if place == ["SCRAPPED"] and row is None:
        return 0, answer["totals"]["byDisposition"].get("SCRAPPED", (0, 0))[1]
    found: tuple[int, int] = ({} if row is None else row["dispositions"]).get(
        {"STOCK": "IN_STOCK"}.get(place[0], place[0]), (0, 0)
    )
    return found
