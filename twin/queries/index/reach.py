"""Which lots a suspect may have reached at all, without quantities: quick, never too few."""

from __future__ import annotations

from twin.queries.index.book import Book
from twin.queries.index.line import MaterialLine
from twin.records.recall import LotScope, MaterialLotScope


def reached(book: Book, scope: MaterialLotScope | LotScope) -> int:
    """How many lots."""
    if isinstance(scope, LotScope):
        return book.heirs.reached((), book.numbers_of((scope.lot_id,)))
    return book.heirs.reached(_mixes(book, scope.material_lot_id), ())


def _mixes(book: Book, material_lot_id: str) -> list[str]:
    """A material lot, and all that it was mixed into."""
    materials = [material_lot_id]
    for each in materials:
        line = book.others.get(("MaterialLot", each))
        if isinstance(line, MaterialLine):
            materials += (target for _, target in line.mixes if target not in materials)
    return materials
