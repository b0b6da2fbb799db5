from __future__ import annotations

from tests import factory
from twin.events.event import Event
from twin.folds.equipment import EquipmentFold
from twin.folds.finding_evidence import evidence_of
from twin.folds.live_lot import LiveLot
from twin.folds.substrate import SubstrateFold


def ids(events: list[Event]) -> list[str]:
    return [event.event_id for event in events]


def of_lot(events: list[Event], finding_id: str) -> list[str]:
    return ids(evidence_of(lambda: LiveLot("LOT-1"), events, finding_id))


def day() -> list[Event]:
    return [
        factory.lot_created(event_id="created", quantity=10),
        *(factory.lot_moved(event_id=f"moved {n}", location_id=f"R{n}") for n in range(30)),
        factory.lot_created(event_id="again", quantity=10),
        factory.lot_tracked_in(event_id="in"),
        factory.lot_moved(event_id="moved on", location_id="X"),
        factory.lot_tracked_in(event_id="elsewhere", operation="CURE", equipment_id="OV-01"),
        factory.units_scrapped(event_id="scrap 1", quantity=6),
        factory.units_scrapped(event_id="scrap 2", quantity=6),
        factory.lot_completed(event_id="done"),
    ]


def test_a_finding_rests_on_the_few_events_that_make_it() -> None:
    assert of_lot(day(), "lot.created_twice:LOT-1") == ["created", "again"]
    assert of_lot(day(), "run.no_track_out:LOT-1/DIE_BOND/DB-01/1") == ["in", "elsewhere"]
    assert of_lot(day(), "quantity.imbalance:LOT-1") == ["created", "scrap 1", "scrap 2"]


def test_what_is_no_longer_found_rests_on_nothing() -> None:
    assert of_lot(day()[:5], "quantity.imbalance:LOT-1") == []
    assert of_lot([], "lot.unknown:LOT-1") == []


def test_an_unknown_machine_rests_on_the_first_event_that_names_it() -> None:
    told = [factory.equipment_state_changed(event_id=f"report {n}") for n in range(40)]
    found = evidence_of(lambda: EquipmentFold("DB-01"), told, "equipment.unknown:DB-01")
    assert ids(found) == ["report 0"]


def test_a_die_used_twice_rests_on_both_transfers() -> None:
    moved = [
        factory.dies_transferred(
            event_id=f"to {n}", to_substrate_id=f"S-{n}", transfers=[["W", n % 3, 0, n, 0]]
        )
        for n in range(5)
    ]
    found = evidence_of(lambda: SubstrateFold("W"), moved, "die.used_twice:W@1,0")
    assert ids(found) == ["to 1", "to 4"]


def test_of_more_events_than_may_be_folded_what_was_found_by_then_is_told() -> None:
    created = factory.lot_created(event_id="created", quantity=1_000)
    events = [created, *(factory.units_scrapped(event_id=f"s{n}", quantity=1) for n in range(1_500))]
    found = of_lot(events, "quantity.imbalance:LOT-1")
    assert found[-1] == "s1000"
    assert 0 < len(found) < 10
