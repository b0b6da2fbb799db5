"""Slices of lists, as connections show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from strawberry import Parent

from twin.queries.cursors import Place
from twin.queries.paging import sliced
from twin.records.page import Cursor, Page

T = TypeVar("T")


async def total_count(root: Parent[Page[Any]]) -> int:
    """How long the whole list is."""
    return await root.count()


def numbered(name: str, rows: Sequence[T], first: int, after: Cursor | None) -> Page[T]:
    """A slice of rows that keep their order, placed by their number."""
    places = {id(row): (number,) for number, row in enumerate(rows)}

    def place(row: T) -> Place:
        return places[id(row)]

    return sliced(name, rows, place, first, after)
