from __future__ import annotations

from typing import Any

from tests import factory as f
from twin.events.event import Event
from twin.lineage.counting import counted
from twin.lineage.genealogy import ancestors, descendants
from twin.vocabulary.things import Thing, ThingKind


def forth(kind: ThingKind, key: str, events: list[Event]) -> dict[str, int | None]:
    return {node.key: node.since for node in descendants(counted(events), Thing(kind, key)).nodes}


def back(kind: ThingKind, key: str, events: list[Event]) -> dict[str, int | None]:
    return {node.key: node.until for node in ancestors(counted(events), Thing(kind, key)).nodes}


def lot(lot_id: str) -> Event:
    return f.lot_created(lot_id=lot_id, occurred_at="08:00", event_id=f"lot {lot_id}")


def packed(hour: str, into: str, *contents: dict[str, Any]) -> Event:
    return f.packed(container_id=into, contents=list(contents), occurred_at=hour, event_id=f"{hour} {into}")


def shipped(hour: str, shipment_id: str, *boxes: str, customer: str = "K") -> Event:
    return f.shipped(
        shipment_id=shipment_id,
        customer_id=customer,
        contents=[{"container_id": box} for box in boxes],
        occurred_at=hour,
        event_id=f"{hour} {shipment_id}",
    )


def of_lot(lot_id: str) -> dict[str, Any]:
    return {"lot_id": lot_id, "quantity": 4}


def box(container_id: str) -> dict[str, Any]:
    return {"container_id": container_id}


def unit(unit_id: str) -> dict[str, Any]:
    return {"unit_id": unit_id}


MOVED = [
    lot("A"),
    lot("B"),
    packed("09:00", "R1", of_lot("A")),
    packed("09:00", "R2", of_lot("B")),
    packed("10:00", "BOX", box("R1"), box("R2")),
    packed("11:00", "OTHER", box("R2")),
    shipped("12:00", "S", "BOX"),
    shipped("13:00", "T", "OTHER", customer="L"),
]


def test_a_reel_does_not_go_with_a_box_that_it_was_taken_out_of_before() -> None:
    assert forth(ThingKind.LOT, "B", MOVED) == {
        "LOT:B": None,
        "CONTAINER:R2": f.at("09:00"),
        "CONTAINER:BOX": f.at("10:00"),
        "CONTAINER:OTHER": f.at("11:00"),
        "SHIPMENT:T": f.at("13:00"),
        "CUSTOMER:L": f.at("13:00"),
    }
    assert forth(ThingKind.LOT, "A", MOVED) == {
        "LOT:A": None,
        "CONTAINER:R1": f.at("09:00"),
        "CONTAINER:BOX": f.at("10:00"),
        "SHIPMENT:S": f.at("12:00"),
        "CUSTOMER:K": f.at("12:00"),
    }


def test_a_reel_that_left_a_box_on_a_pallet_does_not_go_with_the_pallet() -> None:
    events = [*MOVED[:-2], packed("10:30", "PALLET", box("BOX")), shipped("12:00", "S", "PALLET")]
    assert forth(ThingKind.CONTAINER, "R2", events) == {
        "CONTAINER:R2": None,
        "CONTAINER:BOX": f.at("10:00"),
        "CONTAINER:PALLET": f.at("10:30"),
        "CONTAINER:OTHER": f.at("11:00"),
    }
    assert "SHIPMENT:S" in forth(ThingKind.CONTAINER, "R1", events)
    late = [*MOVED[:-2], packed("11:30", "PALLET", box("BOX"))]
    assert "CONTAINER:PALLET" not in forth(ThingKind.CONTAINER, "R2", late)


def test_a_box_is_followed_for_each_while_that_it_held_something_of_a_lot() -> None:
    events = [
        lot("A"),
        packed("09:00", "R1", of_lot("A")),
        packed("09:00", "R2", of_lot("A")),
        packed("10:00", "BOX", box("R1")),
        packed("11:00", "OTHER", box("R1")),
        shipped("11:30", "BETWEEN", "BOX"),
        packed("12:00", "BOX", box("R2")),
        shipped("13:00", "WITH R2", "BOX"),
        packed("14:00", "OTHER", box("R2")),
        shipped("15:00", "AFTER", "BOX"),
    ]
    found = forth(ThingKind.LOT, "A", events)
    assert found["CONTAINER:BOX"] == f.at("10:00")
    assert {key for key in found if key.startswith("SHIPMENT:")} == {"SHIPMENT:WITH R2"}


def test_what_leaves_a_box_at_the_moment_of_its_shipment_went_with_it() -> None:
    events = [
        lot("A"),
        packed("09:00", "R1", of_lot("A")),
        packed("10:00", "BOX", box("R1")),
        shipped("11:00", "S", "BOX"),
        packed("11:00", "OTHER", box("R1")),
    ]
    assert "SHIPMENT:S" in forth(ThingKind.LOT, "A", events)
    assert "LOT:A" in back(ThingKind.SHIPMENT, "S", events)


TRAYS = [
    lot("A"),
    f.units_identified(lot_id="A", units=[{"unit_id": "U"}], occurred_at="08:10", event_id="u"),
    packed("11:00", "T1", unit("U")),
    f.material_consumed(lot_id="A", material_lot_id="LATE", occurred_at="11:30", event_id="late"),
    packed("12:00", "T2", unit("U")),
    shipped("13:00", "S1", "T1"),
    shipped("14:00", "S2", "T2"),
]


def test_a_unit_packed_again_takes_its_part_of_the_lot_along() -> None:
    assert forth(ThingKind.LOT, "A", TRAYS) == {
        "LOT:A": None,
        "CONTAINER:T1": f.at("11:00"),
        "CONTAINER:T2": f.at("12:00"),
        "SHIPMENT:S2": f.at("14:00"),
        "CUSTOMER:K": f.at("14:00"),
    }
    assert set(back(ThingKind.SHIPMENT, "S1", TRAYS)) == {"SHIPMENT:S1", "CONTAINER:T1"}


def test_a_unit_packed_again_carries_nothing_that_its_lot_met_meanwhile() -> None:
    assert set(forth(ThingKind.MATERIAL_LOT, "LATE", TRAYS)) == {"MATERIAL_LOT:LATE", "LOT:A"}


def test_a_walk_back_looks_into_a_box_at_each_moment_that_it_left() -> None:
    events = [
        lot("A"),
        packed("09:00", "R1", of_lot("A")),
        packed("10:00", "BOX", box("R1")),
        shipped("11:00", "S1", "BOX"),
        packed("12:00", "OTHER", box("R1")),
        shipped("13:00", "S2", "BOX"),
    ]
    assert back(ThingKind.CUSTOMER, "K", events) == {
        "CUSTOMER:K": None,
        "SHIPMENT:S1": f.at("11:00"),
        "SHIPMENT:S2": f.at("13:00"),
        "CONTAINER:BOX": f.at("13:00"),
        "CONTAINER:R1": f.at("11:00"),
        "LOT:A": f.at("09:00"),
    }


def test_what_is_put_into_a_box_on_a_pallet_goes_with_the_pallet() -> None:
    events = [
        lot("A"),
        packed("09:00", "PALLET", box("BOX")),
        packed("10:00", "BOX", box("R1")),
        packed("11:00", "R1", of_lot("A")),
        shipped("12:00", "S", "PALLET"),
        packed("13:00", "R1", of_lot("B")),
    ]
    assert forth(ThingKind.LOT, "A", events) == {
        "LOT:A": None,
        "CONTAINER:R1": f.at("11:00"),
        "CONTAINER:BOX": f.at("11:00"),
        "CONTAINER:PALLET": f.at("11:00"),
        "SHIPMENT:S": f.at("12:00"),
        "CUSTOMER:K": f.at("12:00"),
    }
    assert back(ThingKind.SHIPMENT, "S", events) == {
        "SHIPMENT:S": None,
        "CONTAINER:PALLET": f.at("12:00"),
        "CONTAINER:BOX": f.at("12:00"),
        "CONTAINER:R1": f.at("12:00"),
        "LOT:A": f.at("11:00"),
    }
    assert back(ThingKind.CONTAINER, "PALLET", events) == {
        "CONTAINER:PALLET": None,
        "CONTAINER:BOX": None,
        "CONTAINER:R1": None,
        "LOT:A": f.at("11:00"),
        "LOT:B": f.at("13:00"),
    }
    assert set(forth(ThingKind.LOT, "B", events)) == {
        "LOT:B",
        "CONTAINER:R1",
        "CONTAINER:BOX",
        "CONTAINER:PALLET",
    }


def test_what_is_put_into_a_box_after_it_left_a_pallet_does_not_go_with_the_pallet() -> None:
    events = [
        lot("A"),
        packed("09:00", "PALLET", box("BOX")),
        packed("10:00", "OTHER", box("BOX")),
        packed("11:00", "BOX", of_lot("A")),
        shipped("12:00", "S", "PALLET"),
    ]
    assert set(forth(ThingKind.LOT, "A", events)) == {"LOT:A", "CONTAINER:BOX", "CONTAINER:OTHER"}
    assert set(back(ThingKind.SHIPMENT, "S", events)) == {"SHIPMENT:S", "CONTAINER:PALLET"}
