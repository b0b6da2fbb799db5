"""The units of an answer, told lot by lot and written out only when somebody looks at them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias, overload

from twin.lineage.carrying import DEFINITE
from twin.queries.index.cohorts import BETWEEN
from twin.records.recall import AffectedUnit
from twin.vocabulary.states import Certainty

Cohort: TypeAlias = tuple[str, int, int]
"""Names of units joined, how many, and what they carry."""

Cohorts: TypeAlias = Sequence[Cohort]


class AffectedUnits(Sequence[AffectedUnit]):
    """All affected units by their ids; equal to any sequence of the same rows."""

    def __init__(self, told: Cohorts, packed: Iterable[Cohort] = ()) -> None:
        """``packed``: more of them, that are gathered only when somebody looks."""
        self._told, self._packed = told, packed
        self._gathered: Cohorts | None = None
        self._rows: tuple[AffectedUnit, ...] | None = None

    def __len__(self) -> int:
        return sum(size for _, size, _ in self._cohorts())

    @property
    def size_bytes(self) -> int:
        """What it occupies, roughly, before somebody looks."""
        return sum(120 + len(names) for names, _, _ in self._told)

    def again(self) -> AffectedUnits:
        """The same units, of which nothing is written out yet."""
        return AffectedUnits(self._told, self._packed)

    def _cohorts(self) -> Cohorts:
        if self._gathered is None:
            self._gathered = [*self._told, *self._packed]
        return self._gathered

    def ids(self, certainty: Certainty | None = None) -> list[str]:
        """The ids in their order, of one certainty or both, without a row for each."""
        found: list[str] = []
        for names, _, level in self._cohorts():
            if certainty is None or certainty is _sure(level):
                found += names.split(BETWEEN)
        found.sort()
        return found

    def _all(self) -> tuple[AffectedUnit, ...]:
        if self._rows is None:
            rows = [
                AffectedUnit(name, sure)
                for names, _, level in self._cohorts()
                for sure in (_sure(level),)
                for name in names.split(BETWEEN)
            ]
            self._rows = tuple(sorted(rows, key=lambda row: row.unit_id))
        return self._rows

    @overload
    def __getitem__(self, place: int) -> AffectedUnit: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[AffectedUnit, ...]: ...
    def __getitem__(self, place: int | slice) -> AffectedUnit | tuple[AffectedUnit, ...]:
        return self._all()[place]

    def __iter__(self) -> Iterator[AffectedUnit]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return repr(self._all())


def _sure(level: int) -> Certainty:
    return Certainty.DEFINITE if level == DEFINITE else Certainty.POSSIBLE
