from __future__ import annotations

from tests import factory
from tests.graph_fixtures import wipe
from tests.twin.projection.arrivals import arrivals, one, project, projector
from twin.graph.session import Graph
from twin.projection.canonical import canonical

LOT = "MATCH (lot:Lot {lot_id: $lot_id}) RETURN lot AS lot"
FINDING = "MATCH (finding:Finding {finding_id: $id}) RETURN finding AS finding"


async def test_a_thing_only_named_is_inferred_until_it_is_defined(empty_graph: Graph) -> None:
    await project(empty_graph, factory.material_consumed(equipment_id="DB-01"))
    inferred = (
        "MATCH (thing) WHERE thing:Lot OR thing:MaterialLot OR thing:Equipment "
        "RETURN labels(thing)[0] AS label, thing.inferred AS inferred"
    )
    assert {row["label"]: row["inferred"] for row in await empty_graph.read(inferred)} == {
        "Lot": True,
        "MaterialLot": True,
        "Equipment": True,
    }
    opened = "MATCH (finding:Finding) WHERE finding.resolved_at IS NULL RETURN finding.finding_id AS id"
    assert {row["id"] for row in await empty_graph.read(opened)} == {
        "lot.unknown:LOT-1",
        "material_lot.unknown:PASTE-1",
        "equipment.unknown:DB-01",
        "consumption.empty_lot:LOT-1",
    }

    await project(
        empty_graph,
        factory.lot_created(occurred_at="07:00", order_id="ORD-1"),
        factory.material_lot_received(),
        factory.equipment_registered(),
        factory.recipe_selected(),
    )
    assert {row["id"] for row in await empty_graph.read(opened)} == {
        "order.unknown:ORD-1",
        "product.unknown:LED-5050",
        "material.unknown:EPOXY-A",
        "recipe.unknown:BOND-5050@3",
    }

    await project(
        empty_graph,
        factory.order_received(),
        factory.product_defined(),
        factory.material_defined(),
        factory.recipe_uploaded(),
    )

    assert {row["inferred"] for row in await empty_graph.read(inferred)} == {False}
    assert await empty_graph.read(opened) == []


async def test_a_void_takes_a_fact_out_whether_it_comes_after_or_before(empty_graph: Graph) -> None:
    events = [
        factory.lot_created(quantity=100),
        factory.material_lot_received(quantity=500),
        factory.material_consumed(event_id="scan-1", quantity=10),
        factory.units_scrapped(event_id="scrap-1", quantity=5),
    ]
    voids = [
        factory.event_voided(voided_event_id="scan-1"),
        factory.event_voided(voided_event_id="scrap-1"),
    ]
    dumps = []
    for order in ([*events, *voids], [*voids, *events], [voids[0], *events, voids[1]]):
        await wipe(empty_graph)
        writer = projector(empty_graph)
        for arrival in arrivals(order):
            await writer.apply([arrival])
        dumps.append(await canonical(empty_graph))

    assert dumps[0] == dumps[1] == dumps[2]
    lot = (await one(empty_graph, LOT, lot_id="LOT-1"))["lot"]
    assert (lot["quantity"], lot["revision"]) == (100, 1)
    left = await one(
        empty_graph, "MATCH (lot:MaterialLot) RETURN lot.remaining_quantity AS left, lot.revision AS revision"
    )
    assert left == {"left": 500.0, "revision": 1}
    consumed = await one(
        empty_graph, "MATCH ()-[fact:CONSUMED]->() RETURN fact.voided_at IS NOT NULL AS voided"
    )
    assert consumed["voided"] is True


async def test_a_void_of_a_void_has_no_effect(empty_graph: Graph) -> None:
    await project(
        empty_graph,
        factory.lot_created(event_id="created"),
        factory.event_voided(event_id="void-1", voided_event_id="created"),
        factory.event_voided(event_id="void-2", voided_event_id="void-1"),
    )

    rows = await empty_graph.read(
        "MATCH (event:Event) RETURN event.event_id AS id, event.voided_by AS by ORDER BY id"
    )
    assert rows == [
        {"id": "created", "by": "void-1"},
        {"id": "void-1", "by": None},
        {"id": "void-2", "by": None},
    ]


async def test_children_inherit_the_product_and_orders_whichever_arrives_first(empty_graph: Graph) -> None:
    created = factory.lot_created(
        lot_id="P", product_id="LED", order_id="O-1", occurred_at="08:00", event_id="c"
    )
    first = factory.lot_split(
        parent_lot_id="P", children=[{"lot_id": "K", "quantity": 5}], occurred_at="09:00", event_id="s1"
    )
    second = factory.lot_split(
        parent_lot_id="K", children=[{"lot_id": "G", "quantity": 2}], occurred_at="10:00", event_id="s2"
    )
    for order in ([second, first, created], [created, first, second]):
        await wipe(empty_graph)
        writer = projector(empty_graph)
        for arrival in arrivals(order):
            await writer.apply([arrival])
        rows = await empty_graph.read(
            "MATCH (lot:Lot)-[:SERVES]->(order:Order) RETURN lot.lot_id AS id, lot.product_id AS product,"
            " order.order_id AS made_for, lot.inferred AS inferred ORDER BY id"
        )
        assert rows == [
            {"id": name, "product": "LED", "made_for": "O-1", "inferred": False} for name in ("G", "K", "P")
        ]


async def test_runs_follow_a_late_track_in(empty_graph: Graph) -> None:
    writer = projector(empty_graph)
    out = factory.lot_tracked_out(occurred_at="09:00", event_id="out")
    came = factory.lot_tracked_in(occurred_at="08:00", event_id="in", operator_id="op-7")
    await writer.apply(arrivals([factory.lot_created(occurred_at="07:00"), out]))
    runs = (
        "MATCH (lot:Lot)<-[:PROCESSED]-(run:OperationRun)-[:RAN_ON]->(machine:Equipment)"
        " RETURN run.run_id AS id, run.started_at AS started, run.inferred AS inferred,"
        " machine.equipment_id AS machine"
    )
    assert await empty_graph.read(runs) == [
        {"id": "LOT-1/DIE_BOND/DB-01/1", "started": None, "inferred": True, "machine": "DB-01"}
    ]

    await writer.apply(arrivals([came], first=3))

    assert await empty_graph.read(runs) == [
        {
            "id": "LOT-1/DIE_BOND/DB-01/1",
            "started": factory.at("08:00"),
            "inferred": False,
            "machine": "DB-01",
        }
    ]


async def test_conflicting_dies_are_kept_and_found(empty_graph: Graph) -> None:
    await project(
        empty_graph,
        factory.dies_transferred(to_substrate_id="S-1", transfers=[["W", 4, 51, 14, 0], ["W", 5, 51, 0, 0]]),
        factory.dies_transferred(to_substrate_id="S-2", transfers=[["W", 4, 51, 0, 1], ["W", 6, 51, 0, 1]]),
    )

    rows = await empty_graph.read(
        "MATCH (f:Finding)-[:TOUCHES]->(die:Die) WHERE f.code IN ['die.used_twice', 'site.two_dies']"
        " RETURN f.finding_id AS id, f.things AS things, die.die_id AS die ORDER BY id, die"
    )
    crowded = ["SUBSTRATE:S-2", "DIE:W@4,51", "DIE:W@6,51"]
    assert rows == [
        {
            "id": "die.used_twice:W@4,51",
            "things": ["DIE:W@4,51", "SUBSTRATE:S-1", "SUBSTRATE:S-2"],
            "die": "W@4,51",
        },
        {
            "id": "site.two_dies:S-2@0,1",
            "things": crowded,
            "die": "W@4,51",
        },
        {
            "id": "site.two_dies:S-2@0,1",
            "things": crowded,
            "die": "W@6,51",
        },
    ]
    moved = await empty_graph.read(
        "MATCH (:Substrate {substrate_id: 'W'})-[moved:TRANSFERRED_TO]->(strip:Substrate)"
        " RETURN strip.substrate_id AS strip, moved.count AS dies ORDER BY strip"
    )
    assert moved == [{"strip": "S-1", "dies": 2}, {"strip": "S-2", "dies": 2}]


async def test_the_latest_counted_map_is_kept_packed(empty_graph: Graph) -> None:
    newer = factory.substrate_mapped(bins=b"\x05\x00\x06\x00", occurred_at="10:00", event_id="newer")
    older = factory.substrate_mapped(bins=b"\x01\x00\x02\x00", occurred_at="09:00", event_id="older")
    kept = "MATCH (s:Substrate) RETURN s.bins AS bins, s.map_event_id AS event, s.mapped_at AS at"
    await project(empty_graph, newer)
    await project(empty_graph, older)
    assert await one(empty_graph, kept) == {
        "bins": b"\x05\x00\x06\x00",
        "event": "newer",
        "at": factory.at("10:00"),
    }

    await project(empty_graph, factory.event_voided(voided_event_id="newer"))

    assert await one(empty_graph, kept) == {
        "bins": b"\x01\x00\x02\x00",
        "event": "older",
        "at": factory.at("09:00"),
    }


async def test_a_hole_in_a_source_is_found_until_it_is_filled(empty_graph: Graph) -> None:
    first, second, third = (
        factory.equipment_state_changed(source="db-01", source_sequence=number) for number in (1, 2, 3)
    )
    gap = "MATCH (source:Source) RETURN source.gaps AS gaps, source.max_sequence AS last"
    await project(empty_graph, first, third)
    assert await one(empty_graph, gap) == {"gaps": 1, "last": 3}
    assert (await one(empty_graph, FINDING, id="sequence.gap:db-01"))["finding"]["message"] == (
        "Numbers 2 to 2 of source db-01 were never heard."
    )

    await project(empty_graph, second)

    assert await one(empty_graph, gap) == {"gaps": 0, "last": 3}
    assert "resolved_at" in (await one(empty_graph, FINDING, id="sequence.gap:db-01"))["finding"]


async def test_odd_lots_and_runs_are_found(empty_graph: Graph) -> None:
    await project(
        empty_graph,
        factory.equipment_registered(),
        factory.product_defined(),
        factory.lot_created(quantity=10),
        factory.lot_created(quantity=10),
        factory.lot_tracked_out(good=10),
        factory.units_scrapped(quantity=11),
    )

    rows = await empty_graph.read("MATCH (finding:Finding) RETURN finding.finding_id AS id ORDER BY id")
    assert [row["id"] for row in rows] == [
        "lot.created_twice:LOT-1",
        "quantity.imbalance:LOT-1",
        "run.no_track_in:LOT-1/DIE_BOND/DB-01/1",
    ]
    touched = await one(
        empty_graph,
        "MATCH (:Finding {code: 'run.no_track_in'})-[:TOUCHES]->(run:OperationRun) RETURN run.run_id AS id",
    )
    assert touched == {"id": "LOT-1/DIE_BOND/DB-01/1"}
