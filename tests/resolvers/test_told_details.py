from __future__ import annotations

from tests.factory import (
    lot_created,
    lot_moved,
    lot_tracked_in,
    lot_tracked_out,
    maintenance_done,
    measurement_recorded,
    packed,
    recipe_approved,
    recipe_retired,
    recipe_uploaded,
    recipe_verified,
    shipped,
    tool_mounted,
    tool_unmounted,
    units_identified,
)
from tests.resolvers.asking import ask
from tests.twin.projection.arrivals import project
from twin.graph.session import Graph
from twin.vocabulary.roles import Role

AT = "2026-03-02T"


async def test_a_lot_tells_where_it_was_and_what_its_scans_said(empty_graph: Graph) -> None:
    await project(
        empty_graph,
        lot_created(occurred_at="08:00", priority=7),
        lot_tracked_in(occurred_at="08:10", carrier_id="MAG-4", quantity=99),
        lot_tracked_out(occurred_at="09:00", good=90, scrap=4, rework=3, other=2),
        lot_moved(event_id="late", occurred_at="09:30", location_id="RACK-2", quantity=95),
        lot_moved(event_id="first", occurred_at="08:05", location_id="RACK-1"),
    )
    document = """query($at: DateTime) { lot(lotId: "LOT-1", asOf: $at) { priority
        locations { location quantity since until event { eventId } }
        runs { quantity carrierId good scrap rework other } } }"""

    now, then = await ask(empty_graph, document), await ask(empty_graph, document, at=f"{AT}08:30:00Z")

    run = {"quantity": 99, "carrierId": "MAG-4"}
    first = {"location": "RACK-1", "quantity": None, "since": f"{AT}08:05:00.000Z"}
    assert now["lot"] == {
        "priority": 7,
        "locations": [
            {**first, "until": f"{AT}09:30:00.000Z", "event": {"eventId": "first"}},
            {
                "location": "RACK-2",
                "quantity": 95,
                "since": f"{AT}09:30:00.000Z",
                "until": None,
                "event": {"eventId": "late"},
            },
        ],
        "runs": [{**run, "good": 90, "scrap": 4, "rework": 3, "other": 2}],
    }
    assert then["lot"] == {
        "priority": 7,
        "locations": [{**first, "until": None, "event": {"eventId": "first"}}],
        "runs": [{**run, "good": None, "scrap": None, "rework": None, "other": None}],
    }


async def test_measurements_stand_with_what_was_measured(empty_graph: Graph) -> None:
    given = {"lot_id": "LOT-1", "substrate_id": "STRIP-1", "unit_id": "UNIT-1"}
    await project(
        empty_graph,
        measurement_recorded(occurred_at="09:00", value=8.4, lower=6, upper=8, **given),
        measurement_recorded(occurred_at="08:00", value=7.5, lower=6, **given),
        measurement_recorded(occurred_at="08:30", value=-1, lot_id="LOT-1"),
    )
    told = "{ totalCount nodes { characteristic value unit lower upper within equipment { equipmentId } } }"

    answer = await ask(
        empty_graph,
        f"""{{ lot(lotId: "LOT-1") {{ measurements {told} }}
               substrate(substrateId: "STRIP-1") {{ measurements(first: 1) {told} }}
               unit(unitId: "UNIT-1") {{ measurements {{ nodes {{ within lotId substrateId unitId }} }}
               }} }}""",
    )
    refused = await ask(empty_graph, f'{{ lot(lotId: "LOT-1") {{ measurements {told} }} }}', Role.PLANNER)

    pull = {"characteristic": "pull_force", "unit": "GF", "equipment": {"equipmentId": "WB-01"}}
    good = {**pull, "value": 7.5, "lower": 6.0, "upper": None, "within": True}
    plain = {**pull, "value": -1.0, "lower": None, "upper": None, "within": None}
    bad = {**pull, "value": 8.4, "lower": 6.0, "upper": 8.0, "within": False}
    assert answer.messages == []
    assert answer["lot"]["measurements"] == {"totalCount": 3, "nodes": [good, plain, bad]}
    assert answer["substrate"]["measurements"] == {"totalCount": 2, "nodes": [good]}
    names = {"lotId": "LOT-1", "substrateId": "STRIP-1", "unitId": "UNIT-1"}
    assert answer["unit"]["measurements"]["nodes"] == [{"within": True, **names}, {"within": False, **names}]
    assert refused.codes == ["access.forbidden"]


async def test_a_recipe_version_tells_who_let_it_be_used(empty_graph: Graph) -> None:
    await project(
        empty_graph,
        recipe_uploaded(occurred_at="08:00"),
        recipe_approved(occurred_at="09:00"),
        recipe_verified(occurred_at="10:00", matched=False),
        recipe_retired(occurred_at="11:00"),
    )
    document = """query($at: DateTime) { recipeVersion(recipeId: "BOND-5050", version: "3", asOf: $at) {
        id recipeId version equipmentType size inferred uploadedBy approvedAt approvedBy
        retiredAt retiredBy verifiedAt verified } }"""

    now, then = await ask(empty_graph, document), await ask(empty_graph, document, at=f"{AT}08:30:00Z")
    again = await ask(
        empty_graph,
        """query($id: ID!) { node(id: $id) { __typename }
             none: recipeVersion(recipeId: "X", version: "3") { id } }""",
        id=now["recipeVersion"].pop("id"),
    )

    then["recipeVersion"].pop("id")
    uploaded = {
        "recipeId": "BOND-5050",
        "version": "3",
        "equipmentType": "DIE_BONDER",
        "size": 4096,
        "inferred": False,
        "uploadedBy": "eng-1",
    }
    untold = ("approvedAt", "approvedBy", "retiredAt", "retiredBy", "verifiedAt", "verified")
    assert then["recipeVersion"] == uploaded | dict.fromkeys(untold)
    assert now["recipeVersion"] == uploaded | {
        "approvedAt": f"{AT}09:00:00.000Z",
        "approvedBy": "qa-1",
        "retiredAt": f"{AT}11:00:00.000Z",
        "retiredBy": "qa-1",
        "verifiedAt": f"{AT}10:00:00.000Z",
        "verified": False,
    }
    assert again == {"node": {"__typename": "RecipeVersion"}, "none": None}


async def test_a_tool_tells_where_it_sits_and_sat(empty_graph: Graph) -> None:
    await project(
        empty_graph,
        tool_mounted(occurred_at="08:00"),
        tool_unmounted(occurred_at="09:00", count=700),
        tool_mounted(occurred_at="10:00", equipment_id="WB-02"),
    )

    told = await ask(
        empty_graph,
        """{ tool(toolId: "CAP-1") { toolKind equipment { equipmentId } position count
               mounts { nodes { equipment { equipmentId } startedAt endedAt } } }
             off: tool(toolId: "CAP-1", asOf: "2026-03-02T09:30:00Z") {
               equipment { equipmentId } count } }""",
    )

    assert told["tool"] == {
        "toolKind": "CAPILLARY",
        "equipment": {"equipmentId": "WB-02"},
        "position": "HEAD-1",
        "count": 700,
        "mounts": {
            "nodes": [
                {
                    "equipment": {"equipmentId": "WB-02"},
                    "startedAt": f"{AT}10:00:00.000Z",
                    "endedAt": None,
                },
                {
                    "equipment": {"equipmentId": "WB-01"},
                    "startedAt": f"{AT}08:00:00.000Z",
                    "endedAt": f"{AT}09:00:00.000Z",
                },
            ]
        },
    }
    assert told["off"] == {"equipment": None, "count": 700}


async def test_maintenance_stands_with_the_machine(empty_graph: Graph) -> None:
    items = [{"name": "clean nozzle", "ok": True}, {"name": "belt", "ok": False, "note": "worn"}]
    await project(empty_graph, maintenance_done(items=items))

    told = await ask(
        empty_graph,
        '{ equipment(equipmentId: "DB-01") { maintenance { nodes { taskId by items { name ok note } } } } }',
    )

    assert told["equipment"]["maintenance"]["nodes"] == [
        {
            "taskId": "PM-1",
            "by": "tech-1",
            "items": [
                {"name": "clean nozzle", "ok": True, "note": None},
                {"name": "belt", "ok": False, "note": "worn"},
            ],
        }
    ]


async def test_labels_marks_and_references_are_told(empty_graph: Graph) -> None:
    await project(
        empty_graph,
        units_identified(units=[{"unit_id": "UNIT-1", "mark": "A7"}]),
        packed(occurred_at="09:00", label="LBL-9", contents=[{"unit_id": "UNIT-1"}]),
        shipped(carrier_reference="AWB 7"),
    )

    told = await ask(
        empty_graph,
        """{ container(containerId: "REEL-1") { label packedAt }
             shipment(shipmentId: "SHIP-1") { carrierReference } unit(unitId: "UNIT-1") { mark } }""",
    )

    assert told == {
        "container": {"label": "LBL-9", "packedAt": f"{AT}09:00:00.000Z"},
        "shipment": {"carrierReference": "AWB 7"},
        "unit": {"mark": "A7"},
    }
