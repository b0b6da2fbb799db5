from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.factory import (
    lot_created,
    lot_split,
    material_consumed,
    material_lot_received,
    order_received,
    packed,
    shipped,
    units_identified,
)
from tests.resolvers.case_desk import CaseDesk, case_desk
from tests.twin.cases.holding_system import HoldingSystem, holding_system
from tests.twin.projection.arrivals import project
from twin.cases.office import Habits
from twin.errors import Refused
from twin.graph.session import Graph
from twin.vocabulary.roles import Role

COMMANDS = "holdCommands { nodes { commandId system verb target key state attempts problem } }"


@pytest.fixture
async def plant(empty_graph: Graph) -> Graph:
    await project(
        empty_graph,
        order_received(occurred_at="06:00", order_id="ORD-1", customer_id="CUST-1"),
        order_received(occurred_at="06:00", order_id="ORD-2", customer_id="CUST-2"),
        material_lot_received(occurred_at="07:00", material_lot_id="PASTE-1"),
        lot_created(occurred_at="08:00", lot_id="LOT-1", quantity=100, order_id="ORD-1"),
        lot_created(occurred_at="08:00", lot_id="LOT-2", quantity=50, order_id="ORD-2"),
        material_consumed(occurred_at="08:30", lot_id="LOT-1", material_lot_id="PASTE-1"),
        material_consumed(occurred_at="08:30", lot_id="LOT-2", material_lot_id="PASTE-1"),
        units_identified(occurred_at="08:40", lot_id="LOT-2", units=[{"unit_id": "U1"}, {"unit_id": "U2"}]),
        lot_split(
            occurred_at="09:00", parent_lot_id="LOT-1", children=[{"lot_id": "LOT-1A", "quantity": 40}]
        ),
        packed(occurred_at="09:10", container_id="REEL-1", contents=[{"lot_id": "LOT-1A", "quantity": 40}]),
        packed(occurred_at="09:11", container_id="BOX-1", contents=[{"container_id": "REEL-1"}]),
        packed(
            occurred_at="09:12",
            container_id="REEL-2",
            contents=[{"unit_id": "U1"}, {"lot_id": "LOT-2", "quantity": 48}, {"unit_id": "U2"}],
        ),
        shipped(
            occurred_at="09:20",
            shipment_id="SHIP-2",
            customer_id="CUST-2",
            order_id="ORD-2",
            contents=[{"container_id": "REEL-2"}],
        ),
    )
    return empty_graph


@pytest.fixture
async def mes() -> AsyncIterator[HoldingSystem]:
    async with holding_system() as made:
        yield made


@pytest.fixture
async def desk(plant: Graph, tmp_path: Path, mes: HoldingSystem) -> AsyncIterator[CaseDesk]:
    habits = Habits(systems=f"mes={mes.url}", tokens="mes=s3cret", overdue_minutes=1)
    async with case_desk(plant, tmp_path, habits=habits) as made:
        yield made


async def holds_of(desk: CaseDesk, lot_id: str) -> list[tuple[str, str | None]]:
    answered = await desk.ask(
        "query($id: String!) { lot(lotId: $id) { status holds { reasonCode releasedAt by } } }", id=lot_id
    )
    return [(row["reasonCode"], row["releasedAt"]) for row in answered["lot"]["holds"]]


async def test_containing_holds_what_is_still_here_and_tells_the_systems(
    desk: CaseDesk, mes: HoldingSystem
) -> None:
    case_id = await desk.opened()
    held = await desk.do(
        "containRecallCase", "state heldLots heldContainers", caseId=case_id, reason="bad paste"
    )
    assert held["case"] == {
        "state": "CONTAINED",
        "heldLots": ["LOT-1", "LOT-1A"],
        "heldContainers": ["BOX-1", "REEL-1"],
    }
    assert await desk.project() == 2
    assert await holds_of(desk, "LOT-1A") == [("RECALL", None)]
    assert await holds_of(desk, "LOT-2") == []

    await desk.office.sender.turn("twin")
    assert await desk.office.sender.turn("mes") == 4
    told = sorted((body["target"], body["key"], body["verb"]) for _, body in mes.told)
    assert told == [
        ("CONTAINER", "BOX-1", "HOLD"),
        ("CONTAINER", "REEL-1", "HOLD"),
        ("LOT", "LOT-1", "HOLD"),
        ("LOT", "LOT-1A", "HOLD"),
    ]
    assert {headers["authorization"] for headers, _ in mes.told} == {"Bearer s3cret"}
    assert {headers["idempotency-key"] for headers, _ in mes.told} == {
        body["command_id"] for _, body in mes.told
    }
    counts = (
        "query($id: String!) { recallCase(caseId: $id) { containment { commands acknowledged overdue } } }"
    )
    assert (await desk.ask(counts, id=case_id))["recallCase"]["containment"] == {
        "commands": 6,
        "acknowledged": 6,
        "overdue": 0,
    }


async def test_a_lot_that_joins_later_is_shown_as_left_out_until_it_is_held(desk: CaseDesk) -> None:
    case_id = await desk.opened()
    await desk.do("containRecallCase", caseId=case_id, reason="bad paste")
    left_out = "query($id: String!) { recallCase(caseId: $id) { lotsLeftOut } }"
    assert (await desk.ask(left_out, id=case_id))["recallCase"] == {"lotsLeftOut": []}
    await desk.project()
    late = [
        lot_created(occurred_at="08:00", lot_id="LOT-3", quantity=7),
        material_consumed(occurred_at="08:10", lot_id="LOT-3", material_lot_id="PASTE-1"),
    ]
    await desk.outbox.accept(late)
    await desk.project()
    assert (await desk.ask(left_out, id=case_id))["recallCase"] == {"lotsLeftOut": ["LOT-3"]}
    held = await desk.do("containRecallCase", "heldLots lotsLeftOut", caseId=case_id, reason="one more")
    assert held["case"] == {"heldLots": ["LOT-1", "LOT-1A", "LOT-3"], "lotsLeftOut": []}


async def test_lots_go_on_in_parts_and_are_not_held_again_by_themselves(desk: CaseDesk) -> None:
    case_id = await desk.opened()
    await desk.do("containRecallCase", caseId=case_id, reason="bad paste")
    part = await desk.do(
        "releaseFromRecallCase",
        "state heldLots releasedLots",
        caseId=case_id,
        reason="x-ray is clean",
        lotIds=["LOT-1A"],
        containerIds=["REEL-1"],
    )
    assert part["case"] == {"state": "PARTLY_RELEASED", "heldLots": ["LOT-1"], "releasedLots": ["LOT-1A"]}
    await desk.project()
    ((code, released_at),) = await holds_of(desk, "LOT-1A")
    assert (code, released_at is None) == ("RECALL", False)

    again = await desk.do("containRecallCase", "state heldLots", caseId=case_id, reason="once more")
    assert again["case"] == {"state": "PARTLY_RELEASED", "heldLots": ["LOT-1"]}
    on_purpose = await desk.do(
        "containRecallCase", "heldLots", caseId=case_id, reason="still bad", lotIds=["LOT-1A"]
    )
    assert on_purpose["case"]["heldLots"] == ["LOT-1", "LOT-1A"]
    await desk.project()
    assert [released for _, released in await holds_of(desk, "LOT-1A")].count(None) == 1


@pytest.mark.parametrize(
    ("mutation", "given", "code"),
    [
        ("releaseFromRecallCase", {"lotIds": ["LOT-2"]}, "case.lot_not_held"),
        ("releaseFromRecallCase", {"containerIds": ["REEL-2"]}, "case.lot_not_held"),
        ("releaseFromRecallCase", {}, "list.empty"),
        ("containRecallCase", {"lotIds": ["CLEAN"]}, "case.lot_not_reached"),
        ("closeRecallCase", {}, "case.holds_open"),
    ],
)
async def test_what_a_case_does_not_hold_it_does_not_let_go(
    desk: CaseDesk, mutation: str, given: dict[str, Any], code: str
) -> None:
    case_id = await desk.opened()
    await desk.do("containRecallCase", caseId=case_id, reason="bad paste")
    refused = await desk.do(mutation, caseId=case_id, reason="why not", **given)
    assert [row["code"] for row in refused["userErrors"]] == [code]


async def test_a_case_that_still_holds_lots_is_closed_only_on_purpose(desk: CaseDesk) -> None:
    case_id = await desk.opened()
    await desk.do("containRecallCase", caseId=case_id, reason="bad paste")
    closed = await desk.do(
        "closeRecallCase", "state heldLots", caseId=case_id, reason="to be scrapped", keepHolds=True
    )
    assert closed["case"] == {"state": "CLOSED", "heldLots": ["LOT-1", "LOT-1A"]}


async def test_an_order_whose_process_died_is_carried_out_once(desk: CaseDesk, monkeypatch: Any) -> None:
    case_id = await desk.opened()
    containment = desk.office.containment

    async def die(*_: object) -> None:
        raise Refused("killed here", code="test.killed")

    with monkeypatch.context() as dying:
        dying.setattr(containment, "_note_done", die)
        broken = await desk.do("containRecallCase", caseId=case_id, reason="bad paste")
        assert [row["code"] for row in broken["userErrors"]] == ["test.killed"]
    assert (await desk.office.ledger.case(case_id)).state == "OPENED"
    assert await desk.project() == 2
    assert await containment.resume() == 1
    assert await containment.resume() == 0
    assert await desk.project() == 0
    case = await desk.office.ledger.case(case_id)
    assert (case.state, sorted(case.held_lots)) == ("CONTAINED", ["LOT-1", "LOT-1A"])
    assert len(await desk.office.commands.of_case(case_id)) == 6


async def test_a_system_that_fails_is_told_again_and_listed_when_overdue(
    desk: CaseDesk, mes: HoldingSystem
) -> None:
    mes.default = 503
    case_id = await desk.opened()
    await desk.do("containRecallCase", caseId=case_id, reason="bad paste")
    await desk.office.sender.turn("mes")
    assert await desk.office.sender.turn("mes") == 0
    asked = await desk.ask("query($id: String!) { recallCase(caseId: $id) { " + COMMANDS + " } }", id=case_id)
    waiting = [row for row in asked["recallCase"]["holdCommands"]["nodes"] if row["system"] == "mes"]
    assert {(row["state"], row["attempts"], row["problem"]) for row in waiting} == {
        ("PENDING", 1, "answered 503")
    }
    late = (await desk.office.ledger.case(case_id)).updated_at + 120_000
    desk.office.clock = lambda: late
    overdue = (await desk.ask("{ overdueHoldCommands { system key state } }"))["overdueHoldCommands"]
    assert [row["key"] for row in overdue if row["system"] == "mes"] == [row["key"] for row in waiting]

    answered = await desk.ask(
        "mutation($id: String!) { acknowledgeHoldCommand(input: {commandId: $id}) "
        "{ command { state acknowledgedBy } userErrors { code } } }",
        Role.INTEGRATION,
        id=waiting[0]["commandId"],
    )
    assert answered.messages == []
    assert answered["acknowledgeHoldCommand"]["userErrors"] == []
    assert (await desk.office.ledger.case(case_id)).log[-1].action == "ACKNOWLEDGED"


async def test_each_customer_gets_a_list_of_its_own(desk: CaseDesk) -> None:
    case_id = await desk.opened()
    asked = await desk.ask(
        "query($id: String!) { recallCase(caseId: $id) { customers { customer { customerId } orderIds "
        "shipmentIds lotIds units unitIds low high } } }",
        id=case_id,
    )
    one, two = asked["recallCase"]["customers"]
    assert one == {
        "customer": {"customerId": "CUST-1"},
        "orderIds": ["ORD-1"],
        "shipmentIds": [],
        "lotIds": ["LOT-1", "LOT-1A"],
        "units": 0,
        "unitIds": [],
        "low": 0,
        "high": 0,
    }
    assert two == {
        "customer": {"customerId": "CUST-2"},
        "orderIds": ["ORD-2"],
        "shipmentIds": ["SHIP-2"],
        "lotIds": ["LOT-2"],
        "units": 2,
        "unitIds": ["U1", "U2"],
        "low": 50,
        "high": 50,
    }
