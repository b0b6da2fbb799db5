"""Which lots a suspect may have reached at all, without quantities: quick, never too few."""

from __future__ import annotations

from collections.abc import Iterator

from twin.queries.index.book import Book
from twin.queries.index.line import MaterialLine
from twin.records.recall import LotScope, MaterialLotScope


def reached(book: Book, scope: MaterialLotScope | LotScope) -> int:
    """How many lots."""
    waiting = list(_first(book, scope))
    seen = set(waiting)
    lots = book.lots
    for lot_id in waiting:
        line = lots.get(lot_id)
        if line is not None and line.children:
            fresh = [child for child in line.children if child not in seen]
            seen.update(fresh)
            waiting += fresh
    return len(seen)


def _first(book: Book, scope: MaterialLotScope | LotScope) -> Iterator[str]:
    if isinstance(scope, LotScope):
        yield scope.lot_id
    else:
        yield from _users(book, scope.material_lot_id)


def _users(book: Book, material_lot_id: str) -> Iterator[str]:
    """The lots that used a material lot, or what it was mixed into."""
    materials, seen = [material_lot_id], {material_lot_id}
    for each in materials:
        line = book.others.get(("MaterialLot", each))
        if isinstance(line, MaterialLine):
            yield from line.lots
            fresh = [target for _, target in line.mixes if target not in seen]
            seen.update(fresh)
            materials += fresh
