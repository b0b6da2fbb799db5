from __future__ import annotations

from tests import factory
from twin.intake.shards import primary, shard_of


def test_an_event_goes_with_its_lot_first() -> None:
    assert primary(factory.lot_tracked_in(lot_id="LOT-7")) == ("Lot", "LOT-7")
    assert primary(factory.material_consumed(lot_id="LOT-7")) == ("Lot", "LOT-7")
    assert primary(factory.lot_split(parent_lot_id="LOT-7")) == ("Lot", "LOT-7")
    assert primary(factory.lots_merged(into_lot_id="LOT-M")) == ("Lot", "LOT-M")


def test_without_a_lot_the_next_thing_in_rank_decides() -> None:
    assert primary(factory.material_mounted(material_lot_id="P-1")) == ("MaterialLot", "P-1")
    assert primary(factory.dies_transferred(to_substrate_id="S-1")) == ("Substrate", "S-1")
    assert primary(factory.equipment_state_changed(equipment_id="DB-9")) == ("Equipment", "DB-9")
    assert primary(factory.order_received(order_id="ORD-9")) == ("Order", "ORD-9")


def test_what_names_nothing_goes_with_its_source() -> None:
    assert primary(factory.maintenance_done(source="cmms"))[0] == "Equipment"
    assert primary(factory.alarm_acknowledged(alarm_id="A-1")) == ("Alarm", "A-1")
    assert primary(factory.event_voided(voided_event_id="e-1")) == ("Event", "e-1")


def test_every_event_has_a_shard_that_never_changes() -> None:
    built = {name: shard_of(build(), 4) for name, build in factory.BUILDERS.items()}

    assert set(built.values()) <= {0, 1, 2, 3}
    assert shard_of(factory.lot_created(lot_id="LOT-1"), 4) == shard_of(factory.lot_held(lot_id="LOT-1"), 4)
    assert [shard_of(factory.lot_created(lot_id=f"LOT-{n}"), 4) for n in range(6)] == [1, 3, 1, 3, 0, 2]
