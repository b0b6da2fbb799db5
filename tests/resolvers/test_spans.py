from __future__ import annotations

from tests import factory
from tests.resolvers.asking import ask
from tests.twin.projection.arrivals import project
from twin.graph.session import Graph
from twin.vocabulary.roles import Role

DOWN = {"state": "UNSCHEDULED_DOWN", "reason_code": "JAM", "process_state": "STOPPED"}


async def test_a_machine_tells_its_states_the_latest_first_in_slices_and_windows(empty_graph: Graph) -> None:
    await project(
        empty_graph,
        factory.equipment_state_changed(occurred_at="08:00", event_id="up"),
        factory.equipment_state_changed(occurred_at="09:00", event_id="down", lot_id="LOT-1", **DOWN),
        factory.equipment_disconnected(occurred_at="10:00", event_id="lost"),
    )
    whole = await ask(
        empty_graph,
        """{ equipment(equipmentId: "DB-01") { states { totalCount nodes {
             state entered reasonCode processState startedAt endedAt
             lot { lotId } event { eventId } } } } }""",
    )
    assert whole.messages == []
    assert whole["equipment"]["states"] == {
        "totalCount": 3,
        "nodes": [
            {
                "state": state,
                "entered": True,
                "reasonCode": reason,
                "processState": process,
                "startedAt": f"2026-03-02T{start}:00:00.000Z",
                "endedAt": end and f"2026-03-02T{end}:00:00.000Z",
                "lot": lot and {"lotId": lot},
                "event": {"eventId": event},
            }
            for state, reason, process, start, end, lot, event in (
                ("UNKNOWN", None, None, "10", None, None, "lost"),
                ("UNSCHEDULED_DOWN", "JAM", "STOPPED", "09", "10", "LOT-1", "down"),
                ("PRODUCTIVE", None, None, "08", "09", None, "up"),
            )
        ],
    }

    asked = (
        'query Q($after: Cursor) { equipment(equipmentId: "DB-01", asOf: "2026-03-02T09:30:00Z") {'
        " states(first: 1, after: $after) { nodes { state endedAt } pageInfo { hasNextPage endCursor } } } }"
    )
    first = (await ask(empty_graph, asked))["equipment"]["states"]
    then = (await ask(empty_graph, asked, after=first["pageInfo"]["endCursor"]))["equipment"]["states"]
    assert (first["nodes"], then["nodes"], then["pageInfo"]["hasNextPage"]) == (
        [{"state": "UNSCHEDULED_DOWN", "endedAt": None}],
        [{"state": "PRODUCTIVE", "endedAt": "2026-03-02T09:00:00.000Z"}],
        False,
    )

    began = 'states(began: {from: "2026-03-02T09:00:00Z", to: "2026-03-02T10:00:00Z"})'
    within = await ask(
        empty_graph, f'{{ equipment(equipmentId: "DB-01") {{ {began} {{ nodes {{ state }} }} }} }}'
    )
    assert within["equipment"]["states"]["nodes"] == [{"state": "UNSCHEDULED_DOWN"}]


async def test_of_states_that_began_at_one_moment_the_current_one_comes_first(empty_graph: Graph) -> None:
    told = (("c", 1, "STANDBY"), ("a", 2, "PRODUCTIVE"), ("b", 3, "UNSCHEDULED_DOWN"))
    await project(
        empty_graph,
        *(
            factory.equipment_state_changed(
                occurred_at="08:00", event_id=event_id, source_sequence=number, state=state
            )
            for event_id, number, state in told
        ),
    )
    asked = (
        'query Q($after: Cursor) { equipment(equipmentId: "DB-01") { state'
        " states(first: 1, after: $after) { nodes { state } pageInfo { hasNextPage endCursor } } } }"
    )
    after, found, goes_on = None, [], True
    while goes_on:
        machine = (await ask(empty_graph, asked, after=after))["equipment"]
        assert machine["state"] == "UNSCHEDULED_DOWN"
        found += [node["state"] for node in machine["states"]["nodes"]]
        goes_on, after = (machine["states"]["pageInfo"][name] for name in ("hasNextPage", "endCursor"))
    assert found == ["UNSCHEDULED_DOWN", "PRODUCTIVE", "STANDBY"]


async def test_a_machine_and_a_material_lot_tell_what_sat_where(empty_graph: Graph) -> None:
    await project(
        empty_graph,
        factory.tool_mounted(occurred_at="08:00", event_id="tool on", equipment_id="DB-01"),
        factory.tool_unmounted(occurred_at="09:00", event_id="tool off", equipment_id="DB-01", count=5000),
        factory.material_mounted(occurred_at="08:30", event_id="paste on"),
        factory.material_unmounted(occurred_at="09:30", event_id="paste off", remaining=2.5),
    )
    mount = """{ position toolId toolKind count remaining startedAt endedAt
                 materialLot { materialLotId } equipment { equipmentId } events { eventId } }"""
    answer = await ask(
        empty_graph,
        f"""{{ equipment(equipmentId: "DB-01") {{ mounts {{ nodes {mount} }} }}
               materialLot(materialLotId: "PASTE-1") {{ mounts {{ nodes {mount} }} }} }}""",
    )
    assert answer.messages == []
    paste, tool = answer["equipment"]["mounts"]["nodes"]
    assert answer["materialLot"]["mounts"]["nodes"] == [paste]
    assert paste == {
        "position": "DISPENSER-1",
        "toolId": None,
        "toolKind": None,
        "count": None,
        "remaining": 2.5,
        "startedAt": "2026-03-02T08:30:00.000Z",
        "endedAt": "2026-03-02T09:30:00.000Z",
        "materialLot": {"materialLotId": "PASTE-1"},
        "equipment": {"equipmentId": "DB-01"},
        "events": [{"eventId": "paste on"}, {"eventId": "paste off"}],
    }
    assert (tool["toolId"], tool["toolKind"], tool["count"], tool["materialLot"]) == (
        "CAP-1",
        "CAPILLARY",
        5000,
        None,
    )


async def test_a_machine_tells_its_repairs_and_a_planner_does_not_see_who(empty_graph: Graph) -> None:
    await project(
        empty_graph,
        factory.repair_requested(occurred_at="08:00", event_id="asked", reason_code="JAM", by="op-1"),
        factory.repair_finished(occurred_at="09:00", event_id="done", parts=["belt"], note="new belt"),
    )
    fields = """repairId reasonCode note parts requestedAt requestedBy startedAt startedBy
                finishedAt finishedBy events { eventId }"""
    answer = await ask(
        empty_graph,
        f'{{ equipment(equipmentId: "DB-01") {{ repairs {{ nodes {{ {fields} }} }} }} }}',
    )
    assert answer.messages == []
    assert answer["equipment"]["repairs"]["nodes"] == [
        {
            "repairId": "REPAIR-1",
            "reasonCode": "JAM",
            "note": "new belt",
            "parts": ["belt"],
            "requestedAt": "2026-03-02T08:00:00.000Z",
            "requestedBy": "op-1",
            "startedAt": None,
            "startedBy": None,
            "finishedAt": "2026-03-02T09:00:00.000Z",
            "finishedBy": "tech-1",
            "events": [{"eventId": "asked"}, {"eventId": "done"}],
        }
    ]
    who = '{ equipment(equipmentId: "DB-01") { repairs { nodes { requestedBy } } } }'
    assert (await ask(empty_graph, who, Role.PLANNER)).codes == ["access.forbidden"]


async def test_a_lot_and_a_substrate_tell_who_looked_at_them(empty_graph: Graph) -> None:
    defects = [
        {"code": "CHIP", "quantity": 2, "substrate_id": "WAFER-1", "x": 3, "y": 4},
        {"code": "VOID", "quantity": 1, "unit_ids": ["U1"], "substrate_id": "WAFER-2"},
    ]
    await project(
        empty_graph,
        factory.inspection_recorded(
            occurred_at="08:00", event_id="seen", lot_id="LOT-1", substrate_id="WAFER-1", by="qa-1",
            passed=False, defects=defects,
        ),
    )  # fmt: skip
    look = """{ nodes { inspectionId operation kind passed inspected by at lotId substrateId event { eventId }
                defects { totalCount nodes { code quantity unitIds substrateId x y } } } }"""
    answer = await ask(
        empty_graph,
        f"""{{ lot(lotId: "LOT-1") {{ inspections {look} }}
               substrate(substrateId: "WAFER-1") {{ inspections {look} }}
               other: substrate(substrateId: "WAFER-2") {{ inspections {look} }} }}""",
    )
    assert answer.messages == []
    assert answer["lot"]["inspections"]["nodes"] == [
        {
            "inspectionId": "INSP-1",
            "operation": "AOI",
            "kind": "AOI",
            "passed": False,
            "inspected": 100,
            "by": "qa-1",
            "at": "2026-03-02T08:00:00.000Z",
            "lotId": "LOT-1",
            "substrateId": "WAFER-1",
            "event": {"eventId": "seen"},
            "defects": {
                "totalCount": 2,
                "nodes": [
                    {"code": "CHIP", "quantity": 2, "unitIds": [], "substrateId": "WAFER-1", "x": 3, "y": 4},
                    {
                        "code": "VOID", "quantity": 1, "unitIds": ["U1"], "substrateId": "WAFER-2",
                        "x": None, "y": None,
                    },
                ],
            },
        }
    ]  # fmt: skip
    assert answer["substrate"] == answer["lot"]
    assert answer["other"]["inspections"]["nodes"] == []


async def test_inspections_of_one_moment_are_all_in_the_slices(empty_graph: Graph) -> None:
    seen = (("b", 1), ("a", 2))
    await project(
        empty_graph,
        *(
            factory.inspection_recorded(
                event_id=event_id, lot_id="LOT-1", source_sequence=number, occurred_at="08:00"
            )
            for event_id, number in seen
        ),
    )
    asked = (
        'query Q($after: Cursor) { lot(lotId: "LOT-1") { inspections(first: 1, after: $after) {'
        " nodes { event { eventId } } pageInfo { hasNextPage endCursor } } } }"
    )
    first = (await ask(empty_graph, asked))["lot"]["inspections"]
    then = (await ask(empty_graph, asked, after=first["pageInfo"]["endCursor"]))["lot"]["inspections"]
    found = [node["event"]["eventId"] for node in (*first["nodes"], *then["nodes"])]
    assert (found, then["pageInfo"]["hasNextPage"]) == (["a", "b"], False)
