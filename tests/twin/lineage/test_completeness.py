from __future__ import annotations

from typing import Any

import pytest

from tests import factory as f
from twin.events.event import Event
from twin.events.order import ProductDefined
from twin.lineage.completeness import lot_completeness, unit_completeness
from twin.lineage.counting import counted
from twin.lineage.plant import Plant
from twin.records.completeness import Aspect, Completeness

ROUTE = [
    {"operation": "DIE_BOND"},
    {"operation": "CURE"},
    {"operation": "FINAL_TEST", "equipment_type": "HANDLER"},
]
BOM = [
    {"material_id": "EPOXY-A", "quantity": 1, "unit": "G", "operation": "DIE_BOND"},
    {"material_id": "REEL-TAPE", "quantity": 1, "unit": "M"},
]


def product(**given: Any) -> Event:
    return f.product_defined(occurred_at="07:00", **{"route": ROUTE, "bom": BOM, **given})


def bonded(lot_id: str = "LOT-1", start: str = "09", recipe: str | None = "3") -> list[Event]:
    versioned = {} if recipe is None else {"recipe_id": "BOND", "recipe_version": recipe}
    return [
        f.lot_tracked_in(occurred_at=f"{start}:00", lot_id=lot_id, **versioned),
        f.material_consumed(occurred_at=f"{start}:10", lot_id=lot_id),
        f.lot_tracked_out(occurred_at=f"{start}:30", lot_id=lot_id),
    ]


def at(operation: str, start: str, lot_id: str = "LOT-1") -> list[Event]:
    there = {"lot_id": lot_id, "operation": operation, "equipment_id": "M-1"}
    return [
        f.lot_tracked_in(occurred_at=f"{start}:00", recipe_id="R", recipe_version="1", **there),
        f.lot_tracked_out(occurred_at=f"{start}:30", **there),
    ]


def taped() -> Event:
    return f.material_consumed(
        occurred_at="12:40", operation="TAPING", material_lot_id="TAPE-1", material_id="REEL-TAPE"
    )


def results_of(**given: Any) -> Event:
    rows = [{"x": 0, "y": 0, "attempt": 1, "hard_bin": 1, "soft_bin": 1, "passed": True}]
    return f.test_results_recorded(
        **{"occurred_at": "12:20", "lot_id": "LOT-1", "operation": "FINAL_TEST", "results": rows, **given}
    )


RECEIVED = f.material_lot_received(occurred_at="07:10", supplier_lot="S-1")
TAPE = f.material_lot_received(
    occurred_at="07:10", material_lot_id="TAPE-1", material_id="REEL-TAPE", supplier_lot="S-2"
)
CREATED = f.lot_created(occurred_at="08:00")


def complete() -> list[Event]:
    return [
        RECEIVED, TAPE, CREATED, *bonded(), *at("CURE", "10"), *at("FINAL_TEST", "12"), results_of(), taped(),
        f.lot_completed(occurred_at="13:00"),
    ]  # fmt: skip


def judged(events: list[Event], lot_id: str = "LOT-1", defined: Event | None = None) -> Completeness:
    plant = Plant.of(counted(sorted(events, key=lambda event: event.order)))
    fact = (defined or product()).fact
    assert isinstance(fact, ProductDefined)
    return lot_completeness(plant, lot_id, fact)


def without(events: list[Event], kind: str, **named: str) -> list[Event]:
    return [
        event
        for event in events
        if event.type != kind or any(getattr(event.fact, key) != value for key, value in named.items())
    ]


def gaps(found: Completeness) -> list[tuple[str, str, str]]:
    return [(gap.code, gap.wanted, str(gap.thing)) for gap in found.missing]


def counts(found: Completeness) -> dict[Aspect, tuple[int, int]]:
    return {row.aspect: (row.recorded, row.required) for row in found.aspects}


def test_a_lot_of_which_all_is_recorded_scores_one() -> None:
    found = judged(complete())
    assert (found.score, found.recorded, found.required, found.missing) == (1.0, 6, 6, ())
    assert counts(found) == {Aspect.ROUTE: (3, 3), Aspect.BOM: (2, 2), Aspect.TEST: (1, 1)}


def test_the_score_is_the_mean_over_the_aspects() -> None:
    found = judged(without(complete(), "TestResultsRecorded"))
    assert found.score == pytest.approx((1 + 1 + 0) / 3)
    assert gaps(found) == [("test.no_result", "FINAL_TEST", "LOT:LOT-1")]
    missing_line = judged(without(complete(), "MaterialConsumed", operation="TAPING"))
    assert missing_line.score == pytest.approx((1 + 0.5 + 1) / 3)
    assert gaps(missing_line) == [("bom.not_consumed", "REEL-TAPE", "LOT:LOT-1")]


def test_without_a_route_nothing_is_scored_and_never_as_complete() -> None:
    found = judged(complete(), defined=product(route=[]))
    assert (found.score, found.level, found.unscored) == (None, None, ("route.unknown",))
    plant = Plant.of(sorted(complete(), key=lambda event: event.order))
    assert lot_completeness(plant, "LOT-1", None).score is None


def test_without_a_bill_of_materials_the_rest_is_scored_but_no_level_told() -> None:
    found = judged(complete(), defined=product(bom=[]))
    assert (found.score, found.level, found.unscored) == (1.0, None, ("bom.unknown",))


def test_steps_that_are_still_to_come_are_not_missing() -> None:
    found = judged([RECEIVED, CREATED, *bonded()])
    assert counts(found) == {Aspect.ROUTE: (1, 1), Aspect.BOM: (1, 1)}
    open_run = judged([RECEIVED, CREATED, bonded()[0]])
    assert counts(open_run) == {Aspect.ROUTE: (1, 1)}
    begun_nothing = judged([CREATED])
    assert (begun_nothing.score, begun_nothing.unscored) == (None, ("nothing.due",))


def test_a_skipped_step_is_missing() -> None:
    found = judged([RECEIVED, CREATED, *bonded(), *at("FINAL_TEST", "12"), results_of()])
    assert gaps(found) == [("route.no_run", "CURE", "LOT:LOT-1")]
    assert counts(found)[Aspect.ROUTE] == (2, 3)


def test_a_run_that_nobody_closed_is_missing_once_the_lot_went_on() -> None:
    events = without(complete(), "LotTrackedOut", operation="CURE")
    assert gaps(judged(events)) == [("route.not_closed", "CURE", "LOT:LOT-1")]


def test_a_child_inherits_what_its_parent_went_through_before_the_split() -> None:
    split = f.lot_split(occurred_at="10:45", children=[{"lot_id": "CHILD", "quantity": 40}])
    before = [RECEIVED, CREATED, *bonded(), *at("CURE", "10"), split]
    assert judged([*before, *at("FINAL_TEST", "12", "CHILD")], "CHILD").missing[0].code == "test.no_result"
    assert counts(judged(before, "CHILD"))[Aspect.ROUTE] == (2, 2)
    late = [RECEIVED, CREATED, *bonded(), split, *at("CURE", "11"), *at("FINAL_TEST", "12", "CHILD")]
    assert gaps(judged(late, "CHILD"))[0] == ("route.no_run", "CURE", "LOT:LOT-1")


def test_a_merged_lot_lacks_what_one_of_its_parents_lacked() -> None:
    other = f.lot_created(occurred_at="08:00", lot_id="LOT-2", quantity=50)
    merged = f.lots_merged(
        occurred_at="11:00",
        parents=[{"lot_id": "LOT-1", "quantity": 100}, {"lot_id": "LOT-2", "quantity": 50}],
    )
    events = [RECEIVED, CREATED, other, *bonded(), merged]
    assert gaps(judged(events, "LOT-M")) == [
        ("route.no_run", "DIE_BOND", "LOT:LOT-2"),
        ("bom.not_consumed", "EPOXY-A at DIE_BOND", "LOT:LOT-2"),
    ]
    assert judged([*events, *bonded("LOT-2", "10")], "LOT-M").missing == ()
    assert judged([*events, *bonded("LOT-M", "12")], "LOT-M").missing == ()


def test_a_material_counts_under_its_aliases_but_not_from_an_unknown_lot() -> None:
    alias = f.material_defined(occurred_at="07:00", material_id="EPOXY-OLD", aliases=["EPOXY-A"])
    renamed = product(bom=[{"material_id": "EPOXY-OLD", "quantity": 1, "unit": "G", "operation": "DIE_BOND"}])
    assert judged([alias, RECEIVED, CREATED, *bonded()], defined=renamed).missing == ()
    nameless = [CREATED, *bonded()]
    told = f.material_consumed(occurred_at="09:11", material_id="EPOXY-A", quantity=0)
    assert gaps(judged([*nameless, told])) == [("bom.lot_unknown", "EPOXY-A at DIE_BOND", "LOT:LOT-1")]


def test_the_bill_of_an_order_wins() -> None:
    own = [{"material_id": "GOLD-WIRE", "quantity": 1, "unit": "M", "operation": "DIE_BOND"}]
    order = f.order_received(occurred_at="07:00", bom=own)
    created = f.lot_created(occurred_at="08:00", order_id="ORD-1")
    assert gaps(judged([order, RECEIVED, created, *bonded()])) == [
        ("bom.not_consumed", "GOLD-WIRE at DIE_BOND", "LOT:LOT-1")
    ]


def test_a_cut_test_file_is_incomplete() -> None:
    events = [*without(complete(), "TestResultsRecorded"), results_of(complete=False)]
    assert gaps(judged(events)) == [("test.incomplete", "FINAL_TEST", "LOT:LOT-1")]


def test_what_was_voided_is_missing() -> None:
    events = complete()
    (test,) = (event for event in events if event.type == "TestResultsRecorded")
    void = f.event_voided(occurred_at="14:00", voided_event_id=test.event_id)
    assert gaps(judged([*events, void])) == [("test.no_result", "FINAL_TEST", "LOT:LOT-1")]


def strips() -> list[Event]:
    return [
        f.substrate_registered(occurred_at="08:30", substrate_id=code, kind="STRIP", lot_id="LOT-1")
        for code in ("S1", "S2")
    ]


def test_every_strip_of_a_lot_needs_a_map() -> None:
    by_strip = product(granularity="STRIP")
    none = judged([RECEIVED, CREATED, *bonded()], defined=by_strip)
    assert gaps(none) == [("map.no_substrate", "a substrate", "LOT:LOT-1")]
    mapped = f.substrate_mapped(occurred_at="09:20", substrate_id="S1", kind="STRIP")
    some = judged([RECEIVED, CREATED, *strips(), *bonded(), mapped], defined=by_strip)
    assert (gaps(some), counts(some)[Aspect.MAP]) == ([("map.missing", "a map", "SUBSTRATE:S2")], (1, 2))


def by_unit() -> list[Event]:
    units = [{"unit_id": f"U{x}", "x": x, "y": 0} for x in range(2)]
    return [
        *strips()[:1],
        f.substrate_mapped(occurred_at="08:31", substrate_id="S1", kind="STRIP"),
        f.dies_transferred(
            occurred_at="09:05", lot_id="LOT-1", to_substrate_id="S1", transfers=[["W", 0, 0, 0, 0]]
        ),
        f.units_identified(occurred_at="09:40", lot_id="LOT-1", substrate_id="S1", units=units),
    ]


def test_every_unit_needs_a_name() -> None:
    created = f.lot_created(occurred_at="08:00", quantity=5)
    found = judged([RECEIVED, created, *by_unit(), *bonded()], defined=product(granularity="UNIT"))
    assert gaps(found) == [("unit.not_identified", "3 of 5 units", "LOT:LOT-1")]
    assert counts(found)[Aspect.UNIT] == (2, 5)
    assert found.score == pytest.approx((1 + 1 + 1 + 0.4) / 4)


def test_a_unit_needs_its_map_its_origin_and_its_results() -> None:
    defined = product(granularity="UNIT").fact
    assert isinstance(defined, ProductDefined)
    rows = [{"unit_id": "U0", "attempt": 1, "hard_bin": 1, "soft_bin": 1, "passed": True}]
    events = [RECEIVED, CREATED, *by_unit(), *bonded(), *at("CURE", "10"), *at("FINAL_TEST", "12")]
    plant = Plant.of(sorted([*events, results_of(results=rows)], key=lambda event: event.order))
    first, second = (unit_completeness(plant, unit, defined) for unit in ("U0", "U1"))
    assert (first.name, first.score, first.missing) == ("UNIT:U0", 1.0, ())
    assert gaps(second) == [
        ("unit.no_origin", "dies or components", "UNIT:U1"),
        ("test.no_result", "FINAL_TEST", "UNIT:U1"),
    ]
    assert second.score == pytest.approx((1 + 1 + 1 + 0 + 0) / 5)


@pytest.mark.parametrize(
    ("events", "material", "process", "wanting"),
    [
        (without(complete(), "MaterialConsumed", operation="TAPING"), 0, 3, ("bom.not_consumed",)),
        (without(complete(), "MaterialLotReceived", material_lot_id="TAPE-1"), 1, 3,
         ("bom.lot_unknown", "material.no_supplier_lot")),
        (without(complete(), "LotTrackedIn", operation="CURE"), 3, 1, ("route.not_closed", "run.no_recipe")),
        (without(complete(), "TestResultsRecorded"), 3, 2, ("test.no_result",)),
        (complete(), 3, 3, ("product.not_by_unit", "product.not_by_unit")),
    ],
)  # fmt: skip
def test_the_level_is_as_far_as_nothing_is_wanting(
    events: list[Event], material: int, process: int, wanting: tuple[str, ...]
) -> None:
    levels = judged(events).levels
    assert levels is not None
    assert (levels.material, levels.process, levels.wanting) == (material, process, wanting)
    assert judged(events).level == min(material, process)


def test_records_made_by_hand_keep_a_lot_from_level_three() -> None:
    events = [
        f.material_consumed(occurred_at="09:10", method="MANUAL") if e.type == "MaterialConsumed" else e
        for e in complete()
        if getattr(e.fact, "operation", None) != "TAPING"
    ]
    only_paste = product(bom=BOM[:1])
    levels = judged(events, defined=only_paste).levels
    assert levels is not None
    assert (levels.material, levels.wanting) == (2, ("consumption.manual",))


def test_level_four_needs_every_unit_with_origin_and_results() -> None:
    created = f.lot_created(occurred_at="08:00", quantity=1)
    unit = {"unit_id": "U0", "x": 0, "y": 0}
    one = [f.units_identified(occurred_at="09:40", units=[unit], substrate_id="S1")]
    rows = [{"unit_id": "U0", "attempt": 1, "hard_bin": 1, "soft_bin": 1, "passed": True}]
    rest = without(without(complete(), "LotCreated"), "TestResultsRecorded")
    events = [created, *by_unit()[:3], *one, *rest, results_of(results=rows)]
    found = judged(events, defined=product(granularity="UNIT"))
    assert (found.score, found.level) == (1.0, 4)
