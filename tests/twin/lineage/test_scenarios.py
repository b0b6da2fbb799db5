from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import msgspec
import pytest

from twin.errors import NotFound
from twin.events.correction import EventVoided
from twin.events.event import Event
from twin.events.registry import FACTS
from twin.lineage.counting import counted
from twin.lineage.exposure import exposure_in
from twin.lineage.genealogy import ancestors_in, descendants_in
from twin.lineage.plant import Plant
from twin.lineage.unit_facts import unit_in
from twin.records.recall import (
    EquipmentScope,
    Exposure,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
    WaferScope,
    Window,
)
from twin.vocabulary.instants import Instant, written
from twin.vocabulary.things import Thing, ThingKind

CONTRACT = Path(__file__).resolve().parents[3].parent / "shared" / "contract"
SCENARIOS = CONTRACT / "scenarios"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SCENARIOS.is_dir(), reason="../shared is not here"),
]


@cache
def runner(name: str) -> ModuleType:
    for module in ("queries", "compare"):
        if module not in sys.modules:
            spec = importlib.util.spec_from_file_location(module, CONTRACT / "runner" / f"{module}.py")
            assert spec is not None
            assert spec.loader is not None
            sys.modules[module] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(sys.modules[module])
    return sys.modules[name]


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


def moment(text: str | None) -> Instant | None:
    return None if text is None else Instant(runner("queries").moment(text))


@cache
def plant_of(name: str, as_of: Instant | None, known: Instant) -> Plant:
    return Plant.of(counted(events_of(name), as_of, known))


def window_of(given: dict[str, Any]) -> Window:
    window = given.get("window") or {}
    return Window(moment(window.get("from")), moment(window.get("to")))


def wafer_of(row: dict[str, Any]) -> WaferScope:
    bins = tuple(row["bins"]) if row.get("bins") is not None else None
    edges = [row.get(name) for name in ("xMin", "xMax", "yMin", "yMax")]
    return WaferScope(row["substrateId"], *edges, bins)


SCOPES: dict[str, Callable[[dict[str, Any]], RecallScope]] = {
    "materialLot": lambda row: MaterialLotScope(row["materialLotId"], moment(row.get("from"))),
    "lot": lambda row: LotScope(row["lotId"], moment(row.get("from"))),
    "equipment": lambda row: EquipmentScope(row["equipmentId"], window_of(row), row.get("position")),
    "operator": lambda row: OperatorScope(row["operatorId"], window_of(row)),
    "tool": lambda row: ToolScope(row["toolId"], window_of(row)),
    "recipeVersion": lambda row: RecipeVersionScope(row["recipeId"], row["version"], window_of(row)),
    "wafer": wafer_of,
}


def scope_of(given: dict[str, Any]) -> RecallScope:
    ((kind, row),) = given.items()
    return SCOPES[kind](row)


def bounds(rows: Any) -> dict[str, list[int]]:
    return {row.disposition.value: [row.low, row.high] for row in rows}


def told(answer: Exposure) -> dict[str, Any]:
    totals = answer.totals
    findings: dict[str, list[str]] = {}
    for finding in answer.findings:
        findings.setdefault(finding.code, []).extend(str(thing) for thing in finding.things)
    return {
        "lots": {
            lot.lot_id: {
                "since": lot.since,
                "certainty": lot.certainty.value,
                "low": lot.low,
                "high": lot.high,
                "quantity": lot.quantity,
                "dispositions": bounds(lot.dispositions),
            }
            for lot in answer.lots
        },
        "units": {unit.unit_id: unit.certainty.value for unit in answer.units},
        "totals": {
            "low": totals.low,
            "high": totals.high,
            "lots": totals.lots,
            "definiteLots": totals.definite_lots,
            "possibleLots": totals.possible_lots,
            "orders": totals.orders,
            "customers": totals.customers,
            "shipments": totals.shipments,
            "byDisposition": bounds(totals.by_disposition),
        },
        "orders": {
            row.order_id: {"certainty": row.certainty.value, "low": row.low, "high": row.high}
            for row in answer.orders
        },
        "shipments": {
            row.shipment_id: {"certainty": row.certainty.value, "low": row.low, "high": row.high}
            for row in answer.shipments
        },
        "customers": {
            row.customer_id: {
                "certainty": row.certainty.value,
                "orders": row.orders,
                "shipments": row.shipments,
            }
            for row in answer.customers
        },
        "materialLots": {row.material_lot_id: row.since for row in answer.material_lots},
        "findings": findings,
        "complete": answer.complete,
        "limitHit": answer.limit_hit,
    }


def evidence_rows(answer: Exposure) -> list[dict[str, Any]]:
    return [
        {
            "lot": {"lotId": lot.lot_id},
            "evidence": [
                {
                    "steps": [
                        {
                            "fromKind": step.source.kind.value,
                            "fromKey": str(step.source),
                            "toKind": step.target.kind.value,
                            "toKey": str(step.target),
                            "at": written(step.at),
                            "event": {"eventId": step.event_id},
                        }
                        for step in path
                    ]
                }
                for path in answer.evidence(Thing(ThingKind.LOT, lot.lot_id), every=True)
            ],
        }
        for lot in answer.lots
    ]


def recall_difference(name: str, check: dict[str, Any], plant: Plant) -> str | None:
    answer = exposure_in(plant, scope_of(check["args"]["scope"]), moment(check["args"].get("asOf")))
    found = runner("compare").recall_difference(check["expect"], told(answer))
    if found is None and set(check["args"]["scope"]) & {"materialLot", "lot"}:
        sent = {e.event_id: {"occurred_at": written(e.occurred_at)} for e in events_of(name)}
        scope = check["args"]["scope"]
        found = runner("compare").evidence_difference(scope, evidence_rows(answer), sent)
    return found


def lot_told(plant: Plant, lot_id: str) -> dict[str, Any]:
    state = plant.lot(lot_id)
    return {
        "quantity": state.quantity,
        "looseQuantity": state.loose_quantity,
        "productId": state.product_id,
        "orders": list(state.order_ids),
        "runs": runner("queries").runs(
            {
                "operation": run.operation,
                "equipment": run.equipment_id,
                "attempt": run.attempt,
                "inferred": run.inferred,
                "startedAt": None if run.started_at is None else written(run.started_at),
                "endedAt": None if run.ended_at is None else written(run.ended_at),
            }
            for run in state.runs
        ),
    }


def genealogy_told(plant: Plant, args: dict[str, Any]) -> dict[str, Any]:
    root = Thing(ThingKind(args["of"]["kind"]), args["of"]["key"])
    walk = ancestors_in if args["direction"] == "ANCESTORS" else descendants_in
    lineage = walk(plant, root, moment(args.get("asOf")))
    found: dict[str, dict[str, Any]] = {}
    for node in lineage.nodes[1:]:
        found.setdefault(node.kind.value, {})[node.key] = {"until": node.until, "since": node.since}
    return {"nodes": found, "complete": True}


def unit_told(plant: Plant, unit_id: str) -> dict[str, Any]:
    unit = unit_in(plant, unit_id)
    return {
        "lot": unit.lot_id,
        "disposition": unit.disposition.value,
        "dies": sorted([list(die) for die in unit.dies]),
        "components": sorted(unit.components),
        "shipment": unit.shipment_id,
    }


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
