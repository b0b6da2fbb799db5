from __future__ import annotations

from tests import factory as f
from twin.lineage.counting import counted
from twin.lineage.drawing import drawn, inside
from twin.lineage.genealogy import descendants
from twin.records.genealogy import Drawing, Lineage, LineageGroup
from twin.vocabulary.things import Thing, ThingKind

SPLIT = [
    f.lot_created(occurred_at="08:00", lot_id="L", quantity=60, order_id=None),
    f.lot_split(
        occurred_at="09:00",
        event_id="first",
        parent_lot_id="L",
        children=[{"lot_id": f"A{n}", "quantity": 10} for n in range(3)],
    ),
    f.lot_split(
        occurred_at="10:00",
        event_id="second",
        parent_lot_id="A0",
        children=[{"lot_id": "B0", "quantity": 1}, {"lot_id": "B1", "quantity": 1}],
    ),
    f.lot_split(
        occurred_at="10:30",
        event_id="third",
        parent_lot_id="A1",
        children=[{"lot_id": "C0", "quantity": 1}],
    ),
]


def forth() -> Lineage:
    return descendants(counted(SPLIT), Thing(ThingKind.LOT, "L"))


def drawing(most: int | None) -> Drawing:
    walk = forth()
    return drawn(walk.nodes, walk.edges, most)


def keys(shown: Drawing) -> list[str]:
    return [item.key for item in shown.items]


def lines(shown: Drawing) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in shown.edges}


def test_without_a_limit_every_thing_and_fact_is_drawn() -> None:
    walk = forth()
    shown = drawing(None)
    assert shown.items == walk.nodes
    assert [(e.source, e.target, e.event_id) for e in shown.edges] == [
        (str(e.source), str(e.target), e.event_id) for e in walk.edges
    ]


def test_more_things_alike_than_allowed_become_one_group() -> None:
    shown = drawing(2)
    assert keys(shown) == ["LOT:L", "GROUP:LOT:A0", "GROUP:LOT:B0"]
    group = shown.items[1]
    assert isinstance(group, LineageGroup)
    assert (group.kind, group.level, group.order, group.count) == (ThingKind.LOT, 1, 0, 3)
    assert group.since == f.at("09:00")


def test_what_hangs_on_a_group_is_told_apart_from_nothing_within_it() -> None:
    """B0 and B1 hang on A0, C0 on A1; drawn, all three hang on the same group."""
    group = drawing(2).items[2]
    assert isinstance(group, LineageGroup)
    assert [node.key for node in group.members] == ["LOT:B0", "LOT:B1", "LOT:C0"]


def test_as_many_as_allowed_are_drawn_one_by_one() -> None:
    assert keys(drawing(3)) == [
        "LOT:L", "LOT:A0", "LOT:A1", "LOT:A2", "LOT:B0", "LOT:B1", "LOT:C0"
    ]  # fmt: skip


def test_facts_between_the_same_two_become_one_line_that_tells_no_amount() -> None:
    shown = drawing(2)
    assert lines(shown) == {("LOT:L", "GROUP:LOT:A0"), ("GROUP:LOT:A0", "GROUP:LOT:B0")}
    assert [(e.relation, e.quantity, e.at, e.event_id) for e in shown.edges] == [
        ("SPLIT_INTO", None, None, None)
    ] * 2


def test_things_on_other_things_are_not_of_one_group() -> None:
    walk = forth()
    only = [
        node for node in walk.nodes if node.key in {"LOT:L", "LOT:A0", "LOT:A1", "LOT:B0", "LOT:B1", "LOT:C0"}
    ]
    shown = drawn(only, walk.edges, 2)
    assert "LOT:C0" in keys(shown)
    assert [item.key for item in shown.items if isinstance(item, LineageGroup)] == []


def test_the_things_of_a_group_keep_their_facts() -> None:
    walk = forth()
    shown = drawing(2)
    group = shown.items[1]
    assert isinstance(group, LineageGroup)
    opened = inside(group, walk.nodes, walk.edges, shown)
    assert keys(opened) == ["LOT:A0", "LOT:A1", "LOT:A2"]
    assert {(e.source, e.target, e.quantity, e.event_id) for e in opened.edges} == {
        ("LOT:L", "LOT:A0", 10, "first"),
        ("LOT:L", "LOT:A1", 10, "first"),
        ("LOT:L", "LOT:A2", 10, "first"),
        ("LOT:A0", "GROUP:LOT:B0", 1, "second"),
        ("LOT:A1", "GROUP:LOT:B0", 1, "third"),
    }
