"""The lots of an answer: numbers until somebody looks at a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, overload

from twin.records.recall import AffectedLot, DispositionBound
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Certainty, Disposition


class Place(NamedTuple):
    """How many suspect units of a lot are at one kind of place."""

    where: Disposition
    low: int
    high: int


class Row(NamedTuple):
    """One lot of the answer; rows sort by it."""

    lot_id: str
    since: int
    low: int
    high: int
    quantity: int
    places: tuple[Place, ...]

    def shown(self) -> AffectedLot:
        """The same as answers tell it."""
        return AffectedLot(
            self.lot_id,
            Instant(self.since),
            Certainty.DEFINITE if self.low >= 1 else Certainty.POSSIBLE,
            self.low,
            self.high,
            self.quantity,
            tuple(DispositionBound(*place) for place in self.places),
        )


class AffectedLots(Sequence[AffectedLot]):
    """All affected lots by their ids; equal to any sequence of the same rows."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> AffectedLot: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[AffectedLot, ...]: ...
    def __getitem__(self, place: int | slice) -> AffectedLot | tuple[AffectedLot, ...]:
        if isinstance(place, slice):
            return tuple(row.shown() for row in self._rows[place])
        return self._rows[place].shown()

    def __iter__(self) -> Iterator[AffectedLot]:
        return (row.shown() for row in self._rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))
