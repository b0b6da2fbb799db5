from __future__ import annotations

from dataclasses import replace

import pytest

from tests import factory
from tests.graph_fixtures import wipe
from tests.twin.projection.arrivals import arrivals, one, project, projector
from twin.events.codec import content_hash
from twin.graph.session import Graph
from twin.projection.arrival import NotTheWriter
from twin.projection.canonical import canonical

LOT = "MATCH (lot:Lot {lot_id: $lot_id}) RETURN lot AS lot"
FINDING = "MATCH (finding:Finding {finding_id: $id}) RETURN finding AS finding"


async def test_applying_a_batch_again_changes_nothing(empty_graph: Graph) -> None:
    batch = arrivals([factory.lot_created(), factory.lot_tracked_in(), factory.material_consumed()])
    first = await projector(empty_graph).apply(batch)
    before = await canonical(empty_graph)

    again = await projector(empty_graph, fencing=2).apply(batch)

    assert [event.type for event in first.events] == ["LotCreated", "LotTrackedIn", "MaterialConsumed"]
    assert (again.events, [event.type for event in again.repeated]) == (
        (),
        ["LotCreated", "LotTrackedIn", "MaterialConsumed"],
    )
    assert await canonical(empty_graph) == before


async def test_an_event_repeated_within_a_batch_counts_once(empty_graph: Graph) -> None:
    created = factory.lot_created(quantity=100)

    applied = await project(empty_graph, created, created)

    assert len(applied.events) == 1
    assert (await one(empty_graph, LOT, lot_id="LOT-1"))["lot"]["quantity"] == 100


async def test_a_reused_event_id_is_set_aside_and_found(empty_graph: Graph) -> None:
    await project(empty_graph, factory.lot_created(event_id="e-1", quantity=100))

    applied = await project(empty_graph, factory.lot_created(event_id="e-1", quantity=7))

    assert [(one.error, one.arrival.event.event_id) for one in applied.unapplied] == [
        ("event.id_reused", "e-1")
    ]
    found = (await one(empty_graph, FINDING, id="event.id_reused:e-1"))["finding"]
    assert (found["code"], found["severity"]) == ("event.id_reused", "WARNING")
    assert (await one(empty_graph, LOT, lot_id="LOT-1"))["lot"]["quantity"] == 100


async def test_a_reused_event_id_is_settled_by_a_void_in_any_order(empty_graph: Graph) -> None:
    first = factory.lot_created(event_id="e-1", quantity=100)
    other = factory.lot_created(event_id="e-1", quantity=7)
    void = factory.event_voided(voided_event_id="e-1")
    settled = "MATCH (finding:Finding {finding_id: 'event.id_reused:e-1'}) RETURN finding.resolved_at AS at"

    await project(empty_graph, first, other)
    await project(empty_graph, void)
    assert [row["at"] is None for row in await empty_graph.read(settled)] == [False]

    await project(empty_graph, other)
    assert [row["at"] is None for row in await empty_graph.read(settled)] == [False]

    await wipe(empty_graph)
    await project(empty_graph, first, void, other)
    assert await empty_graph.read(settled) == []


async def test_an_event_that_cannot_be_applied_is_isolated_from_the_others(empty_graph: Graph) -> None:
    good = [factory.lot_created(lot_id=f"LOT-{number}") for number in range(20)]
    poison = factory.lot_created(lot_id="BAD", event_id="poison", source_sequence=2**70)
    batch = arrivals([*good[:13], poison, *good[13:]])

    applied = await projector(empty_graph).apply(batch)

    assert [one.arrival.event.event_id for one in applied.unapplied] == ["poison"]
    assert {event.event_id for event in applied.events} == {event.event_id for event in good}
    assert applied.positions == {"box/0": 21}
    skipped = await one(
        empty_graph, "MATCH (skipped:Skipped) RETURN skipped.event_id AS id, skipped.error AS error"
    )
    assert skipped == {"id": "poison", "error": "GraphRefused"}
    lots = await one(empty_graph, "MATCH (lot:Lot) RETURN count(lot) AS lots")
    assert lots["lots"] == 20


async def test_an_event_set_aside_is_tried_again_only_when_it_is_sent_again(
    empty_graph: Graph,
) -> None:
    created = factory.lot_created(event_id="e-1")
    writer = projector(empty_graph)
    await empty_graph.write_with(
        lambda tx: tx.write(
            "CREATE (:Skipped {event_id: 'e-1', content_hash: $digest, error: 'Fault', message: 'why'})",
            digest=content_hash(created),
        )
    )

    handed_over_again = await writer.apply([replace(arrivals([created])[0], is_new=False)])
    sent_again = await writer.apply(arrivals([created]))

    assert [(one.error, one.message) for one in handed_over_again.unapplied] == [("Fault", "why")]
    assert handed_over_again.events == ()
    assert [event.event_id for event in sent_again.events] == ["e-1"]
    assert await empty_graph.read("MATCH (skipped:Skipped) RETURN skipped.event_id AS id") == []


async def test_a_projector_that_lost_its_lease_writes_nothing(empty_graph: Graph) -> None:
    zombie, successor = projector(empty_graph, fencing=1), projector(empty_graph, fencing=2)
    await zombie.apply(arrivals([factory.lot_created(lot_id="LOT-1")]))
    await successor.apply(arrivals([factory.lot_created(lot_id="LOT-2")]))
    before = await canonical(empty_graph)

    with pytest.raises(NotTheWriter):
        await zombie.apply(arrivals([factory.lot_created(lot_id="LOT-3")]))

    assert await canonical(empty_graph) == before


async def test_an_event_with_more_names_than_a_message_holds_is_applied(empty_graph: Graph) -> None:
    units = [{"unit_id": f"UNIT-{number}", "x": number, "y": 0} for number in range(4_500)]

    await project(empty_graph, factory.units_identified(units=units))

    found = await one(
        empty_graph,
        "MATCH (:Event)-[:ABOUT]->(unit:Unit) WHERE unit.lot_id = 'LOT-1' RETURN count(unit) AS n,"
        " sum(unit.x) AS sum",
    )
    assert found == {"n": 4_500, "sum": 4_500 * 4_499 // 2}


async def test_holds_whose_names_read_alike_when_joined_are_two(empty_graph: Graph) -> None:
    applied = await project(
        empty_graph,
        factory.lot_held(lot_id="A", hold_id="B/C"),
        factory.lot_held(lot_id="A/B", hold_id="C"),
    )
    assert applied.unapplied == ()
    holds = (
        "MATCH (hold:Hold)-[:STOPPED]->(lot:Lot) RETURN lot.lot_id AS lot, hold.hold_id AS hold ORDER BY lot"
    )
    assert [tuple(row.values()) for row in await empty_graph.read(holds)] == [("A", "B/C"), ("A/B", "C")]
