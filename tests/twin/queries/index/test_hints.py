from __future__ import annotations

from tests.factory import (
    equipment_registered,
    event_voided,
    lot_created,
    lot_split,
    lot_tracked_in,
    material_consumed,
    material_defined,
    material_mixed,
    order_received,
    tool_mounted,
    units_identified,
)
from tests.resolvers.following import Line
from tests.twin.queries.index.hinted import BACK, U1, both, settled, told
from twin.events.event import Event
from twin.graph.session import Graph
from twin.queries.ahead import Likely, start_of
from twin.queries.clocks import LIVE
from twin.queries.genealogy import genealogy_events
from twin.queries.index.index import LineageIndex

INPUTS = [{"material_lot_id": "POWDER-1", "quantity": 1.0, "unit": "KG"}]


async def gathered(graph: Graph, index: LineageIndex) -> set[str]:
    return {event.event_id for event in await genealogy_events(graph, U1, BACK, LIVE, index)}


async def test_a_lot_told_by_its_own_events_spares_the_walk_its_units_and_a_material_lot_its_uses(
    empty_graph: Graph, index: LineageIndex
) -> None:
    hints = await index.hints()
    assert hints is not None
    assert (hints.is_plain("LOT-1"), hints.is_plain("LOT-9")) == (True, False)
    past = hints.past_of("PASTE-1")
    assert past is not None
    assert ([event.event_id for event in past.events], past.uses) == (["got"], ())
    assert hints.past_of("PASTE-9") is None
    walked = await both(empty_graph, index)
    assert [node.thing.key for node in walked.nodes] == ["U1", "LOT-1", "PASTE-1"]
    assert "used-LOT-2" not in await gathered(empty_graph, index)


async def test_a_use_dated_ahead_is_found_although_the_index_has_not_read_it(
    empty_graph: Graph, line: Line, index: LineageIndex
) -> None:
    ahead = material_consumed(
        event_id="ahead", occurred_at="23:50", recorded_at=1, lot_id="LOT-2", material_lot_id="PASTE-1"
    )
    await told(line, index, ahead)
    walked = await both(empty_graph, index)
    assert "clock.future" in [finding.code for finding in walked.findings]
    assert "ahead" in await gathered(empty_graph, index)


async def test_a_material_lot_that_nobody_received_is_found_by_its_first_use_whoever_used_it_and_when_told(
    empty_graph: Graph, line: Line, index: LineageIndex
) -> None:
    async def first_use() -> str | None:
        walked = await both(empty_graph, index)
        return next(each.event_id for each in walked.findings if each.code == "material_lot.unknown")

    def used(event_id: str, lot_id: str, at: str) -> Event:
        return material_consumed(
            event_id=event_id, occurred_at=at, lot_id=lot_id, material_lot_id="FLUX-1", operation="DIP"
        )

    await told(line, index, used("mine", "LOT-1", "08:40"), used("theirs", "LOT-2", "08:35"))
    assert await first_use() == "theirs"
    await settled(index)
    assert await first_use() == "theirs"
    await told(line, index, used("earlier", "LOT-2", "08:32"), used("later", "LOT-2", "08:50"))
    assert await first_use() == "earlier"
    await told(line, index, event_voided(event_id="void", occurred_at="09:00", voided_event_id="earlier"))
    assert await first_use() == "theirs"


async def test_a_material_lot_that_was_mixed_meanwhile_is_walked_back_from(
    empty_graph: Graph, line: Line, index: LineageIndex
) -> None:
    mixed = material_mixed(occurred_at="07:30", material_lot_id="PASTE-1", inputs=INPUTS)
    await told(line, index, mixed)
    assert "POWDER-1" in [node.thing.key for node in (await both(empty_graph, index)).nodes]


async def test_a_material_lot_whose_receipt_was_voided_is_unknown_at_once(
    empty_graph: Graph, line: Line, index: LineageIndex
) -> None:
    await told(line, index, event_voided(event_id="void", occurred_at="09:00", voided_event_id="got"))
    walked = await both(empty_graph, index)
    assert "material_lot.unknown" in [finding.code for finding in walked.findings]


async def test_a_lot_that_shares_a_unit_with_another_is_read_with_all_its_units(
    empty_graph: Graph, line: Line, index: LineageIndex
) -> None:
    await told(
        line,
        index,
        units_identified(event_id="again", occurred_at="08:40", lot_id="LOT-2", units=[{"unit_id": "U9"}]),
    )
    await both(empty_graph, index)
    assert "again" in await gathered(empty_graph, index)


async def test_a_lot_whose_units_went_on_by_name_is_read_with_all_its_units(
    empty_graph: Graph, line: Line, index: LineageIndex
) -> None:
    children = [{"lot_id": "LOT-3", "quantity": 1, "unit_ids": ["U1"]}]
    await told(line, index, lot_split(occurred_at="08:50", parent_lot_id="LOT-1", children=children))
    assert "LOT-3" in [node.thing.key for node in (await both(empty_graph, index)).nodes]


async def test_a_material_that_got_another_name_meanwhile_is_known_by_it(
    empty_graph: Graph, line: Line, index: LineageIndex
) -> None:
    hints = await index.hints()
    assert hints is not None
    assert hints.aliases == ()
    await told(line, index, material_defined(material_id="EPOXY-A", aliases=["EPOXY-B"]))
    assert hints.aliases is None
    await both(empty_graph, index)


async def test_a_machine_is_told_by_the_index_until_a_tool_is_mounted_in_it(
    empty_graph: Graph, line: Line, index: LineageIndex
) -> None:
    run = {"lot_id": "LOT-1", "operation": "DIE_BONDING", "equipment_id": "DB-01"}
    await told(
        line,
        index,
        equipment_registered(event_id="made", occurred_at="06:00", equipment_id="DB-01"),
        lot_tracked_in(event_id="in", occurred_at="08:20", **run),
    )
    hints = await index.hints()
    assert hints is not None
    assert hints.registered("DB-01") is None
    await both(empty_graph, index)
    await settled(index)
    assert "made" in await gathered(empty_graph, index)
    mounted = tool_mounted(
        event_id="mount", occurred_at="08:00", tool_id="C-7", equipment_id="DB-01", position="1"
    )
    await told(line, index, mounted)
    assert hints.registered("DB-01") is None
    walked = await both(empty_graph, index)
    assert "C-7" in [node.thing.key for node in walked.nodes]


async def test_an_order_is_told_by_the_index_until_something_new_is_told_of_it(
    empty_graph: Graph, line: Line, index: LineageIndex
) -> None:
    received = order_received(event_id="order", occurred_at="05:00", order_id="O-1")
    created = lot_created(occurred_at="05:30", lot_id="LOT-5", quantity=5, order_id="O-1")
    named = units_identified(occurred_at="05:40", lot_id="LOT-5", units=[{"unit_id": "U1"}])
    await told(line, index, received, created, named)
    await settled(index)
    hints = await index.hints()
    assert hints is not None
    assert [event.event_id for event in hints.received("O-1") or ()] == ["order"]
    assert "order" in await gathered(empty_graph, index)
    await told(line, index, event_voided(event_id="void", occurred_at="09:00", voided_event_id="order"))
    assert hints.received("O-1") is None
    await both(empty_graph, index)
    assert "order" not in await gathered(empty_graph, index)


async def test_a_walk_back_reads_at_once_what_it_will_need_and_looks_only_at_what_it_reaches(
    empty_graph: Graph, index: LineageIndex
) -> None:
    hints = index.guesses()
    assert hints is not None
    assert hints.ahead("Unit", "U1") == Likely(["U1"], ["LOT-1"], [], [], [])
    assert hints.ahead("Lot", "LOT-2") == Likely([], ["LOT-2"], [], [], [])
    assert hints.ahead("Unit", "U99") is None
    assert hints.ahead("Container", "LOT-1") is None
    start = await start_of(empty_graph, Likely(["U1"], ["LOT-1", "LOT-9"], ["S-9"], ["got", "none"], []))
    assert {name: [event.event_id for event in told] for name, told in start.histories.items()} == {
        ("Unit", "U1"): ["named"],
        ("Lot", "LOT-1"): ["created", "named", "used-LOT-1"],
        ("Lot", "LOT-9"): [],
        ("Substrate", "S-9"): [],
    }
    assert {key: event and event.event_id for key, event in start.by_id.items()} == {
        "got": "got",
        "none": None,
    }
    assert start.positions == index.positions
