from __future__ import annotations

from tests.factory import event_voided, material_consumed
from tests.resolvers.following import Line
from tests.twin.queries.index.hinted import settled, told
from twin.events.event import Event
from twin.graph.session import Graph
from twin.queries.clocks import LIVE
from twin.queries.index.index import LineageIndex
from twin.queries.where_used import where_used
from twin.vocabulary.things import Thing, ThingKind

PASTE = Thing(ThingKind.MATERIAL_LOT, "PASTE-1")


def used(event_id: str, at: str) -> Event:
    return material_consumed(event_id=event_id, occurred_at=at, lot_id="LOT-2", material_lot_id="PASTE-1")


async def uses(graph: Graph, index: LineageIndex) -> list[str]:
    """By which events the paste was used: by the index, and the same by the graph."""
    found = await index.used(PASTE, LIVE)
    assert found == await where_used(graph, PASTE, LIVE)
    return [use.event_id for use in found]


async def test_uses_told_since_a_line_was_read_are_added_to_it_and_the_line_is_not_read_anew(
    empty_graph: Graph, line: Line, index: LineageIndex
) -> None:
    await told(line, index, used("later", "08:50"), used("earlier", "08:20"), used("also", "08:50"))
    assert await uses(empty_graph, index) == ["earlier", "used-LOT-1", "used-LOT-2", "also", "later"]
    assert index._book is not None
    assert index._book.is_stale(("MaterialLot", "PASTE-1"))


async def test_a_line_is_read_anew_when_two_uses_happened_at_one_moment_or_one_was_taken_back(
    empty_graph: Graph, line: Line, index: LineageIndex
) -> None:
    await told(line, index, used("at-once", "08:30"))
    assert await uses(empty_graph, index) == ["at-once", "used-LOT-1", "used-LOT-2"]
    assert index._book is not None
    assert not index._book.is_stale(("MaterialLot", "PASTE-1"))
    await told(line, index, used("new", "08:40"))
    await told(line, index, event_voided(event_id="void", occurred_at="09:00", voided_event_id="at-once"))
    assert await uses(empty_graph, index) == ["used-LOT-1", "used-LOT-2", "new"]
    await settled(index)
    assert await uses(empty_graph, index) == ["used-LOT-1", "used-LOT-2", "new"]
