from __future__ import annotations

from tests.factory import lot_created, lot_split, lots_merged, material_consumed, material_mixed
from tests.twin.queries.index.books import book_of
from twin.lineage.counting import counted
from twin.queries.index.reach import reached
from twin.records.recall import LotScope, MaterialLotScope

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
    assert reached(book, MaterialLotScope("POWDER-1")) == 3
    assert reached(book, MaterialLotScope("PASTE-1")) == 3
    assert reached(book, MaterialLotScope("PASTE-9")) == 0
    assert (reached(book, LotScope("A1")), reached(book, LotScope("C"))) == (3, 1)


def test_a_lot_read_anew_without_its_split_reaches_nobody() -> None:
    book = book_of(EVENTS)
    told = counted([event for event in EVENTS if event.type not in ("LotSplit", "LotsMerged")])
    book.put("Lot", "A", [event for event in told if getattr(event.fact, "lot_id", None) == "A"])
    assert reached(book, LotScope("A")) == 1
    book.put("Lot", "A1", [])
    assert reached(book, LotScope("A1")) == 1
