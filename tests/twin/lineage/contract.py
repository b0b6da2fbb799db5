from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

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


def moment(text: str | None) -> Instant | None:
    return None if text is None else Instant(runner("queries").moment(text))


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
