from __future__ import annotations

from typing import Any, Final

import pytest

from tests import factory as f
from tests.resolvers.asking import ask
from tests.twin.projection.arrivals import project
from twin.events.event import Event
from twin.folds.advice import ADVICE
from twin.graph.session import Graph


def _void() -> Event:
    return f.event_voided(voided_event_id="x", occurred_at="23:00")


CASES: Final[dict[str, tuple[list[Event], list[Event]]]] = {
    "lot.unknown": ([f.lot_moved(event_id="x")], [f.lot_created()]),
    "material_lot.unknown": ([f.material_moved(event_id="x")], [f.material_lot_received()]),
    "equipment.unknown": ([f.equipment_connected(event_id="x")], [f.equipment_registered()]),
    "substrate.unknown": (
        [f.substrate_processed(event_id="x")],
        [f.substrate_registered(substrate_id="STRIP-1", kind="STRIP")],
    ),
    "order.unknown": ([f.lot_created(order_id="ORD-1")], [f.order_received()]),
    "quantity.imbalance": (
        [f.lot_created(quantity=1), f.units_scrapped(event_id="x", quantity=5)],
        [_void()],
    ),
    "die.used_twice": (
        [f.dies_transferred(event_id="a"), f.dies_transferred(event_id="x", to_substrate_id="S2")],
        [_void()],
    ),
    "site.two_dies": (
        [
            f.dies_transferred(event_id="a"),
            f.dies_transferred(event_id="x", transfers=[["WAFER-1", 9, 9, 0, 1]]),
        ],
        [_void()],
    ),
    "consumption.expired": (
        [
            f.material_lot_received(occurred_at="06:00", expires_at="2026-03-02T07:00:00Z"),
            f.material_consumed(event_id="x", occurred_at="09:00"),
        ],
        [_void()],
    ),
    "consumption.not_usable_yet": (
        [
            f.material_lot_received(occurred_at="05:00"),
            f.material_thawed(occurred_at="06:00"),
            f.material_consumed(event_id="x", occurred_at="07:00"),
        ],
        [_void()],
    ),
    "run.no_track_in": (
        [f.lot_created(occurred_at="06:00"), f.lot_tracked_out(event_id="x", occurred_at="09:00")],
        [f.lot_tracked_in(occurred_at="08:00")],
    ),
    "run.no_track_out": (
        [
            f.lot_created(occurred_at="06:00"),
            f.lot_tracked_in(occurred_at="08:00"),
            f.lot_tracked_in(event_id="x", occurred_at="09:00", operation="CURE", equipment_id="OV"),
        ],
        [f.lot_tracked_out(occurred_at="08:30")],
    ),
    "run.opened_twice": (
        [
            f.lot_created(occurred_at="06:00"),
            f.lot_tracked_in(occurred_at="08:00"),
            f.lot_tracked_in(event_id="x", occurred_at="08:10"),
        ],
        [_void()],
    ),
    "clock.skew": (
        [
            f.lot_created(occurred_at="06:00", source="s", source_sequence=1),
            f.lot_moved(event_id="x", occurred_at="09:00", source="s", source_sequence=2),
            f.lot_moved(occurred_at="07:00", source="s", source_sequence=3),
        ],
        [_void()],
    ),
    "clock.future": ([f.lot_created(event_id="x", occurred_at="12:00", recorded_at="08:00")], [_void()]),
    "sequence.gap": (
        [
            f.lot_created(occurred_at="06:00", source="s", source_sequence=1),
            f.lot_moved(occurred_at="09:00", source="s", source_sequence=3),
        ],
        [f.lot_moved(occurred_at="08:00", source="s", source_sequence=2)],
    ),
    "substrate.in_two_lots": (
        [f.substrate_registered(lot_id="A"), f.substrate_registered(event_id="x", lot_id="B")],
        [_void()],
    ),
    "event.id_reused": (
        [f.lot_created(event_id="x", quantity=1), f.lot_created(event_id="x", quantity=2)],
        [_void()],
    ),
    "lot.created_twice": ([f.lot_created(), f.lot_created(event_id="x")], [_void()]),
    "recipe.mismatch": ([f.recipe_verified(event_id="x", lot_id="LOT-1", matched=False)], [_void()]),
    "unit.identified_twice": ([f.units_identified(), f.units_identified(event_id="x")], [_void()]),
    "unit.lot_unknown": (
        [
            f.lot_created(quantity=3, occurred_at="06:00"),
            f.units_identified(
                occurred_at="06:01", units=[{"unit_id": "U1"}, {"unit_id": "U2"}, {"unit_id": "U3"}]
            ),
            f.units_scrapped(event_id="x", quantity=1, occurred_at="08:00"),
        ],
        [_void()],
    ),
    "consumption.empty_lot": (
        [
            f.lot_created(quantity=0, occurred_at="06:00"),
            f.material_consumed(event_id="x", occurred_at="08:00"),
        ],
        [_void()],
    ),
    "map.rotated": (
        [
            f.substrate_mapped(occurred_at="08:00"),
            f.substrate_mapped(event_id="x", occurred_at="09:00", bins=b"\x02\x00\x01\x00"),
        ],
        [_void()],
    ),
    "map.bin_unknown": (
        [f.substrate_mapped(event_id="x", bin_definitions=[{"bin": 1, "quality": "UNKNOWN"}])],
        [_void()],
    ),
    "product.unknown": ([f.lot_created()], [f.product_defined()]),
    "material.unknown": ([f.material_lot_received()], [f.material_defined()]),
    "recipe.unknown": ([f.recipe_selected()], [f.recipe_uploaded()]),
}
"""A finding to the events that open it, the last of them ``x`` or nameless, and those that end it."""

WITHOUT_THINGS: Final = {"event.id_reused", "material.unknown", "product.unknown", "sequence.gap"}

STORED: Final = """query($code: String!) { findings(filter: {code: {equals: $code}}) { nodes {
    severity hint message things resolvedAt events { eventId } } } }"""


async def _stored(graph: Graph, code: str) -> list[dict[str, Any]]:
    answer = await ask(graph, STORED, code=code)
    assert answer.messages == []
    nodes: list[dict[str, Any]] = answer["findings"]["nodes"]
    return nodes


@pytest.mark.parametrize("code", sorted(CASES))
async def test_a_finding_opens_and_ends_with_the_facts(empty_graph: Graph, code: str) -> None:
    opening, ending = CASES[code]
    for event in opening:
        await project(empty_graph, event)

    for found in (opened := await _stored(empty_graph, code)):
        assert (found["severity"], found["hint"]) == ADVICE[code]
        assert found["message"]
        assert bool(found["things"]) == (code not in WITHOUT_THINGS)
        assert bool(found["events"]) == (code != "sequence.gap")
    assert {found["resolvedAt"] for found in opened} == {None}

    for event in ending:
        await project(empty_graph, event)

    assert [found["resolvedAt"] is None for found in await _stored(empty_graph, code)] == [False] * len(
        opened
    )


async def test_an_answer_tells_of_a_finding_what_the_list_of_findings_tells(empty_graph: Graph) -> None:
    await project(
        empty_graph,
        f.material_consumed(occurred_at="09:00", equipment_id="DB-01"),
        f.lot_created(occurred_at="08:00"),
        f.lot_tracked_out(occurred_at="10:00"),
    )
    told = await ask(
        empty_graph,
        """{ recallImpact(scope: {materialLot: {materialLotId: "PASTE-1"}}) {
               answer { findings { code severity hint } } } findings { nodes { code severity hint } } }""",
    )

    in_answer = {row["code"]: row for row in told["recallImpact"]["answer"]["findings"]}
    stored = {row["code"]: row for row in told["findings"]["nodes"]}
    assert in_answer.keys() == {"equipment.unknown", "material_lot.unknown", "run.no_track_in"}
    assert in_answer == {code: stored[code] for code in in_answer}
