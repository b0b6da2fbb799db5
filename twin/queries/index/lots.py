"""The lots of an answer: numbers until somebody looks at a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple, overload

from twin.records.recall import AffectedLot, DispositionBound
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Certainty, Disposition


class Place(NamedTuple):
    """How many suspect units of a lot are at one kind of place."""

    where: Disposition
    low: int
    high: int


class Dispositions(Sequence[DispositionBound]):
    """The places of a lot as answers tell them; equal to any sequence of the same."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = places

    @cached_property
    def _told(self) -> tuple[DispositionBound, ...]:
        return tuple(DispositionBound(*place) for place in self._places)

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> DispositionBound: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[DispositionBound, ...]: ...
    def __getitem__(self, place: int | slice) -> DispositionBound | tuple[DispositionBound, ...]:
        return self._told[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._told == tuple(other)

    def __hash__(self) -> int:
        return hash(self._told)

    def __repr__(self) -> str:
        return repr(self._told)


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
        return _shown(self, tuple(DispositionBound(*place) for place in self.places))


class LaterRow(NamedTuple):
    """The same, with places that are looked up when somebody asks."""

    lot_id: str
    since: int
    low: int
    high: int
    quantity: int
    places: Sequence[Place]

    def shown(self) -> AffectedLot:
        """The same as answers tell it."""
        return _shown(self, Dispositions(self.places))


def _shown(row: Row | LaterRow, dispositions: Sequence[DispositionBound]) -> AffectedLot:
    certainty = Certainty.DEFINITE if row.low >= 1 else Certainty.POSSIBLE
    since = Instant(row.since)
    return AffectedLot(row.lot_id, since, certainty, row.low, row.high, row.quantity, dispositions)


class AffectedLots(Sequence[AffectedLot]):
    """All affected lots by their ids; equal to any sequence of the same rows."""

    def __init__(self, rows: Sequence[Row | LaterRow]) -> None:
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
