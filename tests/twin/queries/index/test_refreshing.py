from __future__ import annotations

import asyncio

from tests.factory import lot_created
from twin.queries.index.book import Book
from twin.queries.index.refreshing import entered

LOTS = 160


async def test_hundreds_of_lines_that_are_replaced_let_others_go_on_in_between() -> None:
    told = {
        f"LOT-{number}": [lot_created(lot_id=f"LOT-{number}", quantity=number + 1)] for number in range(LOTS)
    }
    book = Book()
    known: list[int] = []

    async def beside() -> None:
        while len(book.lots) < LOTS:
            known.append(len(book.lots))
            await asyncio.sleep(0)

    await asyncio.gather(beside(), entered(book, "Lot", told))
    assert known == list(range(0, LOTS, 2))
    assert [line.total for line in book.lots.values()] == list(range(1, LOTS + 1))
