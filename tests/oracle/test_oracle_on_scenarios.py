from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.oracle.answer import recall
from tests.oracle.genealogy import walked
from twin.events.event import Event
from twin.events.registry import FACTS
from twin.records.recall import (
    EquipmentScope,
    LotScope,
    MaterialLotScope,
    OperatorScope,
    RecallScope,
    RecipeVersionScope,
    ToolScope,
    WaferScope,
    Window,
)
from twin.vocabulary.instants import Instant

SCENARIOS = Path(__file__).resolve().parents[2].parent / "shared" / "contract" / "scenarios"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SCENARIOS.is_dir(), reason="../shared is not here"),
]


def moment(text: str | None) -> Instant | None:
    return None if text is None else Instant(round(datetime.fromisoformat(text).timestamp() * 1000))


def told(scenario: str) -> tuple[list[Event], dict[str, int], dict[str, Any]]:
    content = json.loads((SCENARIOS / scenario / "expected.json").read_text(encoding="utf-8"))
    lines = (SCENARIOS / scenario / "events.ndjson").read_text(encoding="utf-8").splitlines()
    events: dict[str, Event] = {}
    ends: dict[str, int] = {}
    rest = iter(lines)
    for number, phase in enumerate(content["phases"], 1):
        ends[phase["name"]] = number
        for _ in range(phase["lines"]):
            row = json.loads(next(rest))
            fact = msgspec.convert(row["data"], FACTS[row["type"]], strict=True)
            occurred_at = moment(row["occurred_at"])
            assert occurred_at is not None
            event = Event(
                event_id=row["event_id"],
                source=row["source"],
                occurred_at=occurred_at,
                fact=fact,
                source_sequence=row.get("source_sequence"),
                recorded_at=Instant(number),
            )
            events.setdefault(event.event_id, event)
    return list(events.values()), ends, content


def scope_of(given: dict[str, Any]) -> RecallScope:
    ((kind, field),) = given.items()
    span = field.get("window", {})
    window = Window(moment(span.get("from")), moment(span.get("to")))
    start = moment(field.get("from"))
    made: dict[str, Any] = {
        "materialLot": lambda: MaterialLotScope(field["materialLotId"], start),
        "lot": lambda: LotScope(field["lotId"], start),
        "equipment": lambda: EquipmentScope(field["equipmentId"], window, field.get("position")),
        "operator": lambda: OperatorScope(field["operatorId"], window),
        "tool": lambda: ToolScope(field["toolId"], window),
        "recipeVersion": lambda: RecipeVersionScope(field["recipeId"], field["version"], window),
        "wafer": lambda: WaferScope(
            field["substrateId"],
            field.get("xMin"),
            field.get("xMax"),
            field.get("yMin"),
            field.get("yMax"),
            tuple(field["bins"]) if "bins" in field else None,
        ),
    }
    scope: RecallScope = made[kind]()
    return scope


def checks(query: str, kinds: tuple[str, ...] = ()) -> list[Any]:
    folders = sorted(path.parent for path in SCENARIOS.glob("*/expected.json"))
    return [
        pytest.param(folder.name, check, id=f"{folder.name}-{check['name']}")
        for folder in folders
        for check in json.loads((folder / "expected.json").read_text(encoding="utf-8"))["checks"]
        if check["query"] == query and (not kinds or check["args"]["of"]["kind"] in kinds)
    ]


@pytest.mark.parametrize(("scenario", "check"), checks("recallImpact"))
def test_oracle_gives_the_expected_recall(scenario: str, check: dict[str, Any]) -> None:
    events, ends, _ = told(scenario)
    known = check.get("knownAt") or check.get("after")
    got = recall(
        events,
        scope_of(check["args"]["scope"]),
        moment(check["args"].get("asOf")),
        None if known is None else ends[known],
    )
    assert_recall(check["expect"], got)


def assert_recall(expect: dict[str, Any], got: dict[str, Any]) -> None:
    if "error" in expect:
        assert got == {"error": expect["error"]}
        return
    lots = {
        name: dict(row, since=moment(row["since"]), dispositions=pairs(row["dispositions"]))
        for name, row in expect["lots"].items()
    }
    assert got["lots"] == lots
    assert got["totals"] == dict(expect["totals"], byDisposition=pairs(expect["totals"]["byDisposition"]))
    for name in ("orders", "customers", "shipments"):
        assert got[name] == expect[name]
    assert got["materialLots"] == {name: moment(since) for name, since in expect["materialLots"].items()}
    assert got["incomplete"] == expect.get("incomplete")
    for code, things in expect["findings"].items():
        assert set(things) <= got["findings"].get(code, set())
    units = {u: c for u, c in got["units"].items() if u not in expect["optionalUnits"]}
    assert units == expect["units"]


def pairs(rows: dict[str, list[int]]) -> dict[str, tuple[int, int]]:
    return {kind: (low, high) for kind, (low, high) in rows.items()}


@pytest.mark.parametrize(("scenario", "check"), checks("genealogy", ("LOT", "MATERIAL_LOT")))
def test_oracle_gives_the_expected_genealogy(scenario: str, check: dict[str, Any]) -> None:
    events, _, _ = told(scenario)
    args = check["args"]
    got = walked(
        events,
        (args["of"]["kind"], args["of"]["key"]),
        back=args["direction"] == "ANCESTORS",
        as_of=moment(args.get("asOf")),
        known_at=None,
    )
    for kind, nodes in check["expect"]["exact"].items():
        assert got[kind] == {key: moment(at) for key, at in nodes.items()}
    for kind, keys in check["expect"]["contains"].items():
        if kind in got:
            assert set(keys) <= set(got[kind])
