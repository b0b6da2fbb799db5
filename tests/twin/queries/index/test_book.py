from __future__ import annotations

import gc
import tracemalloc

import pytest

from tests.factory import (
    START,
    dies_transferred,
    lot_created,
    material_consumed,
    material_lot_received,
    substrate_registered,
    units_assembled,
    units_identified,
)
from tests.twin.queries.index.books import asked, book_of
from twin.events.codec import decode, encode
from twin.events.event import Event
from twin.events.naming import named
from twin.queries.index.book import Book
from twin.records.recall import LotScope

USES = 2_000


def uses(first: int, count: int) -> list[Event]:
    return [
        material_consumed(
            event_id=f"use-of-paste-by-lot-number-{number:08d}",
            occurred_at=START + number,
            lot_id=f"LOT-{number:08d}",
            material_lot_id="PASTE-1",
        )
        for number in range(first, first + count)
    ]


def test_the_uses_of_a_material_lot_count_as_what_they_occupy() -> None:
    book = Book()
    lines = [encode(event) for event in uses(0, USES)]
    book.put("MaterialLot", "PASTE-1", uses(0, 1))
    before = book.size_bytes
    gc.collect()
    tracemalloc.start()
    book.put("MaterialLot", "PASTE-1", [decode(line) for line in lines])
    gc.collect()
    occupied, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    said = book.size_bytes - before
    assert occupied / 2 < said < 2 * occupied


def test_a_material_lot_of_units_of_many_parts_occupies_what_it_counts() -> None:
    parts = [{"unit_id": f"UNIT-{number}"} for number in range(1_000)]
    built = [
        units_assembled(
            event_id=f"built-{number}",
            unit_id=f"U-{number}",
            components=[{"material_lot_id": "PASTE-1"}, *parts],
        )
        for number in range(3)
    ]
    book, lines = Book(), [encode(event) for event in built]
    book.put("MaterialLot", "PASTE-1", uses(0, 1))
    gc.collect()
    tracemalloc.start()
    book.put("MaterialLot", "PASTE-1", [decode(line) for line in lines])
    gc.collect()
    occupied, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert occupied / 2 < book.size_bytes < 2 * occupied


def test_a_material_lot_that_is_read_anew_or_forgotten_counts_once() -> None:
    book = Book()
    for use in uses(1, 10):
        book.number(use.fact.lot_id)
    empty = book.size_bytes
    received = material_lot_received(occurred_at=START, material_lot_id="PASTE-1")
    book.put("MaterialLot", "PASTE-1", [received, *uses(1, 10)])
    once = book.size_bytes
    book.put("MaterialLot", "PASTE-1", [received, *uses(1, 10)])
    assert book.size_bytes == once
    book.put("MaterialLot", "PASTE-1", [received, *uses(1, 5)])
    assert book.size_bytes < once
    book.put("MaterialLot", "PASTE-1", [])
    assert (book.size_bytes, book.others) == (empty, {})


UNIT = {"units": [{"unit_id": "U-1"}]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (units_identified(lot_id="LOT-1", **UNIT), units_identified(lot_id="LOT-2", **UNIT)),
        (
            dies_transferred(to_substrate_id="S-1", lot_id="LOT-1", transfers=[["W-1", 0, 0, 0, 0]]),
            substrate_registered(substrate_id="S-1", kind="STRIP", lot_id="LOT-2"),
        ),
    ],
    ids=["unit", "strip"],
)
def test_a_part_that_two_lots_name_is_shared_though_only_one_of_them_was_read_anew(
    one: Event, other: Event
) -> None:
    created = [lot_created(lot_id=lot_id, quantity=10, occurred_at=START) for lot_id in ("LOT-1", "LOT-2")]
    shared = "declined: lot LOT-2 shares units or substrates"
    assert asked(book_of([*created, one, other]), LotScope("LOT-2")) == shared
    book = book_of(created)
    for event in (one, other):
        book.learn(event.type, named(event.fact), event.event_id)
    book.is_read_anew(("Lot", "LOT-2"))
    book.put("Lot", "LOT-2", [created[1], other])
    book.has_read([("Lot", "LOT-2")])
    assert asked(book, LotScope("LOT-2")) == shared


def test_a_lot_that_is_read_anew_again_and_again_takes_no_more_each_time() -> None:
    book, sizes = Book(), set[int]()
    created = lot_created(lot_id="LOT-1", quantity=10, occurred_at=START)
    for number in range(100, 150):
        used = [
            material_consumed(
                event_id=f"{kind}-{number}",
                occurred_at=START + 1,
                lot_id="LOT-1",
                material_lot_id=f"{kind}-{number}",
                equipment_id=f"PRINTER-{number}",
            )
            for kind in ("PASTE", "WIRE")
        ]
        book.put("Lot", "LOT-1", [created, *used])
        sizes.add(book.size_bytes)
        assert set(book.columns.others.values) == {(), (f"PASTE-{number}",), (f"WIRE-{number}",)}
        assert book.columns.materials.values == [(f"PASTE-{number}", f"WIRE-{number}")]
        assert all(len(book.columns.users(f"{kind}-{number}")) == 1 for kind in ("PASTE", "WIRE"))
    assert len(sizes) == 1
