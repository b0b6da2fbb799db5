from __future__ import annotations

from typing import Any

from tests import factory as f
from tests.twin.lineage.questions import codes, lots, recall, units
from twin.events.event import Event
from twin.lineage.counting import counted
from twin.lineage.plant import Plant
from twin.lineage.unit_facts import unit_in
from twin.records.recall import MaterialLotScope, WaferScope
from twin.vocabulary.things import Thing, ThingKind

WAFER = WaferScope("WAFER-1")


def moved(
    clock: str, to: str, *rows: tuple[int, int, int, int], wafer: str = "WAFER-1", **given: Any
) -> Event:
    transfers = [[wafer, *row] for row in rows]
    return f.dies_transferred(
        occurred_at=clock, to_substrate_id=to, transfers=transfers, **{"lot_id": "LOT-1", **given}
    )


def on(clock: str, substrate: str, *marks: dict[str, Any]) -> Event:
    return f.units_identified(occurred_at=clock, substrate_id=substrate, units=list(marks))


CREATED = f.lot_created(quantity=4, occurred_at="08:00")


def test_dies_of_the_wafer_count_for_the_lot_they_come_into() -> None:
    assert lots([CREATED, moved("09:00", "S1", (0, 0, 0, 0), (1, 0, 1, 0))], WAFER) == {"LOT-1": (1, 2, 4)}


def test_suspect_dies_are_at_most_the_lots_units() -> None:
    rows = [(x, 0, x, 0) for x in range(9)]
    assert lots([CREATED, moved("09:00", "S1", *rows)], WAFER) == {"LOT-1": (1, 4, 4)}


def test_region_bounds_are_inclusive_and_bins_apply_too() -> None:
    mapped = f.substrate_mapped(
        columns=2, rows=2, bins=b"\x01\x00\x02\x00\x01\x00\x02\x00", first_x=1, first_y=1
    )
    events = [CREATED, mapped]
    sites = [(1, 1, 0, 0), (2, 1, 1, 0), (1, 2, 0, 1), (2, 2, 1, 1)]
    events += [moved(f"09:0{number}", f"S{number}", row) for number, row in enumerate(sites)]
    events += [on(f"10:0{number}", f"S{number}", {"unit_id": f"U{number}"}) for number in range(4)]
    assert list(units(events, WaferScope("WAFER-1", x_min=1, x_max=1))) == ["U0", "U2"]
    assert list(units(events, WaferScope("WAFER-1", y_min=2))) == ["U2", "U3"]
    assert list(units(events, WaferScope("WAFER-1", bins=(2,)))) == ["U1", "U3"]
    assert list(units(events, WaferScope("WAFER-1", y_max=1, bins=(2,)))) == ["U1"]
    assert list(units(events, WaferScope("WAFER-1", bins=(9,)))) == []


def test_the_latest_counted_map_says_the_bins() -> None:
    old = f.substrate_mapped(bins=b"\x01\x00\x02\x00", occurred_at="08:00")
    new = f.substrate_mapped(bins=b"\x02\x00\x01\x00", occurred_at="08:30")
    events = [CREATED, new, old, moved("09:00", "S1", (0, 0, 0, 0)), on("10:00", "S1", {"unit_id": "U1"})]
    assert units(events, WaferScope("WAFER-1", bins=(2,))) == {"U1": "DEFINITE"}


def test_a_unit_alone_on_a_substrate_is_the_whole_of_it() -> None:
    events = [CREATED, moved("09:00", "S1", (0, 0, 0, 0)), on("10:00", "S1", {"unit_id": "U1"})]
    assert units(events, WAFER) == {"U1": "DEFINITE"}
    assert unit_in(Plant.of(counted(events)), "U1").dies == (("WAFER-1", 0, 0),)


def test_a_unit_with_a_site_carries_the_die_of_that_site() -> None:
    marks = ({"unit_id": "U1", "x": 0, "y": 0}, {"unit_id": "U2", "x": 1, "y": 0})
    events = [CREATED, moved("09:00", "S1", (0, 0, 0, 0)), on("10:00", "S1", *marks)]
    assert units(events, WAFER) == {"U1": "DEFINITE"}


def test_units_without_sites_beside_each_other_may_each_carry_any_die() -> None:
    events = [
        CREATED,
        moved("09:00", "S1", (0, 0, 0, 0)),
        on("10:00", "S1", {"unit_id": "U1"}, {"unit_id": "U2"}),
    ]
    assert units(events, WAFER) == {"U1": "POSSIBLE", "U2": "POSSIBLE"}


def test_a_unit_without_a_known_substrate_may_carry_any_die_of_its_lots_substrates() -> None:
    unplaced = f.units_identified(occurred_at="08:30", units=[{"unit_id": "U1"}])
    assert units([CREATED, unplaced, moved("09:00", "S1", (0, 0, 0, 0))], WAFER) == {"U1": "POSSIBLE"}


def test_a_unit_on_a_clean_substrate_of_the_lot_is_excluded() -> None:
    events = [
        CREATED,
        moved("09:00", "S1", (0, 0, 0, 0)),
        on("10:00", "S1", {"unit_id": "U1"}),
        on("10:01", "S2", {"unit_id": "U2"}),
        on("10:02", "S3", {"unit_id": "U3"}),
        on("10:03", "S4", {"unit_id": "U4"}),
    ]
    assert units(events, WAFER) == {"U1": "DEFINITE"}
    assert lots(events, WAFER) == {"LOT-1": (1, 1, 4)}


def test_a_die_claimed_by_two_transfers_makes_both_units_possible() -> None:
    events = [
        CREATED,
        moved("09:00", "S1", (0, 0, 0, 0)),
        moved("09:10", "S2", (0, 0, 0, 0)),
        on("10:00", "S1", {"unit_id": "U1"}),
        on("10:01", "S2", {"unit_id": "U2"}),
    ]
    assert units(events, WAFER) == {"U1": "POSSIBLE", "U2": "POSSIBLE"}
    assert lots(events, WAFER) == {"LOT-1": (0, 1, 4)}
    (finding,) = [each for each in recall(events, WAFER).findings if each.code == "die.used_twice"]
    assert finding.things == (Thing(ThingKind.DIE, "WAFER-1@0,0"),)


def test_a_transfer_told_twice_alike_contradicts_nothing() -> None:
    events = [
        CREATED,
        moved("09:00", "S1", (0, 0, 0, 0)),
        moved("09:10", "S1", (0, 0, 0, 0)),
        on("10:00", "S1", {"unit_id": "U1"}),
    ]
    assert units(events, WAFER) == {"U1": "DEFINITE"}
    assert lots(events, WAFER) == {"LOT-1": (1, 1, 4)}


def test_a_site_with_two_dies_makes_the_unit_possible_for_both() -> None:
    events = [
        CREATED,
        moved("09:00", "S1", (0, 0, 0, 0), (1, 0, 0, 0)),
        on("10:00", "S1", {"unit_id": "U1"}),
    ]
    assert units(events, WaferScope("WAFER-1", x_max=0)) == {"U1": "POSSIBLE"}
    assert "site.two_dies" in codes(events, WaferScope("WAFER-1", x_max=0))


def test_another_sound_die_still_pins_the_unit() -> None:
    events = [
        CREATED,
        moved("09:00", "S1", (0, 0, 0, 0), (1, 0, 0, 0), (5, 5, 1, 1)),
        on("10:00", "S1", {"unit_id": "U1"}),
    ]
    assert units(events, WAFER) == {"U1": "DEFINITE"}


def test_a_die_keeps_its_name_over_a_frame() -> None:
    events = [
        CREATED,
        moved("09:00", "FRAME-1", (3, 4, 0, 0), lot_id=None),
        moved("09:10", "S1", (0, 0, 1, 1), wafer="FRAME-1"),
        on("10:00", "S1", {"unit_id": "U1"}),
    ]
    assert units(events, WaferScope("WAFER-1", x_min=3, x_max=3)) == {"U1": "DEFINITE"}
    assert codes(events, WAFER) == {"substrate.unknown"}


def test_a_die_built_straight_into_a_unit_counts() -> None:
    built = f.units_assembled(
        occurred_at="09:00", unit_id="M1", components=[{"substrate_id": "WAFER-1", "x": 2, "y": 3}]
    )
    assert units([CREATED, built], WaferScope("WAFER-1", x_min=2)) == {"M1": "DEFINITE"}
    assert lots([CREATED, built], WAFER) == {"LOT-1": (1, 1, 4)}


def test_dies_built_into_a_unit_by_two_events_of_one_moment_do_not_contradict_each_other() -> None:
    built = [
        f.units_assembled(
            unit_id="M1",
            lot_id="LOT-1",
            components=[{"substrate_id": "WAFER-1", "x": x, "y": 0}],
            occurred_at="10:00",
            event_id=f"built {x}",
        )
        for x in (0, 2)
    ]
    events = [f.lot_created(quantity=4, occurred_at="08:00"), *built]
    assert lots(events, WaferScope("WAFER-1")) == {"LOT-1": (1, 2, 4)}
    assert units(events, WaferScope("WAFER-1")) == {"M1": "DEFINITE"}
    assert "site.two_dies" not in codes(events, WaferScope("WAFER-1"))


def test_a_material_lot_registered_for_a_wafer_exposes_the_dies_that_leave_it_from_then_on() -> None:
    registered = f.substrate_registered(material_lot_id="CHIPS-1", occurred_at="07:00")
    events = [
        registered,
        CREATED,
        moved("09:00", "S1", (0, 0, 0, 0)),
        moved("09:10", "S2", (1, 0, 0, 0)),
        on("10:00", "S1", {"unit_id": "U1"}),
        on("10:01", "S2", {"unit_id": "U2"}),
    ]
    assert units(events, MaterialLotScope("CHIPS-1")) == {"U1": "DEFINITE", "U2": "DEFINITE"}
    assert units(events, MaterialLotScope("CHIPS-1", f.at("09:10"))) == {"U2": "DEFINITE"}


def test_a_unit_on_a_substrate_also_carries_what_the_lot_met_without_die_evidence() -> None:
    events = [
        f.material_lot_received(occurred_at="07:00"),
        CREATED,
        f.material_consumed(occurred_at="08:30"),
        on("10:00", "S1", {"unit_id": "U1"}),
    ]
    assert units(events) == {"U1": "DEFINITE"}


def test_a_die_said_to_go_from_one_site_to_two_is_used_twice_also_by_way_of_the_first() -> None:
    frame = moved("08:30", "F1", (0, 0, 0, 0), lot_id=None, to_kind="FRAME")
    on_it = moved("09:00", "S1", (0, 0, 1, 0), wafer="F1")
    direct = moved("09:00", "S1", (0, 0, 1, 0))
    assert "die.used_twice" in codes([CREATED, frame, on_it, direct], WAFER)
    assert lots([CREATED, frame, on_it, direct], WAFER) == {"LOT-1": (0, 1, 4)}


def test_a_transfer_told_again_after_the_die_went_on_contradicts_nothing() -> None:
    frame = moved("08:30", "F1", (0, 0, 0, 0), lot_id=None, to_kind="FRAME")
    again = moved("09:30", "F1", (0, 0, 0, 0), lot_id=None, to_kind="FRAME")
    on_it = moved("09:00", "S1", (0, 0, 1, 0), wafer="F1")
    assert "die.used_twice" not in codes([CREATED, frame, on_it, again], WAFER)
    assert lots([CREATED, frame, on_it, again], WAFER) == {"LOT-1": (1, 1, 4)}
