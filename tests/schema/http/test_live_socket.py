from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from resolvers.context import Context
from resolvers.loaders import Loaders
from resolvers.viewer import Viewer
from schema.build import build_schema
from tests.factory import (
    alarm_set,
    equipment_registered,
    equipment_state_changed,
    lot_created,
    lot_split,
    lot_tracked_in,
)
from tests.resolvers.following import Line
from tests.schema.http.conftest import Edge, edge_of
from tests.schema.http.test_graphql_ws import ready, received, subscribe
from twin.graph.session import Graph
from twin.stream.client import Stream
from twin.vocabulary.roles import Role

BOARD = """
subscription Board($line: String, $after: Cursor) {
  equipmentStates(lineId: $line, after: $after) {
    kind seq cursor at
    equipments { equipmentId state stateSince lot { lotId } openAlarms { code level } }
  }
}
"""


RECALL = 'recallImpact(scope: {lot: {lotId: "%s"}})'

IMPACT = f"""
subscription {{
  {RECALL % "LOT-1"} {{
    kind seq
    impact {{ answer {{ complete }} totals {{ low high }} lots {{ nodes {{ lot {{ lotId }} low }} }} }}
    added {{ lot {{ lotId quantity }} low high evidence {{ steps {{ relation event {{ eventId }} }} }} }}
    removed {{ lot {{ lotId }} low }}
    changed {{ lot {{ lotId }} low }}
    because {{ eventId type }}
  }}
}}
"""

WIP = "subscription { wipBoard { kind seq board { lineId stages { operation waiting lots } } } }"


@pytest.fixture
async def line(empty_graph: Graph, stream: Stream, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    for module in ("live", "live_conflated"):
        monkeypatch.setattr(f"resolvers.{module}.HEARTBEAT_S", 600.0)
    made = Line(empty_graph, stream)
    await made.project(equipment_registered(equipment_id="DB-01", line_id="L1"), lot_created(lot_id="LOT-1"))
    running = asyncio.create_task(made.hub.run())
    yield made
    running.cancel()
    await asyncio.wait((running,))


@pytest.fixture
async def plant(
    line: Line, empty_graph: Graph, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Edge]:
    def context_of(viewer: Viewer) -> Context:
        return Context(graph=empty_graph, viewer=viewer, loaders=Loaders(empty_graph), live=line.hub)

    folder = tmp_path_factory.mktemp("plant")
    async with edge_of(folder, schema=build_schema(), context_of=context_of) as running:
        yield running


async def frame(opened: Any, name: str = "equipmentStates") -> Any:
    message = await received(opened)
    assert message["type"] == "next", message
    assert "errors" not in message["payload"], message
    return message["payload"]["data"][name]


async def test_the_board_sees_each_change_with_its_lot_and_alarms(plant: Edge, line: Line) -> None:
    async with ready(plant) as opened:
        await subscribe(opened, "board", BOARD, line="L1")
        first = await frame(opened)
        assert (first["kind"], first["seq"]) == ("SNAPSHOT", 1)
        assert first["equipments"] == [
            {"equipmentId": "DB-01", "state": "UNKNOWN", "stateSince": None, "lot": None, "openAlarms": []}
        ]
        await line.tell(lot_tracked_in(lot_id="LOT-1", equipment_id="DB-01", occurred_at="09:00"))
        await line.tell(equipment_state_changed(state="PRODUCTIVE", occurred_at="09:01"))
        await line.tell(alarm_set(equipment_id="DB-01", code="4711", occurred_at="09:02"))
        frames = [await frame(opened) for _ in range(3)]
    assert [(one["kind"], one["seq"]) for one in frames] == [("DELTA", 2), ("DELTA", 3), ("DELTA", 4)]
    assert frames[2]["equipments"] == [
        {
            "equipmentId": "DB-01",
            "state": "PRODUCTIVE",
            "stateSince": "2026-03-02T09:01:00.000Z",
            "lot": {"lotId": "LOT-1"},
            "openAlarms": [{"code": "4711", "level": 1}],
        }
    ]


async def test_a_board_that_comes_back_misses_nothing(plant: Edge, line: Line) -> None:
    async with ready(plant) as opened:
        await subscribe(opened, "board", BOARD)
        cursor = (await frame(opened))["cursor"]
    await line.tell(equipment_state_changed(state="PRODUCTIVE"))
    await line.tell(equipment_state_changed(state="STANDBY"))
    async with ready(plant) as opened:
        await subscribe(opened, "board", BOARD, after=cursor)
        frames = [await frame(opened), await frame(opened)]
    assert [one["kind"] for one in frames] == ["DELTA", "DELTA"]
    assert frames[-1]["equipments"][0]["state"] == "STANDBY"


async def test_a_board_that_leaves_is_forgotten(plant: Edge, line: Line) -> None:
    async with ready(plant) as opened:
        await subscribe(opened, "board", BOARD)
        await frame(opened)
        assert line.hub.followers == 1
    async with asyncio.timeout(60):
        while line.hub.followers:
            await asyncio.sleep(0.01)


async def test_a_recall_is_told_again_with_the_evidence_of_what_joined(plant: Edge, line: Line) -> None:
    async with ready(plant) as opened:
        await subscribe(opened, "recall", IMPACT)
        first = await frame(opened, "recallImpact")
        await line.tell(lot_split(event_id="split", children=[{"lot_id": "LOT-1A", "quantity": 40}]))
        second = await frame(opened, "recallImpact")
    assert first == {
        "kind": "SNAPSHOT",
        "seq": 1,
        "impact": {
            "answer": {"complete": True},
            "totals": {"low": 100, "high": 100},
            "lots": {"nodes": [{"lot": {"lotId": "LOT-1"}, "low": 100}]},
        },
        "added": [],
        "removed": [],
        "changed": [],
        "because": None,
    }
    assert second["added"] == [
        {
            "lot": {"lotId": "LOT-1A", "quantity": 40},
            "low": 40,
            "high": 40,
            "evidence": [{"steps": [{"relation": "SPLIT_INTO", "event": {"eventId": "split"}}]}],
        }
    ]
    assert second["changed"] == [{"lot": {"lotId": "LOT-1"}, "low": 60}]
    assert second["because"] == {"eventId": "split", "type": "LotSplit"}


async def test_work_in_progress_is_told_again_after_a_change(plant: Edge, line: Line) -> None:
    async with ready(plant) as opened:
        await subscribe(opened, "wip", WIP)
        first = await frame(opened, "wipBoard")
        await line.tell(lot_created(lot_id="LOT-2", quantity=5))
        second = await frame(opened, "wipBoard")
    assert first == {
        "kind": "SNAPSHOT",
        "seq": 1,
        "board": {"lineId": None, "stages": [{"operation": "", "waiting": 100, "lots": 1}]},
    }
    assert (second["kind"], second["seq"], second["board"]["stages"][0]["waiting"]) == ("DELTA", 2, 105)


async def test_the_board_is_streamed_as_events_too(plant: Edge, line: Line) -> None:
    body = {"query": BOARD}
    async with plant.http.stream("POST", "/graphql/stream", json=body, headers=plant.bearer()) as response:
        kinds: list[str] = []
        async for text in response.aiter_lines():
            if text.startswith("data: {"):
                kinds.append(json.loads(text[6:])["data"]["equipmentStates"]["kind"])
                if len(kinds) == 1:
                    await line.tell(equipment_state_changed(state="PRODUCTIVE"))
                else:
                    break
    assert kinds == ["SNAPSHOT", "DELTA"]


@pytest.mark.parametrize(
    ("document", "role", "code"),
    [
        ("subscription { wipBoard { seq } }", Role.INTEGRATION, "access.forbidden"),
        (f"subscription {{ {RECALL % 'LOT-1'} {{ seq }} }}", Role.OPERATOR, "access.forbidden"),
        (f"subscription {{ {RECALL % 'NOBODY'} {{ seq }} }}", Role.ENGINEER, "thing.not_found"),
        ("subscription { equipmentStates { seq } }", Role.INTEGRATION, "access.forbidden"),
        ('subscription { equipmentStates(after: "x") { seq } }', Role.ENGINEER, "cursor.bad"),
    ],
)
async def test_a_refused_subscription_says_why(plant: Edge, document: str, role: Role, code: str) -> None:
    async with ready(plant, plant.token(role)) as opened:
        await subscribe(opened, "1", document)
        answer = await received(opened)
        assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", code)


async def test_questions_are_answered_from_the_graph(plant: Edge) -> None:
    response = await plant.ask('{ equipment(equipmentId: "DB-01") { equipmentId lineId state } }')
    assert response.json() == {
        "data": {"equipment": {"equipmentId": "DB-01", "lineId": "L1", "state": "UNKNOWN"}}
    }
