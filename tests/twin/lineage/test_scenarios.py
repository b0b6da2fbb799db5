from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

import msgspec
import pytest

from tests.twin.lineage.contract import (
    CONTRACT,
    evidence_rows,
    genealogy_told,
    lot_told,
    moment,
    runner,
    scope_of,
    told,
    unit_told,
)
from twin.errors import NotFound
from twin.events.correction import EventVoided
from twin.events.event import Event
from twin.events.registry import FACTS
from twin.lineage.counting import counted
from twin.lineage.exposure import exposure_in
from twin.lineage.plant import Plant
from twin.vocabulary.instants import Instant, written

SCENARIOS = CONTRACT / "scenarios"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SCENARIOS.is_dir(), reason="../shared is not here"),
]


def event_of(row: dict[str, Any], phase: int) -> Event:
    data = dict(row["data"])
    fact = msgspec.convert(data, FACTS[row["type"]])
    return Event(
        event_id=row["event_id"],
        source=row["source"],
        source_sequence=row.get("source_sequence"),
        occurred_at=Instant(runner("queries").moment(row["occurred_at"])),
        recorded_at=Instant(phase),
        fact=fact,
    )


@cache
def scenario(name: str) -> dict[str, Any]:
    return json.loads((SCENARIOS / name / "expected.json").read_text(encoding="utf-8"))


@cache
def events_of(name: str) -> tuple[Event, ...]:
    lines = (SCENARIOS / name / "events.ndjson").read_text(encoding="utf-8").splitlines()
    found: dict[str, Event] = {}
    first = 0
    for number, phase in enumerate(scenario(name)["phases"]):
        for line in lines[first : first + phase["lines"]]:
            event = event_of(json.loads(line), number)
            found.setdefault(event.event_id, event)
        first += phase["lines"]
    return tuple(found.values())


def checks() -> Iterator[Any]:
    if not SCENARIOS.is_dir():
        return
    for folder in sorted(SCENARIOS.iterdir()):
        if folder.is_dir():
            for number, check in enumerate(scenario(folder.name)["checks"]):
                label = f"{folder.name}-{number}-{check['query']}-{check['name']}".replace(" ", "_")
                yield pytest.param(folder.name, number, id=label)


def known_at(name: str, check: dict[str, Any]) -> Instant:
    phases = [phase["name"] for phase in scenario(name)["phases"]]
    return Instant(phases.index(check.get("knownAt") or check.get("after") or phases[-1]))


@cache
def plant_of(name: str, as_of: Instant | None, known: Instant) -> Plant:
    return Plant.of(counted(events_of(name), as_of, known))


def recall_difference(name: str, check: dict[str, Any], plant: Plant) -> str | None:
    answer = exposure_in(plant, scope_of(check["args"]["scope"]), moment(check["args"].get("asOf")))
    found = runner("compare").recall_difference(check["expect"], told(answer))
    if found is None and set(check["args"]["scope"]) & {"materialLot", "lot"}:
        sent = {e.event_id: {"occurred_at": written(e.occurred_at)} for e in events_of(name)}
        scope = check["args"]["scope"]
        found = runner("compare").evidence_difference(scope, evidence_rows(answer), sent)
    return found


def difference(name: str, check: dict[str, Any], plant: Plant) -> str | None:
    if check["query"] == "recallImpact":
        return recall_difference(name, check, plant)
    if check["query"] == "event":
        wanted = check["args"]["eventId"]
        voided = any(
            isinstance(e.fact, EventVoided) and e.fact.voided_event_id == wanted for e in events_of(name)
        )
        return None if voided == check["expect"]["voided"] else f"voided: {voided}"
    if check["query"] == "unit":
        return runner("compare").unit_difference(check["expect"], unit_told(plant, check["args"]["unitId"]))
    if check["query"] == "genealogy":
        got = genealogy_told(plant, check["args"])
        return runner("compare").genealogy_difference(check["expect"], got)
    if check["query"] == "lot":
        return runner("compare").lot_difference(check["expect"], lot_told(plant, check["args"]["lotId"]))
    raise AssertionError(check["query"])


@pytest.mark.parametrize(("name", "number"), list(checks()))
def test_answers_a_scenario_check(name: str, number: int) -> None:
    check = scenario(name)["checks"][number]
    plant = plant_of(name, moment(check["args"].get("asOf")), known_at(name, check))
    wanted = check["expect"].get("error")
    try:
        found = difference(name, check, plant)
    except NotFound as missing:
        found = None if missing.code == wanted else str(missing)
        wanted = None
    assert found is None
    assert wanted is None


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", ["worked-example", "led-small", "module-small"])
def test_answers_the_same_whatever_the_order_of_arrival(name: str, seed: int) -> None:
    arrived = list(events_of(name)) * 2
    Random(seed).shuffle(arrived)
    last = Instant(len(scenario(name)["phases"]) - 1)
    assert counted(arrived, None, last) == list(plant_of(name, None, last).events)
