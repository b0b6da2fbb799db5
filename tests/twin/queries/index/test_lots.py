from __future__ import annotations

from twin.queries.index.lots import AffectedLots, Place, Row
from twin.records.recall import AffectedLot, DispositionBound
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Certainty, Disposition

ROWS = [
    Row("A", 5, 0, 3, 9, (Place(Disposition.IN_STOCK, 0, 2), Place(Disposition.SHIPPED, 0, 1))),
    Row("B", 7, 1, 4, 4, (Place(Disposition.IN_PROCESS, 1, 4),)),
]
A = AffectedLot(
    "A",
    Instant(5),
    Certainty.POSSIBLE,
    0,
    3,
    9,
    (DispositionBound(Disposition.IN_STOCK, 0, 2), DispositionBound(Disposition.SHIPPED, 0, 1)),
)
B = AffectedLot(
    "B", Instant(7), Certainty.DEFINITE, 1, 4, 4, (DispositionBound(Disposition.IN_PROCESS, 1, 4),)
)


def test_a_row_tells_what_its_numbers_say() -> None:
    lots = AffectedLots(ROWS)
    assert (lots[0], lots[1], len(lots)) == (A, B, 2)
    assert lots[:1] == (A,)


def test_affected_lots_equal_any_sequence_of_the_same_rows() -> None:
    lots = AffectedLots(ROWS)
    assert lots == (A, B)
    assert lots == (A, B)
    assert lots == AffectedLots(ROWS)
    assert lots != (B, A)
    assert hash(lots) == hash((A, B))
    assert repr(lots) == repr((A, B))
