from __future__ import annotations

from tests.factory import (
    event_voided,
    lot_split,
    order_received,
    packed,
    shipped,
    substrate_registered,
    units_identified,
)
from tests.resolvers.following import Line
from tests.twin.queries.index.hinted import both, settled, told
from twin.graph.session import Graph
from twin.queries.ahead import LikelyForward
from twin.queries.clocks import LIVE
from twin.queries.genealogy import genealogy
from twin.queries.index.index import LineageIndex
from twin.vocabulary.states import TraceDirection
from twin.vocabulary.things import Thing, ThingKind

FORWARD = TraceDirection.DESCENDANTS
CHILD = [{"lot_id": "LOT-8", "quantity": 5}]
PASTE = Thing(ThingKind.MATERIAL_LOT, "PASTE-1")


async def test_a_walk_forward_reads_at_once_where_the_lots_of_the_index_went(
    empty_graph: Graph, line: Line, index: LineageIndex
) -> None:
    await told(
        line,
        index,
        order_received(event_id="order", occurred_at="05:00", order_id="O-1", customer_id="C-1"),
        lot_split(
            event_id="split",
            occurred_at="08:50",
            parent_lot_id="LOT-2",
            children=[{"lot_id": "LOT-3", "quantity": 10}],
        ),
        packed(occurred_at="09:00", container_id="BOX-1", contents=[{"lot_id": "LOT-3", "quantity": 10}]),
        shipped(
            occurred_at="10:00",
            shipment_id="S-1",
            customer_id="C-1",
            order_id="O-1",
            contents=[{"container_id": "BOX-1"}],
        ),
    )
    await settled(index)
    hints = index.guesses()
    assert hints is not None
    likely = LikelyForward(["LOT-2", "LOT-3"], [], [], ["BOX-1"], ["S-1"])
    assert hints.ahead_forward("Lot", "LOT-2") == likely
    by_paste = LikelyForward(["LOT-1", "LOT-2", "LOT-3"], ["PASTE-1"], [], ["BOX-1"], ["S-1"])
    assert hints.ahead_forward("MaterialLot", "PASTE-1") == by_paste
    assert hints.ahead_forward("Unit", "U1") is None
    assert hints.ahead_forward("Lot", "LOT-9") is None
    for root, reached in (
        (Thing(ThingKind.LOT, "LOT-2"), ["LOT-2", "LOT-3", "BOX-1", "S-1", "C-1", "O-1"]),
        (
            Thing(ThingKind.MATERIAL_LOT, "PASTE-1"),
            ["PASTE-1", "LOT-1", "LOT-2", "LOT-3", "BOX-1", "S-1", "C-1", "O-1"],
        ),
    ):
        walked = await both(empty_graph, index, root, FORWARD)
        assert [node.thing.key for node in walked.nodes] == reached
        before = empty_graph.statements
        await genealogy(empty_graph, root, FORWARD, LIVE, index)
        assert empty_graph.statements == before + 1


async def test_a_walk_forward_finds_what_was_told_since_the_index_read_a_lot(
    empty_graph: Graph, line: Line, index: LineageIndex
) -> None:
    lot = Thing(ThingKind.LOT, "LOT-1")
    box = [{"unit_id": "U7"}]
    await told(line, index, packed(event_id="put", occurred_at="09:00", container_id="BOX-7", contents=box))
    assert "BOX-7" in [node.thing.key for node in (await both(empty_graph, index, lot, FORWARD)).nodes]
    await told(line, index, lot_split(occurred_at="08:50", parent_lot_id="LOT-1", children=CHILD))
    assert "LOT-8" in [node.thing.key for node in (await both(empty_graph, index, lot, FORWARD)).nodes]
    await told(line, index, event_voided(event_id="void", occurred_at="09:30", voided_event_id="put"))
    assert "BOX-7" not in [node.thing.key for node in (await both(empty_graph, index, lot, FORWARD)).nodes]


async def test_a_walk_forward_reads_a_strip_with_its_lot_and_looks_no_unit_on_it_up(
    empty_graph: Graph, line: Line, index: LineageIndex
) -> None:
    lot, strip = Thing(ThingKind.LOT, "LOT-2"), Thing(ThingKind.SUBSTRATE, "STRIP-1")
    units = [{"unit_id": f"V{number}"} for number in range(1, 6)]
    await told(
        line,
        index,
        substrate_registered(occurred_at="08:05", substrate_id="STRIP-1", kind="STRIP", lot_id="LOT-2"),
        units_identified(occurred_at="08:15", lot_id="LOT-2", substrate_id="STRIP-1", units=units),
    )
    await settled(index)
    for root, statements in ((lot, 1), (strip, 4)):
        walked = await both(empty_graph, index, root, FORWARD)
        assert len(walked.nodes) == (1 if root == lot else 6)
        before = empty_graph.statements
        await genealogy(empty_graph, root, FORWARD, LIVE, index)
        assert empty_graph.statements == before + statements
