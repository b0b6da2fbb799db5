from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from tests.graph_fixtures import wipe
from tests.resolvers.asking import ask
from tests.twin.projection.arrivals import projector
from twin.events.codec import decode
from twin.graph.session import Graph
from twin.projection.arrival import Arrival
from twin.vocabulary.instants import Instant, written

CONTRACT = Path(__file__).resolve().parents[2].parent / "shared" / "contract"
SCENARIOS = CONTRACT / "scenarios"
LEARNED = 1_800_000_000_000
PHASE = 60_000

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


@cache
def scenario(name: str) -> dict[str, Any]:
    return json.loads((SCENARIOS / name / "expected.json").read_text(encoding="utf-8"))


def told(name: str) -> list[Arrival]:
    lines = (SCENARIOS / name / "events.ndjson").read_bytes().splitlines()
    rows: list[Arrival] = []
    for number, phase in enumerate(scenario(name)["phases"]):
        for line in lines[len(rows) : len(rows) + phase["lines"]]:
            event = msgspec.structs.replace(decode(line), recorded_at=Instant(LEARNED + number * PHASE))
            rows.append(Arrival(event, "box", 0, len(rows) + 1))
    return rows


def checks() -> Iterator[Any]:
    if not SCENARIOS.is_dir():
        return
    for folder in sorted(SCENARIOS.iterdir()):
        if folder.is_dir():
            for number, check in enumerate(scenario(folder.name)["checks"]):
                label = f"{folder.name}-{number}-{check['query']}-{check['name']}".replace(" ", "_")
                yield pytest.param(folder.name, number, id=label)


@pytest.fixture(scope="module")
async def plants(graph: Graph) -> AsyncIterator[dict[str, str]]:
    yield {"graph": ""}
    await wipe(graph)


async def prepared(graph: Graph, plants: dict[str, str], name: str) -> None:
    if plants["graph"] != name:
        await wipe(graph)
        await projector(graph).apply(told(name))
        plants["graph"] = name


def variables(name: str, check: dict[str, Any]) -> dict[str, Any]:
    phases = [phase["name"] for phase in scenario(name)["phases"]]
    asked = dict(check["args"])
    known = check.get("knownAt") or check.get("after")
    if known is not None:
        asked["knownAt"] = written(LEARNED + phases.index(known) * PHASE)
    return asked


async def pages_of(graph: Graph, check: dict[str, Any], asked: dict[str, Any]) -> list[dict[str, Any]]:
    queries = runner("queries")
    document = queries.RECALL if check["query"] == "recallImpact" else queries.GENEALOGY
    pages: list[dict[str, Any]] = []
    while True:
        answer = await ask(graph, document, **asked, first=7)
        if answer.codes:
            return [{"codes": answer.codes, "messages": answer.messages}]
        page = answer[check["query"]]
        pages.append(page)
        if check["query"] == "genealogy":
            more = {"after": page["answer"]["continue"]} if page["answer"]["continue"] else {}
        else:
            for name in ("lots", "units"):
                if len(pages) > 1 and not pages[-2][name]["pageInfo"]["hasNextPage"]:
                    page[name].update(nodes=[], pageInfo={"hasNextPage": False, "endCursor": None})
            going = {name: page[name]["pageInfo"] for name in ("lots", "units")}
            more = {name: info["endCursor"] for name, info in going.items() if info["hasNextPage"]}
        if not more:
            return pages
        asked = asked | more


async def difference(graph: Graph, name: str, check: dict[str, Any], asked: dict[str, Any]) -> Any:
    queries, compare = runner("queries"), runner("compare")
    match check["query"]:
        case "recallImpact" | "genealogy":
            pages = await pages_of(graph, check, asked)
            wanted = check["expect"].get("error")
            if "codes" in pages[0] or wanted:
                return None if pages[0].get("codes") == [wanted] else pages[0]
            if check["query"] == "genealogy":
                return compare.genealogy_difference(check["expect"], queries.read_genealogy(pages))
            found = compare.recall_difference(check["expect"], queries.read_recall(pages))
            if found is None and set(asked["scope"]) & {"materialLot", "lot"}:
                answer = await ask(graph, queries.EVIDENCE, **asked)
                rows = answer["recallImpact"]["lots"]["nodes"]
                found = compare.evidence_difference(asked["scope"], rows, sent(name))
            return found
        case "lot":
            answer = await ask(graph, queries.LOT, **asked)
            return answer.messages or compare.lot_difference(check["expect"], queries.read_lot(answer["lot"]))
        case "unit":
            answer = await ask(graph, queries.UNIT, **asked)
            found = queries.read_unit(answer.get("unit"))
            return answer.messages or compare.unit_difference(check["expect"], found)
        case "event":
            answer = await ask(graph, queries.EVENT, **asked)
            return answer.messages or compare.event_difference(check["expect"], answer["event"])
    raise AssertionError(check["query"])


@cache
def sent(name: str) -> dict[str, Any]:
    lines = (SCENARIOS / name / "events.ndjson").read_text(encoding="utf-8").splitlines()
    return {row["event_id"]: row for row in map(json.loads, lines)}


@pytest.mark.parametrize(("name", "number"), list(checks()))
async def test_answers_as_the_contract_expects(
    graph: Graph, plants: dict[str, str], name: str, number: int
) -> None:
    await prepared(graph, plants, name)
    check = scenario(name)["checks"][number]
    assert await difference(graph, name, check, variables(name, check)) is None
