from __future__ import annotations

from tests import factory as f
from tests.twin.lineage.questions import recall
from twin.events.event import Event
from twin.lineage.strangers import strangers

STRIP = f.substrate_registered(substrate_id="S1", kind="STRIP", lot_id="LOT-1", occurred_at="08:10")


def seen(lot_id: str) -> Event:
    return f.substrate_processed(substrate_id="S1", lot_id=lot_id, occurred_at="09:30")


def split(child: str, *strips: str, parent: str = "LOT-1") -> Event:
    row = {"lot_id": child, "quantity": 40, "substrate_ids": list(strips)}
    return f.lot_split(occurred_at="09:00", event_id=child, parent_lot_id=parent, children=[row])


def test_a_lot_that_no_told_units_reached_is_a_stranger_to_the_strip() -> None:
    assert strangers([STRIP, seen("LOT-2")]) == {"LOT-2"}
    assert strangers([STRIP, split("LOT-2"), seen("LOT-3")]) == {"LOT-3"}


def test_a_lot_that_got_its_units_from_the_strips_lot_is_none() -> None:
    assert strangers([STRIP, seen("LOT-1")]) == set()
    assert strangers([STRIP, split("LOT-2"), seen("LOT-2")]) == set()
    merged = f.lots_merged(
        occurred_at="09:20", into_lot_id="LOT-3", parents=[{"lot_id": "LOT-2", "quantity": 40}]
    )
    assert strangers([STRIP, split("LOT-2"), merged, seen("LOT-3")]) == set()


def test_a_strip_sent_along_by_name_is_no_stranger_where_it_came_and_one_where_it_was() -> None:
    assert strangers([STRIP, split("LOT-2", "S1"), seen("LOT-2")]) == set()
    assert strangers([STRIP, split("LOT-2", "S1"), seen("LOT-1")]) == {"LOT-1"}


def test_dies_and_units_told_on_a_strip_tell_its_lot_too() -> None:
    units = f.units_identified(occurred_at="08:20", lot_id="LOT-1", substrate_id="S1")
    dies = f.dies_transferred(occurred_at="09:40", to_substrate_id="S1", lot_id="LOT-2")
    assert strangers([units, dies]) == {"LOT-2"}
    assert strangers([units, f.dies_transferred(occurred_at="09:40", to_substrate_id="S1")]) == set()


def test_where_whole_lots_took_a_strip_unnamed_makes_it_no_contradiction_when_seen_again() -> None:
    events = [
        f.material_lot_received(occurred_at="06:00"),
        f.equipment_registered(occurred_at="06:00"),
        f.lot_created(quantity=40, occurred_at="08:00"),
        f.lot_tracked_in(occurred_at="08:30"),
        f.material_consumed(occurred_at="08:40"),
        STRIP,
        split("LOT-2"),
        f.lot_tracked_out(occurred_at="09:10"),
        seen("LOT-1"),
    ]
    assert [finding.code for finding in recall(events).findings] == []
