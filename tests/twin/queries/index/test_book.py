from __future__ import annotations

import gc
import tracemalloc

from tests.factory import START, material_consumed, material_lot_received
from twin.events.codec import decode, encode
from twin.events.event import Event
from twin.queries.index.book import Book

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


def test_a_material_lot_that_is_read_anew_or_forgotten_counts_once() -> None:
    book = Book()
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
