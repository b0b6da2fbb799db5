from __future__ import annotations

from typing import Any

from tests import factory as f
from tests.resolvers.asking import Answered, ask
from tests.twin.projection.arrivals import project
from twin.graph.session import Graph

WALK = """query($first: Int, $after: Cursor, $collapse: Int) {
  genealogy(
    of: {kind: LOT, key: "L"}, direction: DESCENDANTS, first: $first, after: $after, collapse: $collapse
  ) {
    nodes { key level order }
    groups { key kind level order count since continue }
    edges { from to relation quantity { value } event { eventId } }
    answer { complete continue }
  }
}"""


async def split(graph: Graph, *children: str, at: str = "09:00") -> None:
    await project(
        graph,
        f.lot_split(
            occurred_at=at,
            recorded_at=at,
            event_id=f"split-{at}",
            parent_lot_id="L",
            children=[{"lot_id": name, "quantity": 1} for name in children],
        ),
    )


async def pages(graph: Graph, **asked: Any) -> tuple[list[str], list[tuple[str, str]]]:
    keys: list[str] = []
    ends: list[tuple[str, str]] = []
    after = asked.pop("after", None)
    while True:
        walk = (await ask(graph, WALK, after=after, **asked))["genealogy"]
        keys += [row["key"] for row in walk["nodes"]] + [row["key"] for row in walk["groups"]]
        ends += [(row["from"], row["to"]) for row in walk["edges"]]
        after = walk["answer"]["continue"]
        assert walk["answer"]["complete"] is (after is None)
        if after is None:
            return keys, ends


async def plant(graph: Graph) -> None:
    await project(
        graph,
        f.lot_created(occurred_at="08:00", recorded_at="08:00", lot_id="L", quantity=100, order_id=None),
    )
    await split(graph, "A0", "A1", "A2")


async def test_many_things_alike_are_drawn_as_one_group_with_their_count(empty_graph: Graph) -> None:
    await plant(empty_graph)
    walk = (await ask(empty_graph, WALK, collapse=2))["genealogy"]
    assert walk["nodes"] == [{"key": "LOT:L", "level": 0, "order": 0}]
    (group,) = walk["groups"]
    group.pop("continue")
    assert group == {
        "key": "GROUP:LOT:A0", "kind": "LOT", "level": 1, "order": 0, "count": 3,
        "since": "2026-03-02T09:00:00.000Z",
    }  # fmt: skip
    assert walk["edges"] == [
        {"from": "LOT:L", "to": "GROUP:LOT:A0", "relation": "SPLIT_INTO", "quantity": None, "event": None}
    ]
    assert walk["answer"] == {"complete": True, "continue": None}


async def test_a_group_is_opened_by_its_cursor_page_by_page(empty_graph: Graph) -> None:
    await plant(empty_graph)
    group = (await ask(empty_graph, WALK, collapse=2))["genealogy"]["groups"][0]
    keys, ends = await pages(empty_graph, collapse=2, first=2, after=group["continue"])
    assert keys == ["LOT:A0", "LOT:A1", "LOT:A2"]
    assert ends == [("LOT:L", "LOT:A0"), ("LOT:L", "LOT:A1"), ("LOT:L", "LOT:A2")]


async def test_all_pages_are_of_the_moment_of_the_first(empty_graph: Graph) -> None:
    """A lot that joins meanwhile is neither shown in the middle nor the reason that another is left out."""
    await plant(empty_graph)
    first = (await ask(empty_graph, WALK, first=2))["genealogy"]
    await split(empty_graph, "A00", at="09:30")
    keys, _ = await pages(empty_graph, first=2, after=first["answer"]["continue"])
    assert [row["key"] for row in first["nodes"]] + keys == ["LOT:L", "LOT:A0", "LOT:A1", "LOT:A2"]


async def test_a_page_of_nothing_does_not_claim_to_be_the_end(empty_graph: Graph) -> None:
    await plant(empty_graph)
    walk = (await ask(empty_graph, WALK, first=0))["genealogy"]
    assert walk["nodes"] == []
    assert walk["answer"]["complete"] is False
    keys, _ = await pages(empty_graph, after=walk["answer"]["continue"])
    assert keys == ["LOT:L", "LOT:A0", "LOT:A1", "LOT:A2"]


async def test_what_cannot_be_collapsed_so_is_refused(empty_graph: Graph) -> None:
    await plant(empty_graph)
    assert (await ask(empty_graph, WALK, collapse=0)).codes == ["collapse.bad"]
    group = (await ask(empty_graph, WALK, collapse=2))["genealogy"]["groups"][0]
    other: Answered = await ask(empty_graph, WALK, collapse=1, after=group["continue"])
    assert other.codes == ["cursor.bad"]
