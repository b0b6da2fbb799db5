from __future__ import annotations

from tests.factory import lot_created, lot_split, lots_merged, material_consumed, material_mixed
from tests.twin.queries.index.books import book_of
from twin.lineage.counting import counted
from twin.queries.index.reach import Reach, reached
from twin.records.recall import LotScope, MaterialLotScope, OperatorScope

MIXED = [{"material_lot_id": "POWDER-1", "quantity": 1.0, "unit": "KG"}]
BACK = [{"material_lot_id": "PASTE-1", "quantity": 1.0, "unit": "KG"}]
EVENTS = [
    material_mixed(occurred_at="06:00", material_lot_id="PASTE-1", inputs=MIXED),
    material_mixed(occurred_at="06:10", material_lot_id="POWDER-1", inputs=BACK),
    lot_created(occurred_at="07:00", lot_id="A", quantity=10),
    lot_created(occurred_at="07:00", lot_id="B", quantity=10),
    lot_created(occurred_at="07:00", lot_id="C", quantity=10),
    material_consumed(occurred_at="08:00", lot_id="A", material_lot_id="PASTE-1"),
    lot_split(occurred_at="09:00", parent_lot_id="A", children=[{"lot_id": "A1", "quantity": 4}]),
    lots_merged(occurred_at="10:00", into_lot_id="B", parents=[{"lot_id": "A1", "quantity": 4}]),
    lots_merged(occurred_at="11:00", into_lot_id="A", parents=[{"lot_id": "B", "quantity": 1}]),
]


def test_lots_are_reached_through_mixes_splits_and_merges_each_once() -> None:
    book = book_of(EVENTS)
    assert reached(book, MaterialLotScope("POWDER-1")) == Reach(3, 2, 9, frozenset())
    assert reached(book, MaterialLotScope("PASTE-1")) == Reach(3, 2, 9, frozenset())
    assert reached(book, LotScope("A1")) == Reach(3, 0, 9, frozenset())
    assert reached(book, LotScope("C")) == Reach(1, 0, 1, frozenset())


def test_of_strangers_and_of_other_scopes_the_graph_is_asked() -> None:
    book = book_of(EVENTS)
    before = book.size_bytes
    assert reached(book, MaterialLotScope("PASTE-9")) is None
    assert reached(book, LotScope("NOBODY")) is None
    assert reached(book, OperatorScope("op-1")) is None
    assert book.size_bytes == before


def test_what_is_out_of_date_among_the_things_reached_is_named() -> None:
    book = book_of(EVENTS)
    book.learn("LotHeld", [("Lot", "C"), ("MaterialLot", "PASTE-7")], "held")
    found = reached(book, MaterialLotScope("PASTE-1"))
    assert found is not None
    assert found.stale == frozenset()
    book.learn("MaterialConsumed", [("Lot", "B"), ("MaterialLot", "POWDER-1")], "used")
    found = reached(book, MaterialLotScope("PASTE-1"))
    assert found is not None
    assert found.stale == {("Lot", "B"), ("MaterialLot", "POWDER-1")}


def test_in_a_flood_the_graph_is_asked() -> None:
    book = book_of(EVENTS)
    for number in range(2_001):
        book.learn("LotHeld", [("Lot", f"L{number}")], f"held-{number}")
    assert reached(book, MaterialLotScope("PASTE-1")) is None


def test_lots_that_several_parents_hand_units_to_are_reached_once() -> None:
    children = [{"lot_id": f"W{number}", "quantity": 1} for number in range(5)]
    parents = [{"lot_id": f"W{number}", "quantity": 1} for number in range(5)]
    book = book_of(
        [
            lot_created(occurred_at="07:00", lot_id="V", quantity=5),
            lot_split(occurred_at="08:00", parent_lot_id="V", children=children),
            lots_merged(occurred_at="09:00", into_lot_id="X", parents=parents),
        ]
    )
    assert reached(book, LotScope("V")) == Reach(7, 0, 13, frozenset())
    assert reached(book, LotScope("X")) == Reach(1, 0, 1, frozenset())


def test_a_material_lot_read_anew_without_its_uses_reaches_nobody() -> None:
    book = book_of(EVENTS)
    book.put("MaterialLot", "PASTE-1", [event for event in counted(EVENTS) if event.type == "MaterialMixed"])
    assert reached(book, MaterialLotScope("PASTE-1")) == Reach(0, 2, 0, frozenset())


def test_a_lot_read_anew_without_its_split_reaches_nobody() -> None:
    book = book_of(EVENTS)
    told = counted([event for event in EVENTS if event.type not in ("LotSplit", "LotsMerged")])
    book.put("Lot", "A", [event for event in told if getattr(event.fact, "lot_id", None) == "A"])
    assert reached(book, LotScope("A")) == Reach(1, 0, 2, frozenset())
    book.put("Lot", "B", [])
    assert reached(book, LotScope("A1")) == Reach(2, 0, 2, frozenset())
