"""Which lots a suspect may have reached at all, without quantities: quick, never too few."""

from __future__ import annotations

from collections.abc import Iterable

from twin.queries.index.book import Book
from twin.queries.index.line import MaterialLine
from twin.records.recall import LotScope, MaterialLotScope


def reached(book: Book, scope: MaterialLotScope | LotScope) -> int:
    """How many lots."""
    seen = fresh = set(_first(book, scope))
    children = book.children
    while fresh:
        fresh = set[str]().union(*map(children.__getitem__, children.keys() & fresh)) - seen
        seen = seen | fresh
    return len(seen)


def _first(book: Book, scope: MaterialLotScope | LotScope) -> Iterable[str]:
    return (scope.lot_id,) if isinstance(scope, LotScope) else _users(book, scope.material_lot_id)


def _users(book: Book, material_lot_id: str) -> Iterable[str]:
    """The lots that used a material lot, or what it was mixed into."""
    materials, lots = [material_lot_id], set[str]()
    for each in materials:
        line = book.others.get(("MaterialLot", each))
        if isinstance(line, MaterialLine):
            lots.update(line.lots)
            materials += (target for _, target in line.mixes if target not in materials)
    return lots
