from __future__ import annotations

import base64
import struct

import pytest

from resolvers.global_ids import global_id
from tests.resolvers.asking import ask
from twin.graph.session import Graph


async def test_a_lot_tells_its_runs_holds_and_derivations(plant: Graph) -> None:
    answer = await ask(
        plant,
        """{ lot(lotId: "LOT-1") {
            quantity looseQuantity status product { name } orders { orderId customer { customerId } }
            runs { operation operatorId recipeVersion startedAt good
                consumptions { materialLot { materialLotId } } }
            holds { holdId releasedBy } openHolds: holds(open: true) { holdId }
            consumptions { quantity { value unit } expected { value } run { attempt } event { type } }
            children { kind quantity to { lotId } } firstPassYield
        } }""",
    )
    assert answer["lot"] == {
        "quantity": 58,
        "looseQuantity": 58,
        "status": "IN_PROGRESS",
        "product": {"name": "LED 5050"},
        "orders": [{"orderId": "ORD-1", "customer": {"customerId": "CUST-1"}}],
        "runs": [
            {
                "operation": "DIE_BOND",
                "operatorId": "op-1",
                "recipeVersion": "3",
                "startedAt": "2026-03-02T08:30:00.000Z",
                "good": 98,
                "consumptions": [{"materialLot": {"materialLotId": "PASTE-1"}}],
            }
        ],
        "holds": [{"holdId": "HOLD-1", "releasedBy": "op-2"}],
        "openHolds": [],
        "consumptions": [
            {
                "quantity": {"value": 10.0, "unit": "G"},
                "expected": {"value": 9.0},
                "run": {"attempt": 1},
                "event": {"type": "MaterialConsumed"},
            }
        ],
        "children": [{"kind": "SPLIT", "quantity": 40, "to": {"lotId": "LOT-1A"}}],
        "firstPassYield": 0.98,
    }


async def test_a_lot_is_told_as_of_a_moment(plant: Graph) -> None:
    answer = await ask(
        plant,
        """query($at: DateTime) { lot(lotId: "LOT-1", asOf: $at) {
            quantity orders { orderId } runs { endedAt } children { quantity }
            currentEquipment { equipmentId state }
        } }""",
        at="2026-03-02T16:31:00+08:00",
    )
    assert answer["lot"] == {
        "quantity": 100,
        "orders": [{"orderId": "ORD-1"}],
        "runs": [{"endedAt": None}],
        "children": [],
        "currentEquipment": {"equipmentId": "DB-01", "state": "PRODUCTIVE"},
    }


async def test_a_lot_is_not_there_before_anything_named_it(plant: Graph) -> None:
    answer = await ask(plant, '{ lot(lotId: "LOT-1", asOf: "2026-03-02T07:59:59.999Z") { lotId } }')
    assert (answer["lot"], answer.codes) == (None, [])


async def test_lots_are_listed_in_slices_without_gap_or_repeat(plant: Graph) -> None:
    found, after = [], None
    for _ in range(3):
        answer = await ask(
            plant,
            """query($after: Cursor) { lots(first: 1, after: $after, filter: {lotId: {startsWith: "LOT-"}}) {
                totalCount nodes { lotId } edges { cursor } pageInfo { hasNextPage endCursor }
            } }""",
            after=after,
        )
        listed = answer["lots"]
        assert listed["edges"] == [{"cursor": listed["pageInfo"]["endCursor"]}]
        found += [row["lotId"] for row in listed["nodes"]]
        after = listed["pageInfo"]["endCursor"]
    assert found == ["LOT-1", "LOT-1A", "LOT-2"]
    assert listed["totalCount"] == 3


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ('filter: {orderId: {equals: "ORD-1"}}', ["LOT-1", "LOT-1A"]),
        ('filter: {not: {lotId: {startsWith: "LOT-1"}}, lotId: {startsWith: "LOT-2"}}', ["LOT-2"]),
        ('filter: {or: [{lotId: {equals: "LOT-2"}}, {operation: {equals: "DIE_BOND"}}]}', ["LOT-1", "LOT-2"]),
        ('filter: {and: [{status: [IN_PROGRESS]}, {lotId: {in: ["LOT-1", "LOT-2"]}}]}', ["LOT-1"]),
        ("orderBy: UPDATED_AT_DESC, first: 1, filter: {status: [IN_PROGRESS]}", ["LOT-1A"]),
        ('asOf: "2026-03-02T08:59:59Z", filter: {lotId: {startsWith: "LOT-1"}}', ["LOT-1"]),
    ],
)
async def test_lots_are_filtered(plant: Graph, asked: str, found: list[str]) -> None:
    answer = await ask(plant, f"{{ lots({asked}) {{ nodes {{ lotId }} }} }}")
    assert answer.messages == []
    assert [row["lotId"] for row in answer["lots"]["nodes"]] == found


async def test_a_substrate_tells_its_map_and_its_transfers(plant: Graph) -> None:
    answer = await ask(
        plant,
        """{ substrate(substrateId: "WAFER-1") {
            kind columns rows materialLot { materialLotId }
            map { columns bins binCounts { bin count } legend { bin quality } mappedAt }
            transfers(direction: DESCENDANTS) {
                totalCount nodes { from { x bin } toSubstrate { kind } x conflict } }
        } }""",
    )
    bins = base64.b64encode(struct.pack("<2H", 1, 2)).decode()
    assert answer["substrate"] == {
        "kind": "WAFER",
        "columns": 2,
        "rows": 1,
        "materialLot": {"materialLotId": "DIES-1"},
        "map": {
            "columns": 2,
            "bins": bins,
            "binCounts": [{"bin": 1, "count": 1}, {"bin": 2, "count": 1}],
            "legend": [{"bin": 1, "quality": "PASS"}, {"bin": 2, "quality": "FAIL"}],
            "mappedAt": "2026-03-02T08:01:00.000Z",
        },
        "transfers": {
            "totalCount": 3,
            "nodes": [
                {"from": {"x": 0, "bin": 1}, "toSubstrate": {"kind": "STRIP"}, "x": 0, "conflict": False},
                {"from": {"x": 1, "bin": 2}, "toSubstrate": {"kind": "STRIP"}, "x": 1, "conflict": True},
                {"from": {"x": 1, "bin": 2}, "toSubstrate": {"kind": "STRIP"}, "x": 2, "conflict": True},
            ],
        },
    }


async def test_a_die_tells_its_bin_tests_unit_and_conflicts(plant: Graph) -> None:
    answer = await ask(
        plant,
        """{ sound: die(substrateId: "WAFER-1", x: 0, y: 0) {
               bin quality unit { unitId } tests { attempt final passed } conflicts { code } }
             torn: die(substrateId: "WAFER-1", x: 1, y: 0) { bin conflicts { code things } }
             outside: die(substrateId: "WAFER-1", x: 2, y: 0) { bin } }""",
    )
    assert answer["sound"] == {
        "bin": 1,
        "quality": "PASS",
        "unit": {"unitId": "UNIT-1"},
        "tests": [
            {"attempt": 1, "final": False, "passed": False},
            {"attempt": 2, "final": True, "passed": True},
        ],
        "conflicts": [],
    }
    assert answer["torn"]["bin"] == 2
    assert [row["code"] for row in answer["torn"]["conflicts"]] == ["die.used_twice"]
    assert answer["outside"] is None


async def test_a_unit_tells_its_dies_components_and_whereabouts(plant: Graph) -> None:
    answer = await ask(
        plant,
        """{ module: unit(unitId: "MODULE-1") {
               components { unitId dies { substrate { substrateId } x y } tests { passed } }
               materialLots { materialLotId } disposition lot { lotId } } }""",
    )
    assert answer["module"] == {
        "components": [
            {
                "unitId": "UNIT-1",
                "dies": [{"substrate": {"substrateId": "WAFER-1"}, "x": 0, "y": 0}],
                "tests": [{"passed": True}],
            }
        ],
        "materialLots": [{"materialLotId": "PASTE-1"}],
        "disposition": "IN_PROCESS",
        "lot": {"lotId": "LOT-1"},
    }


async def test_a_material_lot_tells_what_is_left_and_where_it_went(plant: Graph) -> None:
    answer = await ask(
        plant,
        """{ materialLot(materialLotId: "PASTE-1") {
               supplierLot received { value } remaining { value unit } material { onHand low }
               usedIn { totalCount nodes { kind quantity { value } user { __typename } } } }
             mix: materialLot(materialLotId: "MIX-1") { madeFrom { materialLotId } } }""",
    )
    assert answer["materialLot"] == {
        "supplierLot": "S-77",
        "received": {"value": 500.0},
        "remaining": {"value": 390.0, "unit": "G"},
        "material": {"onHand": 390.0, "low": True},
        "usedIn": {
            "totalCount": 3,
            "nodes": [
                {"kind": "MATERIAL_LOT", "quantity": {"value": 100.0}, "user": {"__typename": "MaterialLot"}},
                {"kind": "LOT", "quantity": {"value": 10.0}, "user": {"__typename": "Lot"}},
                {"kind": "UNIT", "quantity": None, "user": {"__typename": "Unit"}},
            ],
        },
    }
    assert answer["mix"] == {"madeFrom": [{"materialLotId": "PASTE-1"}]}


async def test_an_order_tells_its_lots_and_what_left(plant: Graph) -> None:
    answer = await ask(
        plant,
        """{ order(orderId: "ORD-1") { lots { lotId } shippedQuantity progress { stage quantity } late }
             shipment(shipmentId: "SHIP-1") {
               contents { container { contents { lot { lotId } quantity } } } } }""",
    )
    assert answer["order"] == {
        "lots": [{"lotId": "LOT-1"}, {"lotId": "LOT-1A"}],
        "shippedQuantity": 40,
        "progress": [{"stage": "DIE_BOND", "quantity": 58}, {"stage": "SHIPPED", "quantity": 40}],
        "late": True,
    }
    held = {"lot": {"lotId": "LOT-1A"}, "quantity": 40}
    assert answer["shipment"] == {"contents": [{"container": {"contents": [held]}}]}


async def test_machines_and_alarms_are_listed(plant: Graph) -> None:
    answer = await ask(
        plant,
        """{ equipments(filter: {lineId: {equals: "LINE-1"}}) { totalCount nodes {
               equipmentId state connected openAlarms { alarmId acknowledgedBy } } }
             alarms(filter: {open: false}) { nodes { alarmId clearedAt equipment { equipmentType } } } }""",
    )
    machine = {
        "equipmentId": "DB-01",
        "state": "PRODUCTIVE",
        "connected": True,
        "openAlarms": [{"alarmId": "ALARM-1", "acknowledgedBy": "op-1"}],
    }
    assert answer["equipments"] == {"totalCount": 1, "nodes": [machine]}
    cleared = {
        "alarmId": "ALARM-2",
        "clearedAt": "2026-03-02T08:36:00.000Z",
        "equipment": {"equipmentType": "DIE_BONDER"},
    }
    assert answer["alarms"] == {"nodes": [cleared]}


async def test_a_voided_event_names_its_void(plant: Graph) -> None:
    answer = await ask(plant, '{ event(eventId: "mistake") { type data voidedBy { eventId type } } }')
    assert answer["event"] == {
        "type": "LotCreated",
        "data": {"lot_id": "LOT-9", "product_id": "LED-5050", "quantity": 100},
        "voidedBy": {"eventId": "void-of-mistake", "type": "EventVoided"},
    }


async def test_every_kind_is_found_again_by_its_id(plant: Graph) -> None:
    keys = [
        ("LOT", "LOT-1"),
        ("MATERIAL_LOT", "PASTE-1"),
        ("SUBSTRATE", "WAFER-1"),
        ("DIE", "WAFER-1@0,0"),
        ("UNIT", "UNIT-1"),
        ("CONTAINER", "REEL-1"),
        ("SHIPMENT", "SHIP-1"),
        ("ORDER", "ORD-1"),
        ("EQUIPMENT", "DB-01"),
        ("OPERATION_RUN", "LOT-1/DIE_BOND/DB-01/1"),
        ("CUSTOMER", "CUST-1"),
        ("PRODUCT", "LED-5050"),
        ("ALARM", "ALARM-1"),
    ]
    ids = [global_id(kind, key) for kind, key in keys] + [global_id("LOT", "nobody")]
    answer = await ask(plant, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)
    assert answer["nodes"] == [*({"id": identifier} for identifier in ids[:-1]), None]


async def test_search_finds_what_begins_like_the_text(plant: Graph) -> None:
    answer = await ask(plant, '{ search(text: " LOT-1 ") { __typename ... on Lot { lotId } } }')
    assert answer["search"] == [
        {"__typename": "Lot", "lotId": "LOT-1"},
        {"__typename": "Lot", "lotId": "LOT-1A"},
    ]
