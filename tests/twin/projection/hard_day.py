from __future__ import annotations

from tests import factory
from twin.events.event import Event


def a_hard_day() -> list[Event]:
    """Late states, rework, void and void again, merges of splits, conflicting dies, one name for two."""
    return [
        factory.equipment_registered(event_id="q"),
        *(
            factory.equipment_state_changed(event_id=f"s{n}", state=state, occurred_at=f"08:{n:02}")
            for n, state in enumerate(
                ["STANDBY", "PRODUCTIVE", "PRODUCTIVE", "UNSCHEDULED_DOWN", "PRODUCTIVE", "PRODUCTIVE"]
            )
        ),
        factory.lot_created(event_id="c1", lot_id="A", order_id="O-1", occurred_at="08:00"),
        factory.lot_created(event_id="c2", lot_id="B", order_id="O-2", occurred_at="08:01"),
        factory.lot_split(
            event_id="p1",
            parent_lot_id="A",
            children=[{"lot_id": "A1", "quantity": 30}, {"lot_id": "A2", "quantity": 20}],
            occurred_at="08:10",
        ),
        factory.lots_merged(
            event_id="m1",
            into_lot_id="M",
            parents=[{"lot_id": "A1", "quantity": 30}, {"lot_id": "B", "quantity": 40}],
            occurred_at="08:20",
        ),
        factory.lot_split(
            event_id="p2", parent_lot_id="M", children=[{"lot_id": "M1", "quantity": 10}], occurred_at="08:30"
        ),
        factory.lot_tracked_in(event_id="i1", lot_id="A", occurred_at="08:11"),
        factory.lot_tracked_out(event_id="o1", lot_id="A", occurred_at="08:15", good=50),
        factory.lot_tracked_in(event_id="i2", lot_id="A", occurred_at="08:16"),
        factory.track_in_cancelled(event_id="x2", lot_id="A", occurred_at="08:17"),
        factory.lot_tracked_in(event_id="i3", lot_id="A", occurred_at="08:18"),
        factory.lot_held(event_id="h1", lot_id="M", occurred_at="08:21"),
        factory.hold_released(event_id="h2", lot_id="M", occurred_at="08:22"),
        factory.material_lot_received(event_id="r1", occurred_at="07:00"),
        factory.material_mixed(event_id="x1", occurred_at="07:30"),
        factory.material_consumed(event_id="k1", lot_id="A", occurred_at="08:12", quantity=0.1),
        factory.material_consumed(event_id="k2", lot_id="A", occurred_at="08:13", quantity=0.2),
        factory.material_consumed(event_id="k3", lot_id="?", occurred_at="08:14", quantity=0.3),
        factory.event_voided(event_id="v1", voided_event_id="s3", occurred_at="09:00"),
        factory.event_voided(event_id="v2", voided_event_id="p1", occurred_at="09:01"),
        factory.event_voided(event_id="v3", voided_event_id="k2", occurred_at="09:02"),
        factory.event_voided(event_id="v4", voided_event_id="k2", occurred_at="09:03"),
        factory.event_voided(event_id="v5", voided_event_id="v1", occurred_at="09:04"),
        factory.event_voided(event_id="v6", voided_event_id="never sent", occurred_at="09:05"),
        factory.dies_transferred(event_id="t1", to_substrate_id="S-1", occurred_at="08:12"),
        factory.dies_transferred(event_id="t2", to_substrate_id="S-2", occurred_at="08:13"),
        factory.dies_transferred(
            event_id="t3", to_substrate_id="S-2", transfers=[["W", 1, 1, 0, 1]], occurred_at="08:14"
        ),
        factory.event_voided(event_id="v7", voided_event_id="t3", occurred_at="09:06"),
        factory.substrate_mapped(event_id="w1", occurred_at="07:00"),
        factory.substrate_mapped(event_id="w2", occurred_at="07:10", bins=b"\x02\x00\x02\x00"),
        factory.units_identified(
            event_id="u1",
            lot_id="A",
            units=[{"unit_id": "U1", "x": 0, "y": 1}, {"unit_id": "U2"}],
            occurred_at="08:20",
        ),
        factory.units_assembled(
            event_id="u2", lot_id="A", components=[{"unit_id": "U1"}], occurred_at="08:40"
        ),
        factory.units_scrapped(event_id="u3", lot_id="A", unit_ids=["U2"], occurred_at="08:50"),
        factory.packed(event_id="b1", contents=[{"lot_id": "M1", "quantity": 10}], occurred_at="10:00"),
        factory.shipped(event_id="b2", occurred_at="11:00"),
        factory.alarm_set(event_id="a1", occurred_at="08:05"),
        factory.alarm_cleared(event_id="a2", occurred_at="08:06"),
        factory.alarm_set(event_id="a3", occurred_at="08:07"),
        factory.order_received(event_id="d1", order_id="O-1", occurred_at="06:00"),
        factory.order_changed(event_id="d2", order_id="O-1", quantity=5, occurred_at="06:30"),
        factory.test_results_recorded(event_id="z1", lot_id="A", occurred_at="09:30"),
        factory.event_voided(event_id="v8", voided_event_id="z1", occurred_at="09:31"),
        *_contradictions(),
    ]


def _contradictions() -> list[Event]:
    """Pot lives, one strip in two lots, a turned map, units named twice, a wrong recipe, odd clocks."""
    thawed = {"usable_from": f"{factory.DAY}08:12:30Z", "usable_until": f"{factory.DAY}08:13:30Z"}
    again = {"usable_from": f"{factory.DAY}06:00:00Z", "usable_until": f"{factory.DAY}07:00:00Z"}
    return [
        factory.material_thawed(event_id="y1", occurred_at="07:40", **thawed),
        factory.material_thawed(event_id="y2", occurred_at="08:12:45", **again),
        factory.event_voided(event_id="v9", voided_event_id="y2", occurred_at="09:32"),
        factory.substrate_registered(event_id="f1", substrate_id="S-9", lot_id="A", occurred_at="08:00"),
        factory.substrate_registered(event_id="f2", substrate_id="S-9", lot_id="B", occurred_at="08:01"),
        factory.substrate_mapped(
            event_id="w3", substrate_id="W-9", bins=b"\x01\x00\x02\x00", occurred_at="07:00"
        ),
        factory.substrate_mapped(
            event_id="w4", substrate_id="W-9", bins=b"\x02\x00\x01\x00", occurred_at="07:10"
        ),
        factory.units_identified(event_id="u4", lot_id="A", units=[{"unit_id": "U1"}], occurred_at="08:25"),
        factory.units_scrapped(event_id="u5", lot_id="A", quantity=1, occurred_at="08:55"),
        factory.recipe_verified(event_id="g1", lot_id="A", matched=False, occurred_at="08:11"),
        factory.lot_tracked_in(event_id="i4", lot_id="A", occurred_at="08:19"),
        factory.lot_held(event_id="h3", lot_id="B", recorded_at="08:00", occurred_at="09:00"),
    ]
