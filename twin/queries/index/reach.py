"""Which lots a suspect may have reached at all, without quantities or moments: quick, never too few."""

from __future__ import annotations

from itertools import chain
from typing import Final, NamedTuple

from twin.lineage.scope import thing_of
from twin.queries.index.book import Book, Name
from twin.queries.index.line import MaterialLine
from twin.records.recall import RecallScope
from twin.vocabulary.things import LABELS

_MOST_STALE: Final = 2_000
"""Things out of date, more than which are looked through too long."""


class Reach(NamedTuple):
    """How many lots and material lots, how many events tell of these lots; what of it is out of date."""

    lots: int
    material_lots: int
    events: int
    stale: frozenset[Name]


def reached(book: Book, scope: RecallScope) -> Reach | None:
    """How far a material lot or a lot went at all; None of a stranger, of another scope, and in a flood."""
    if len(book.dirty) + len(book.being_read) > _MOST_STALE:
        return None
    thing = thing_of(scope)
    name = LABELS[thing.kind], thing.key
    if name[0] not in ("Lot", "MaterialLot"):
        return None
    if book.is_stale(name):
        return Reach(0, 0, 0, frozenset({name}))
    if name[0] == "Lot":
        return _reach(book, [], book.numbers_of([thing.key])) if thing.key in book.lots else None
    return _reach(book, _mixes(book, thing.key), []) if name in book.others else None


def _mixes(book: Book, material_lot_id: str) -> list[str]:
    """A material lot, and all that it was mixed into."""
    materials = [material_lot_id]
    for each in materials:
        line = book.others.get(("MaterialLot", each))
        if isinstance(line, MaterialLine):
            materials += (target for _, target in line.mixes if target not in materials)
    return materials


def _reach(book: Book, materials: list[str], lots: list[int]) -> Reach:
    found = book.heirs.reached(materials, lots)
    names = list(chain(book.dirty, book.being_read))
    stale = {("MaterialLot", key) for key in materials} & set(names)
    lots_late = [key for label, key in names if label == "Lot"]
    if lots_late:
        numbers = set(found.tolist())
        stale.update(("Lot", key) for key in lots_late if numbers.intersection(book.numbers_of([key])))
    return Reach(len(found), len(materials), book.heirs.events(found), frozenset(stale))
