from __future__ import annotations

from tests import factory as f
from tests.twin.lineage.questions import PASTE, recall
from twin.events.event import Event
from twin.records.recall import EvidencePath, LotScope, MaterialLotScope, RecallScope, ToolScope, WaferScope
from twin.vocabulary.things import Thing, ThingKind

LOT_A = Thing(ThingKind.LOT, "A")
CHAIN = [
    f.material_lot_received(occurred_at="07:00", event_id="received"),
    f.lot_created(quantity=100, occurred_at="08:00", event_id="created"),
    f.lot_created(lot_id="B", quantity=10, occurred_at="08:00", event_id="created-b"),
    f.material_mixed(occurred_at="08:30", event_id="mixed"),
    f.material_consumed(occurred_at="09:00", event_id="direct"),
    f.material_consumed(occurred_at="09:10", event_id="via-mix", material_lot_id="MIX-1", operation="ENCAP"),
    f.lot_split(occurred_at="10:00", event_id="split", children=[{"lot_id": "A", "quantity": 40}]),
    f.material_consumed(occurred_at="10:10", event_id="by-b", lot_id="B"),
    f.lots_merged(
        occurred_at="11:00", event_id="merged", into_lot_id="A", parents=[{"lot_id": "B", "quantity": 10}]
    ),
]


def evidence(
    events: list[Event], thing: Thing, scope: RecallScope = PASTE, *, every: bool = True
) -> tuple[EvidencePath, ...]:
    return recall(events, scope).evidence(thing, every=every)


def names(paths: tuple[EvidencePath, ...]) -> set[tuple[str, ...]]:
    return {tuple(step.event_id for step in path) for path in paths}


def test_the_shortest_path_runs_unbroken_from_the_seed() -> None:
    (path,) = evidence(CHAIN, LOT_A, every=False)
    assert [(step.relation, str(step.source), str(step.target), step.event_id) for step in path] == [
        ("CONSUMED_BY", "MATERIAL_LOT:PASTE-1", "LOT:LOT-1", "direct"),
        ("SPLIT_INTO", "LOT:LOT-1", "LOT:A", "split"),
    ]
    assert [step.at for step in path] == [f.at("09:00"), f.at("10:00")]


def test_all_distinct_paths_come_shortest_first() -> None:
    paths = evidence(CHAIN, LOT_A)
    assert names(paths) == {("direct", "split"), ("by-b", "merged"), ("mixed", "via-mix", "split")}
    assert [len(path) for path in paths] == [2, 2, 3]


def test_no_more_paths_come_than_asked_for() -> None:
    assert len(recall(CHAIN).evidence(LOT_A, every=True, limit=2)) == 2


def test_a_seed_itself_has_the_empty_path() -> None:
    assert evidence(CHAIN, Thing(ThingKind.LOT, "LOT-1"), LotScope("LOT-1")) == ((),)


def test_a_thing_that_is_not_reached_has_no_path() -> None:
    assert evidence(CHAIN[:4], Thing(ThingKind.LOT, "B")) == ()


def test_a_path_breaks_when_any_one_of_its_events_is_dropped() -> None:
    for path in names(evidence(CHAIN, LOT_A)):
        for dropped in path:
            rest = [event for event in CHAIN if event.event_id != dropped]
            assert path not in names(evidence(rest, LOT_A))


def test_a_path_never_goes_back_in_time() -> None:
    late = f.material_consumed(occurred_at="10:30", event_id="late", operation="TEST")
    assert all("late" not in path for path in names(evidence([*CHAIN, late], LOT_A)))


def test_a_path_does_not_lead_through_a_time_when_the_lot_was_clean_again() -> None:
    events = [
        *CHAIN[:2],
        f.material_consumed(occurred_at="09:00", event_id="first"),
        f.units_scrapped(occurred_at="09:30", quantity=100),
        f.lot_created(lot_id="B", quantity=10, occurred_at="08:00"),
        f.lots_merged(
            occurred_at="10:00",
            event_id="refilled",
            into_lot_id="LOT-1",
            parents=[{"lot_id": "B", "quantity": 10}],
        ),
        f.material_consumed(occurred_at="10:30", event_id="second"),
        f.lot_split(occurred_at="11:00", event_id="split", children=[{"lot_id": "A", "quantity": 4}]),
    ]
    assert names(evidence(events, LOT_A)) == {("second", "split")}


def test_a_unit_has_evidence_through_its_lot() -> None:
    named = f.units_identified(occurred_at="08:10", event_id="named")
    unit = Thing(ThingKind.UNIT, "UNIT-1")
    assert names(evidence([*CHAIN[:2], named, CHAIN[4]], unit)) == {("direct", "named")}


def test_a_unit_has_evidence_through_its_die() -> None:
    events = [
        f.lot_created(occurred_at="08:00"),
        f.dies_transferred(occurred_at="09:00", event_id="moved", lot_id="LOT-1"),
        f.units_identified(occurred_at="10:00", event_id="named", substrate_id="STRIP-1"),
    ]
    (path,) = evidence(events, Thing(ThingKind.UNIT, "UNIT-1"), WaferScope("WAFER-1"))
    assert [(str(step.source), str(step.target), step.event_id) for step in path] == [
        ("SUBSTRATE:WAFER-1", "DIE:WAFER-1@4,51", "moved"),
        ("DIE:WAFER-1@4,51", "UNIT:UNIT-1", "named"),
    ]


def test_a_lot_has_evidence_from_the_material_of_a_wafer() -> None:
    events = [
        f.substrate_registered(occurred_at="07:00", event_id="registered", material_lot_id="CHIPS-1"),
        f.lot_created(occurred_at="08:00"),
        f.dies_transferred(occurred_at="09:00", event_id="moved", lot_id="LOT-1"),
    ]
    scope = MaterialLotScope("CHIPS-1")
    assert names(evidence(events, Thing(ThingKind.LOT, "LOT-1"), scope)) == {("registered", "moved", "moved")}


def test_a_lot_has_evidence_from_a_component_of_another_lot() -> None:
    events = [
        f.lot_created(lot_id="DRV", quantity=2, occurred_at="08:00", event_id="created"),
        f.units_identified(lot_id="DRV", occurred_at="08:10", event_id="named"),
        f.lot_created(quantity=2, occurred_at="08:20"),
        f.units_assembled(occurred_at="09:00", event_id="built"),
    ]
    paths = evidence(events, Thing(ThingKind.LOT, "LOT-1"), LotScope("DRV", f.at("08:10")))
    assert names(paths) == {("named", "built")}


def test_a_lot_has_evidence_from_a_tool_by_its_machine() -> None:
    events = [
        f.tool_mounted(occurred_at="08:00", event_id="mounted", equipment_id="DB-01"),
        f.lot_created(occurred_at="08:10"),
        f.lot_tracked_in(occurred_at="09:00", event_id="in"),
    ]
    assert names(evidence(events, Thing(ThingKind.LOT, "LOT-1"), ToolScope("CAP-1"))) == {("mounted", "in")}


def test_a_path_may_come_back_to_a_lot_that_was_clean_in_between() -> None:
    events = [
        *CHAIN[:2],
        f.material_consumed(occurred_at="09:00", event_id="direct"),
        f.lot_split(occurred_at="10:00", event_id="out", children=[{"lot_id": "R", "quantity": 100}]),
        f.lots_merged(
            occurred_at="11:00",
            event_id="back",
            into_lot_id="LOT-1",
            parents=[{"lot_id": "R", "quantity": 100}],
        ),
    ]
    assert names(evidence(events, Thing(ThingKind.LOT, "LOT-1"))) == {("direct", "out", "back")}


def test_a_wafer_may_be_registered_after_its_dies_were_moved() -> None:
    events = [
        f.lot_created(occurred_at="08:00"),
        f.dies_transferred(occurred_at="09:00", event_id="moved", lot_id="LOT-1"),
        f.substrate_registered(occurred_at="10:00", event_id="registered", material_lot_id="CHIPS-1"),
    ]
    scope = MaterialLotScope("CHIPS-1")
    assert names(evidence(events, Thing(ThingKind.LOT, "LOT-1"), scope)) == {("registered", "moved", "moved")}
