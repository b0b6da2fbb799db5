from __future__ import annotations

import pytest

from tests import factory as f
from twin.errors import NotFound
from twin.events.event import Event
from twin.lineage.counting import counted
from twin.lineage.genealogy import ancestors, descendants
from twin.records.genealogy import Lineage
from twin.vocabulary.things import Thing, ThingKind

DAY = [
    f.order_received(occurred_at="07:00", order_id="ORD-1", customer_id="CUST-1"),
    f.lot_created(occurred_at="08:00", quantity=100, order_id="ORD-1"),
    f.lot_tracked_in(occurred_at="09:00", operator_id="op-1", recipe_id="R", recipe_version="3"),
    f.material_mixed(occurred_at="08:30"),
    f.material_consumed(occurred_at="09:10", material_lot_id="MIX-1"),
    f.lot_tracked_out(occurred_at="10:00", operator_id="op-2"),
    f.lot_split(occurred_at="11:00", children=[{"lot_id": "A", "quantity": 40}], event_id="split"),
    f.material_consumed(occurred_at="12:00", material_lot_id="LATE", operation="ENCAP"),
    f.packed(occurred_at="13:00", contents=[{"lot_id": "A", "quantity": 40}]),
    f.shipped(occurred_at="14:00", order_id="ORD-1"),
]


def back(
    key: str, kind: ThingKind = ThingKind.LOT, events: list[Event] = DAY, as_of: str | None = None
) -> Lineage:
    moment = None if as_of is None else f.at(as_of)
    return ancestors(counted(events, moment), Thing(kind, key), moment)


def forth(key: str, kind: ThingKind = ThingKind.LOT, events: list[Event] = DAY) -> Lineage:
    return descendants(counted(events), Thing(kind, key))


def untils(lineage: Lineage) -> dict[str, int | None]:
    return {node.key: node.until for node in lineage.nodes}


def sinces(lineage: Lineage) -> dict[str, int | None]:
    return {node.key: node.since for node in lineage.nodes}


def test_ancestors_are_looked_at_until_they_were_used() -> None:
    found = untils(back("A"))
    assert found["LOT:A"] is None
    assert found["LOT:LOT-1"] == f.at("11:00")
    assert found["MATERIAL_LOT:MIX-1"] == f.at("09:10")
    assert found["MATERIAL_LOT:PASTE-1"] == f.at("08:30")
    assert "MATERIAL_LOT:LATE" not in found


def test_runs_bring_their_machine_operators_recipe_and_tools() -> None:
    tool = f.tool_mounted(occurred_at="09:30", equipment_id="DB-01")
    gone = f.tool_mounted(occurred_at="08:00", equipment_id="DB-01", tool_id="CAP-0", position="HEAD-9")
    off = f.tool_unmounted(occurred_at="09:00", equipment_id="DB-01", tool_id="CAP-0", position="HEAD-9")
    found = set(untils(back("A", events=[*DAY, tool, gone, off])))
    assert found >= {
        "OPERATION_RUN:LOT-1/DIE_BOND/DB-01/1",
        "EQUIPMENT:DB-01",
        "OPERATOR:op-1",
        "OPERATOR:op-2",
        "RECIPE_VERSION:R@3",
        "TOOL:CAP-1",
    }
    assert "TOOL:CAP-0" not in found


def test_a_run_that_started_after_the_lot_was_used_is_not_an_ancestor() -> None:
    late = f.lot_tracked_in(occurred_at="11:30", operation="TEST", equipment_id="TS-01")
    assert "EQUIPMENT:TS-01" not in untils(back("A", events=[*DAY, late]))
    assert "EQUIPMENT:TS-01" in untils(back("LOT-1", events=[*DAY, late]))


def test_a_node_reached_by_two_ways_appears_once_with_the_latest_until_and_both_edges() -> None:
    again = f.lots_merged(occurred_at="12:30", into_lot_id="A", parents=[{"lot_id": "LOT-1", "quantity": 5}])
    lineage = back("A", events=[*DAY, again])
    assert untils(lineage)["LOT:LOT-1"] == f.at("12:30")
    assert untils(lineage)["MATERIAL_LOT:LATE"] == f.at("12:00")
    edges = [(edge.relation, edge.at) for edge in lineage.edges if str(edge.target) == "LOT:A"]
    assert edges == [("SPLIT_INTO", f.at("11:00")), ("MERGED_INTO", f.at("12:30"))]


def test_edges_follow_the_material_and_name_their_event() -> None:
    (edge,) = [edge for edge in back("A").edges if edge.relation == "SPLIT_INTO"]
    assert (str(edge.source), str(edge.target), edge.quantity, edge.event_id) == (
        "LOT:LOT-1",
        "LOT:A",
        40,
        "split",
    )


def test_depth_counts_edges() -> None:
    levels = {node.key: node.level for node in back("A").nodes}
    assert levels["LOT:A"] == 0
    assert levels["LOT:LOT-1"] == 1
    assert levels["MATERIAL_LOT:MIX-1"] == 2
    assert levels["MATERIAL_LOT:PASTE-1"] == 3
    assert levels["OPERATOR:op-1"] == 3


def test_as_of_limits_the_first_look() -> None:
    found = untils(back("LOT-1", as_of="11:30"))
    assert found["LOT:LOT-1"] == f.at("11:30")
    assert "MATERIAL_LOT:LATE" not in found


def test_descendants_count_since_the_earliest_way_of_being_reached() -> None:
    found = sinces(forth("PASTE-1", ThingKind.MATERIAL_LOT))
    assert found["MATERIAL_LOT:MIX-1"] == f.at("08:30")
    assert found["LOT:LOT-1"] == f.at("09:10")
    assert found["LOT:A"] == f.at("11:00")
    assert found["CONTAINER:REEL-1"] == f.at("13:00")
    assert found["SHIPMENT:SHIP-1"] == f.at("14:00")
    assert {"ORDER:ORD-1", "CUSTOMER:CUST-1"} <= set(found)


def test_what_left_a_lot_before_it_was_reached_is_no_descendant() -> None:
    assert "LOT:A" not in sinces(forth("LATE", ThingKind.MATERIAL_LOT))


def test_a_unit_adds_its_lots_components_and_dies() -> None:
    events = [
        *DAY[1:6],
        f.substrate_registered(occurred_at="07:00", material_lot_id="CHIPS-1"),
        f.dies_transferred(occurred_at="09:30", lot_id="LOT-1"),
        f.units_identified(occurred_at="10:10", substrate_id="STRIP-1"),
        f.units_assembled(
            occurred_at="10:20", components=[{"unit_id": "UNIT-1"}, {"material_lot_id": "BASE-1"}]
        ),
        f.material_consumed(occurred_at="12:00", material_lot_id="LATE", operation="ENCAP"),
    ]
    found = untils(back("MODULE-1", ThingKind.UNIT, events))
    assert {"UNIT:UNIT-1", "MATERIAL_LOT:BASE-1", "LOT:LOT-1", "MATERIAL_LOT:LATE"} <= set(found)
    found = untils(back("UNIT-1", ThingKind.UNIT, events))
    assert found["LOT:LOT-1"] == f.at("10:20")
    assert found["DIE:WAFER-1@4,51"] == f.at("09:30")
    assert {"SUBSTRATE:WAFER-1", "MATERIAL_LOT:CHIPS-1", "MATERIAL_LOT:MIX-1"} <= set(found)
    assert "MATERIAL_LOT:LATE" not in found
    forward = sinces(forth("CHIPS-1", ThingKind.MATERIAL_LOT, events))
    assert {"SUBSTRATE:WAFER-1", "DIE:WAFER-1@4,51", "UNIT:UNIT-1", "UNIT:MODULE-1"} <= set(forward)


def test_a_machine_an_operator_a_recipe_and_a_tool_lead_to_their_runs_and_lots() -> None:
    events = [*DAY, f.tool_mounted(occurred_at="08:00", equipment_id="DB-01")]
    for kind, key in (
        (ThingKind.EQUIPMENT, "DB-01"),
        (ThingKind.OPERATOR, "op-2"),
        (ThingKind.RECIPE_VERSION, "R@3"),
        (ThingKind.TOOL, "CAP-1"),
        (ThingKind.OPERATION_RUN, "LOT-1/DIE_BOND/DB-01/1"),
    ):
        found = sinces(forth(key, kind, events))
        assert found["LOT:LOT-1"] == f.at("09:00")
        assert found["LOT:A"] == f.at("11:00")


def test_a_shipment_a_container_an_order_and_a_customer_lead_back_to_their_lots() -> None:
    for kind, key in (
        (ThingKind.SHIPMENT, "SHIP-1"),
        (ThingKind.CONTAINER, "REEL-1"),
        (ThingKind.ORDER, "ORD-1"),
        (ThingKind.CUSTOMER, "CUST-1"),
    ):
        assert {"LOT:A", "LOT:LOT-1", "MATERIAL_LOT:PASTE-1"} <= set(untils(back(key, kind)))


def test_a_mistyped_name_is_an_error() -> None:
    with pytest.raises(NotFound):
        back("A-Q")


def kept(container: str, as_of: str | None, events: list[Event]) -> set[str]:
    return set(untils(back(container, ThingKind.CONTAINER, events, as_of)))


def test_what_was_taken_out_of_a_box_before_it_shipped_did_not_go_into_the_shipment() -> None:
    events = [
        f.lot_created(lot_id="A", occurred_at="08:00", event_id="a"),
        f.lot_created(lot_id="B", occurred_at="08:00", event_id="b"),
        f.packed(
            container_id="R1", occurred_at="09:00", contents=[{"lot_id": "A", "quantity": 4}], event_id="1"
        ),
        f.packed(
            container_id="R2", occurred_at="09:00", contents=[{"lot_id": "B", "quantity": 4}], event_id="2"
        ),
        f.packed(
            container_id="BOX",
            occurred_at="10:00",
            contents=[{"container_id": "R1"}, {"container_id": "R2"}],
            event_id="3",
        ),
        f.packed(container_id="OTHER", occurred_at="11:00", contents=[{"container_id": "R2"}], event_id="4"),
        f.shipped(shipment_id="S", occurred_at="12:00", contents=[{"container_id": "BOX"}], event_id="5"),
    ]
    assert untils(back("S", ThingKind.SHIPMENT, events)) == {
        "SHIPMENT:S": None,
        "CONTAINER:BOX": f.at("12:00"),
        "CONTAINER:R1": f.at("12:00"),
        "LOT:A": f.at("09:00"),
    }
    assert kept("BOX", "10:30", events) == {"CONTAINER:BOX", "CONTAINER:R1", "CONTAINER:R2", "LOT:A", "LOT:B"}
    assert kept("OTHER", None, events) == {"CONTAINER:OTHER", "CONTAINER:R2", "LOT:B"}


def test_a_part_of_a_lot_stays_packed_and_a_unit_packed_again_is_taken_out() -> None:
    twice = [
        f.lot_created(lot_id="A", occurred_at="08:00", event_id="a"),
        f.units_identified(lot_id="A", units=[{"unit_id": "U"}], occurred_at="08:10", event_id="u"),
        f.packed(
            container_id="C1", occurred_at="09:00", contents=[{"lot_id": "A", "quantity": 4}], event_id="1"
        ),
        f.packed(
            container_id="C2", occurred_at="10:00", contents=[{"lot_id": "A", "quantity": 4}], event_id="2"
        ),
        f.packed(container_id="T1", occurred_at="11:00", contents=[{"unit_id": "U"}], event_id="3"),
        f.packed(container_id="T2", occurred_at="12:00", contents=[{"unit_id": "U"}], event_id="4"),
    ]
    assert kept("C1", None, twice) == {"CONTAINER:C1", "LOT:A"}
    assert "UNIT:U" not in kept("T1", None, twice)
    assert "UNIT:U" in kept("T2", None, twice)


def test_a_run_is_found_again_whatever_slashes_its_names_hold() -> None:
    names = {"lot_id": "A/1", "operation": "O/P", "equipment_id": "LINE/1/DB"}
    events = [
        f.lot_created(lot_id="A/1", occurred_at="08:00"),
        f.lot_tracked_in(occurred_at="09:00", operator_id="op/1", **names),
        f.lot_tracked_out(occurred_at="10:00", **names),
    ]
    assert untils(back("A/1", events=events)) == {
        "LOT:A/1": None,
        "OPERATION_RUN:A/1/O/P/LINE/1/DB/1": f.at("09:00"),
        "EQUIPMENT:LINE/1/DB": f.at("09:00"),
        "OPERATOR:op/1": f.at("09:00"),
    }
    run = "A/1/O/P/LINE/1/DB/1"
    assert set(untils(back(run, ThingKind.OPERATION_RUN, events))) == {
        "OPERATION_RUN:A/1/O/P/LINE/1/DB/1",
        "EQUIPMENT:LINE/1/DB",
        "OPERATOR:op/1",
    }
    assert set(sinces(forth("LINE/1/DB", ThingKind.EQUIPMENT, events))) == {
        "EQUIPMENT:LINE/1/DB",
        "OPERATION_RUN:A/1/O/P/LINE/1/DB/1",
        "LOT:A/1",
    }
    with pytest.raises(NotFound):
        back("A/1/O/P", ThingKind.OPERATION_RUN, events)
