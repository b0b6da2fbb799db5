"""Reads: points, the walk of a lot, recalls; one client, one question at a time, right answers first."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.mixed_events import LOTS_A_MATERIAL
from bench.service import ROOT, BenchService, Client
from twin.vocabulary.roles import Role

LED: Final = ROOT.parent / "shared/contract/scenarios/led-small"
WARM: Final = 60
TIMES: Final = 100
_FOR_S: Final = 6.0

NOTHING: Final = "{ __typename }"
EQUIPMENT: Final = """query Machine($equipmentId: String!) {
  equipment(equipmentId: $equipmentId) { equipmentId state stateSince connected }
}"""
EVENT: Final = "query Event($eventId: String!) { event(eventId: $eventId) { eventId type occurredAt } }"
LOT: Final = """query Lot($lotId: String!) {
  lot(lotId: $lotId) {
    lotId quantity product { productId } orders { orderId }
    runs { operation equipment { equipmentId } attempt startedAt endedAt }
  }
}"""
GENEALOGY: Final = """query Walk($of: ThingRef!) {
  genealogy(of: $of, direction: ANCESTORS) { nodes { kind key since until } answer { complete } }
}"""
RECALL: Final = """query Recall($scope: RecallScope!) {
  recallImpact(scope: $scope) {
    answer { complete }
    totals { lots low high definiteLots possibleLots }
    lots(first: 200) { nodes { lot { lotId } since certainty low high quantity } }
    orders { order { orderId } certainty }
    shipments { shipment { shipmentId } certainty }
    materialLots { materialLot { materialLotId } since }
  }
}"""

Check = Callable[[Any], bool]


@dataclass(frozen=True)
class Question:
    """A question with what a right answer to it must hold."""

    name: str
    document: str
    variables: Mapping[str, Any]
    is_right: Check


@dataclass(frozen=True)
class ReadFigures:
    """Milliseconds of one question, as its client sees them."""

    name: str
    fastest: float
    p50: float
    p95: float


def measure(service: BenchService, questions: list[Question]) -> list[ReadFigures]:
    """Each question warmed up and then timed."""
    client = service.connect()
    figures = [_timed(client, question) for question in questions]
    client.close()
    return figures


def of_the_plant(lots: int) -> list[Question]:
    """Questions about a plant of ``mixed_events``."""
    lot = f"BL{lots // 2 // LOTS_A_MATERIAL * LOTS_A_MATERIAL:06d}"
    material = f"DI-MAT-{lots // 2 // LOTS_A_MATERIAL:04d}"
    reached = 2 * LOTS_A_MATERIAL
    return [
        Question("nothing (floor)", NOTHING, {}, lambda data: data["__typename"] == "Query"),
        Question(
            "equipment", EQUIPMENT, {"equipmentId": "DI-00"}, lambda data: data["equipment"] is not None
        ),
        Question(
            "event",
            EVENT,
            {"eventId": "bench-00000001"},
            lambda data: data["event"]["type"] == "LotTrackedIn",
        ),
        Question("lot with runs", LOT, {"lotId": lot}, lambda data: len(data["lot"]["runs"]) == 3),
        Question(
            "genealogy of a lot",
            GENEALOGY,
            {"of": {"kind": "LOT", "key": lot}},
            lambda data: len(data["genealogy"]["nodes"]) >= 4,
        ),
        Question(
            f"recall, {reached} lots",
            RECALL,
            {"scope": {"materialLot": {"materialLotId": material}}},
            lambda data: data["recallImpact"]["totals"]["lots"] == reached,
        ),
    ]


def led_small(service: BenchService) -> list[Question]:
    """The contract's small plant, sent to the service, with its own expected answers; nothing without it."""
    if not LED.exists():
        return []
    lines = [line for line in (LED / "events.ndjson").read_bytes().split(b"\n") if line.strip()]
    client, asking = service.connect(Role.INTEGRATION), service.connect()
    distinct = {json.loads(line)["event_id"]: line for line in lines}
    asking.until_committed(client.ingest(list(distinct.values())))
    client.close()
    asking.close()
    return list(_led_recalls(LED / "expected.json"))


def _led_recalls(file: Path) -> list[Question]:
    found: list[Question] = []
    for check in json.loads(file.read_bytes())["checks"]:
        scope, expected = check["args"].get("scope", {}), check["expect"]
        plain = check["args"] == {"scope": scope} and "knownAt" not in check and "totals" in expected
        if check["query"] == "recallImpact" and "materialLot" in scope and plain:
            found.append(_led_recall(scope, expected["totals"]))
    largest = max(found, key=lambda question: question.name)
    return [largest]


def _led_recall(scope: dict[str, Any], totals: dict[str, Any]) -> Question:
    def is_right(data: Any) -> bool:
        told = data["recallImpact"]["totals"]
        return all(told[name] == totals[name] for name in ("lots", "low", "high"))

    return Question(f"recall, led-small, {totals['lots']:3d} lots", RECALL, {"scope": scope}, is_right)


def _timed(client: Client, question: Question) -> ReadFigures:
    answer = client.ask(question.document, question.variables)
    assert question.is_right(answer), f"{question.name}: wrong answer {str(answer)[:500]}"
    for _ in range(WARM):
        client.ask(question.document, question.variables)
    took: list[float] = []
    end = time.monotonic() + _FOR_S
    while len(took) < TIMES and (time.monotonic() < end or len(took) < 5):
        started = time.perf_counter()
        client.ask(question.document, question.variables)
        took.append(1_000 * (time.perf_counter() - started))
    took.sort()
    return ReadFigures(question.name, took[0], took[len(took) // 2], took[len(took) * 95 // 100])
