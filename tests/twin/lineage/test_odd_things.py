from __future__ import annotations

from typing import Any

import pytest

from tests import factory as f
from tests.twin.lineage.questions import PASTE, recall
from twin.events.event import Event
from twin.lineage.counting import counted
from twin.lineage.genealogy import ancestors
from twin.records.recall import LineageFinding, RecallScope, WaferScope
from twin.vocabulary.things import Thing, ThingKind

WAFER = WaferScope("WAFER-1")

RUN = [
    f.equipment_registered(occurred_at="06:00"),
    f.material_lot_received(occurred_at="06:00", event_id="received"),
    f.lot_created(quantity=100, occurred_at="08:00"),
    f.lot_tracked_in(occurred_at="09:00", event_id="in"),
    f.material_consumed(occurred_at="09:10", event_id="used"),
    f.lot_tracked_out(occurred_at="10:00", event_id="out"),
]


def told(finding: LineageFinding) -> tuple[str, str | None, list[str]]:
    return finding.code, finding.event_id, [str(thing) for thing in finding.things]


def odd(events: list[Event], scope: RecallScope = PASTE) -> list[tuple[str, str | None, list[str]]]:
    return [told(finding) for finding in recall(events, scope).findings]


def but(kind: type, *more: Event) -> list[Event]:
    return [*(event for event in RUN if not isinstance(event.fact, kind)), *more]


def test_nothing_is_odd_about_a_sound_run() -> None:
    assert odd(RUN) == []


def test_the_machine_of_a_listed_lots_run_is_unknown_once_until_it_is_registered() -> None:
    events = [*RUN[1:], f.lot_tracked_in(occurred_at="11:00", operation="CURE", event_id="again")]
    assert odd(events) == [("equipment.unknown", "in", ["EQUIPMENT:DB-01"])]
    assert odd([*events, f.equipment_registered(occurred_at="12:00")]) == []


def test_a_machine_that_no_listed_lot_ran_on_is_nobodys_finding() -> None:
    elsewhere = f.lot_tracked_in(lot_id="LOT-2", equipment_id="DB-99", occurred_at="09:00")
    assert odd([*RUN, f.lot_created(lot_id="LOT-2", occurred_at="08:00"), elsewhere]) == []


@pytest.mark.parametrize(
    ("recorded", "found"),
    [("09:09", []), ("09:05", []), ("09:04:59", [("clock.future", "used", ["LOT:LOT-1"])]), (0, [])],
)
def test_an_event_dated_more_than_five_minutes_after_its_record_is_from_the_future(
    recorded: str | int, found: list[Any]
) -> None:
    used = f.material_consumed(occurred_at="09:10", event_id="used", recorded_at=recorded)
    answer = odd([*RUN[:4], used, RUN[5]])
    assert [finding for finding in answer if finding[2] == ["LOT:LOT-1"]] == found
    assert {finding[0] for finding in answer} == {finding[0] for finding in found}


def test_a_future_event_about_a_listed_material_lot_is_told_and_one_about_others_is_not() -> None:
    received = f.material_lot_received(occurred_at="06:00", event_id="received", recorded_at="05:00")
    other = f.lot_created(lot_id="LOT-9", occurred_at="12:00", recorded_at="06:00")
    events = [RUN[0], received, other, *RUN[2:]]
    assert odd(events) == [("clock.future", "received", ["MATERIAL_LOT:PASTE-1"])]


@pytest.mark.parametrize(
    ("clock", "source", "codes"), [("09:06", "mes", ["clock.skew"]), ("09:05", "mes", [])]
)
def test_a_source_that_numbers_an_event_before_a_clearly_older_one_has_a_skewed_clock(
    clock: str, source: str, codes: list[str]
) -> None:
    tracked = f.lot_tracked_in(occurred_at="09:00", source_sequence=8)
    used = f.material_consumed(occurred_at=clock, event_id="used", source=source, source_sequence=7)
    found = [(code, "used", ["LOT:LOT-1"]) for code in codes]
    assert odd([*RUN[:3], tracked, used, RUN[5]]) == found


def test_numbers_of_another_source_or_another_lot_say_nothing_of_a_clock() -> None:
    tracked = f.lot_tracked_in(occurred_at="09:00", source_sequence=8)
    used = f.material_consumed(occurred_at="09:30", source="scanner", source_sequence=7)
    held = f.lot_held(lot_id="LOT-2", occurred_at="09:40", source_sequence=6)
    assert odd([*RUN[:3], tracked, used, RUN[5], held]) == []


def test_a_recipe_that_did_not_match_is_told_with_its_lot() -> None:
    wrong = f.recipe_verified(lot_id="LOT-1", matched=False, occurred_at="09:00", event_id="wrong")
    elsewhere = f.recipe_verified(lot_id="LOT-2", matched=False, occurred_at="09:00")
    assert odd([*RUN, wrong, elsewhere]) == [("recipe.mismatch", "wrong", ["LOT:LOT-1"])]


@pytest.mark.parametrize(
    ("thawed", "code"),
    [
        ({"usable_from": "09:11", "usable_until": "12:00"}, "consumption.not_usable_yet"),
        ({"usable_from": "08:00", "usable_until": "09:09"}, "consumption.expired"),
        ({"usable_from": "09:10", "usable_until": "09:10"}, None),
    ],
)
def test_a_thawed_material_lot_is_used_within_its_pot_life(thawed: dict[str, str], code: str | None) -> None:
    moments = {name: f"{f.DAY}{clock}:00Z" for name, clock in thawed.items()}
    found = [] if code is None else [(code, "used", ["LOT:LOT-1", "MATERIAL_LOT:PASTE-1"])]
    assert odd([*RUN, f.material_thawed(occurred_at="07:00", **moments)]) == found


@pytest.mark.parametrize(("expires", "codes"), [("09:10:00", []), ("09:09:59", ["consumption.expired"])])
def test_a_material_lot_used_after_its_expiry_is_told(expires: str, codes: list[str]) -> None:
    received = f.material_lot_received(occurred_at="06:00", expires_at=f"{f.DAY}{expires}Z")
    found = [(code, "used", ["LOT:LOT-1", "MATERIAL_LOT:PASTE-1"]) for code in codes]
    assert odd([RUN[0], received, *RUN[2:]]) == found


CREATED = f.lot_created(quantity=4, occurred_at="08:00")
MOVED = f.dies_transferred(
    event_id="moved",
    occurred_at="09:00",
    to_substrate_id="S1",
    lot_id="LOT-1",
    transfers=[["WAFER-1", 0, 0, 0, 0]],
)


def test_the_wafer_of_a_suspect_die_is_unknown_until_it_is_registered_or_mapped() -> None:
    events = [CREATED, MOVED]
    assert odd(events, WAFER) == [("substrate.unknown", "moved", ["SUBSTRATE:WAFER-1"])]
    assert odd([*events, f.substrate_mapped(occurred_at="07:00")], WAFER) == []
    assert odd([*events, f.substrate_registered(substrate_id="WAFER-1", occurred_at="07:00")], WAFER) == []


def test_a_map_that_fits_the_one_before_only_when_turned_is_told_with_its_wafer() -> None:
    first = f.substrate_mapped(occurred_at="06:00", bins=b"\x01\x00\x02\x00")
    turned = f.substrate_mapped(occurred_at="07:00", bins=b"\x02\x00\x01\x00", event_id="turned")
    assert odd([CREATED, MOVED, first, turned], WAFER) == [
        ("map.rotated", "turned", ["SUBSTRATE:WAFER-1"]),
    ]
    assert odd([CREATED, MOVED, first], WAFER) == []


STRIP = f.substrate_registered(
    substrate_id="S1", kind="STRIP", lot_id="LOT-1", occurred_at="08:10", event_id="there"
)


def processed(lot_id: str) -> Event:
    return f.substrate_processed(substrate_id="S1", lot_id=lot_id, occurred_at="09:30", event_id="processed")


def test_a_strip_seen_in_a_lot_that_its_units_never_went_to_is_in_two_lots() -> None:
    events = [*RUN, STRIP, f.lot_created(lot_id="LOT-2", occurred_at="08:00"), processed("LOT-2")]
    assert odd(events) == [("substrate.in_two_lots", "processed", ["SUBSTRATE:S1", "LOT:LOT-1", "LOT:LOT-2"])]


def test_a_strip_that_went_on_with_its_lots_units_is_in_one_lot() -> None:
    split = f.lot_split(occurred_at="09:20", children=[{"lot_id": "LOT-2", "quantity": 40}])
    onward = f.lots_merged(
        occurred_at="09:25", into_lot_id="LOT-3", parents=[{"lot_id": "LOT-2", "quantity": 40}]
    )
    found = odd([*RUN, STRIP, split, onward, processed("LOT-3")])
    assert [finding[0] for finding in found] == []


def test_a_genealogy_tells_what_is_odd_about_its_lots_too() -> None:
    late = f.material_consumed(occurred_at="09:10", event_id="used", recorded_at="06:00")
    events = counted([*RUN[1:4], late, RUN[5]], None)
    found = ancestors(events, Thing(ThingKind.LOT, "LOT-1")).findings
    assert sorted(told(finding) for finding in found) == [
        ("clock.future", "used", ["LOT:LOT-1"]),
        ("clock.future", "used", ["MATERIAL_LOT:PASTE-1"]),
        ("equipment.unknown", "in", ["EQUIPMENT:DB-01"]),
    ]
