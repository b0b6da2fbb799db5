from __future__ import annotations

from tests import factory as f
from tests.twin.lineage.questions import lots, units
from twin.events.event import Event

RECEIVED = [
    f.material_lot_received(occurred_at="07:00"),
    f.material_lot_received(occurred_at="07:00", material_lot_id="PASTE-2"),
]
LOT = [
    f.lot_created(quantity=4, occurred_at="08:00"),
    f.substrate_registered(substrate_id="S1", kind="STRIP", lot_id="LOT-1", occurred_at="08:00"),
    f.substrate_registered(substrate_id="S2", kind="STRIP", lot_id="LOT-1", occurred_at="08:00"),
    f.lot_tracked_in(occurred_at="09:00", position="DISPENSER-1"),
]
USED = [
    f.material_consumed(occurred_at="09:50", equipment_id="DB-01", position="DISPENSER-1"),
    f.material_consumed(
        occurred_at="09:51", equipment_id="DB-01", position="DISPENSER-1", material_lot_id="PASTE-2"
    ),
]


def mounted(start: str, end: str | None, lot: str = "PASTE-1") -> list[Event]:
    events = [f.material_mounted(occurred_at=start, material_lot_id=lot)]
    return events if end is None else [*events, f.material_unmounted(occurred_at=end, material_lot_id=lot)]


def processed(strip: str, start: str, end: str, position: str = "DISPENSER-1") -> Event:
    return f.substrate_processed(
        substrate_id=strip,
        occurred_at=end,
        position=position,
        started_at=f"2026-03-02T{start}:00Z",
        finished_at=f"2026-03-02T{end}:00Z",
    )


BOTH = [processed("S1", "09:00", "09:10"), processed("S2", "09:20", "09:30")]
DAY = [*RECEIVED, *LOT, *USED]


def identified(clock: str) -> list[Event]:
    return [
        f.units_identified(occurred_at=clock, substrate_id=strip, units=[{"unit_id": unit_id}])
        for strip, unit_id in (("S1", "U1"), ("S2", "U2"))
    ]


def test_all_strips_under_the_suspect_are_every_unit() -> None:
    assert lots([*DAY, *BOTH, *mounted("08:50", None)]) == {"LOT-1": (4, 4, 4)}


def test_at_least_one_definite_strip_is_at_least_one_unit() -> None:
    events = [*DAY, *BOTH, *mounted("08:50", "09:15"), *mounted("09:15", None, "PASTE-2")]
    assert lots(events) == {"LOT-1": (1, 4, 4)}


def test_only_possible_strips_leave_low_unchanged() -> None:
    events = [*DAY, *BOTH, *mounted("08:50", "09:15"), *mounted("08:55", None, "PASTE-2")]
    assert lots(events) == {"LOT-1": (0, 4, 4)}


def test_no_strip_under_the_suspect_is_no_exposure() -> None:
    assert lots([*DAY, *BOTH, *mounted("09:40", None)]) == {}


def test_a_strip_that_nobody_saw_there_leaves_it_to_the_lot_rule() -> None:
    events = [*DAY, BOTH[0], *mounted("09:15", None)]
    assert lots(events) == {"LOT-1": (1, 4, 4)}
    elsewhere = [*DAY, BOTH[0], processed("S2", "09:20", "09:30", "DISPENSER-9"), *mounted("09:40", None)]
    assert lots(elsewhere) == {"LOT-1": (1, 4, 4)}


def test_a_suspect_never_mounted_there_leaves_it_to_the_lot_rule() -> None:
    assert lots([*DAY, *BOTH]) == {"LOT-1": (1, 4, 4)}


def test_units_take_what_their_strip_carries_named_before_or_after() -> None:
    events = [*DAY, *BOTH, *mounted("08:50", "09:15"), *mounted("09:15", None, "PASTE-2")]
    assert units([*events, *identified("08:30")]) == {"U1": "DEFINITE"}
    assert units([*events, *identified("11:00")]) == {"U1": "DEFINITE"}


def test_strips_without_named_units_narrow_no_numbers() -> None:
    events = [*DAY, *BOTH, *mounted("08:50", "09:15"), *mounted("09:15", None, "PASTE-2")]
    children = [{"lot_id": "A", "quantity": 2, "substrate_ids": ["S2"]}]
    split = f.lot_split(occurred_at="12:00", children=children)
    assert lots([*events, split]) == {"A": (0, 2, 2), "LOT-1": (0, 2, 2)}


def test_another_material_mounted_there_does_not_matter() -> None:
    wire = f.material_lot_received(material_lot_id="WIRE-1", material_id="WIRE")
    events = [*DAY, wire, *BOTH, *mounted("08:50", None), *mounted("08:50", None, "WIRE-1")]
    assert lots(events) == {"LOT-1": (4, 4, 4)}


def test_strips_first_seen_when_they_passed_tell_of_material_scanned_before() -> None:
    scanned = [
        f.material_consumed(
            occurred_at=at, equipment_id="DB-01", position="DISPENSER-1", material_lot_id=material_lot
        )
        for at, material_lot in (("09:01", "PASTE-1"), ("09:02", "PASTE-2"))
    ]
    mounts = [*mounted("08:50", "09:15"), *mounted("09:15", None, "PASTE-2")]
    events = [*RECEIVED, LOT[0], LOT[3], *scanned, *BOTH, *mounts, *identified("11:00")]
    assert lots(events) == {"LOT-1": (1, 4, 4)}
    assert units(events) == {"U1": "DEFINITE"}
    alone = [*events, processed("S3", "09:14", "09:40")]
    assert lots(alone) == {"LOT-1": (1, 4, 4)}
    assert lots([*RECEIVED, LOT[0], LOT[3], *scanned, BOTH[1], *mounts]) == {}
