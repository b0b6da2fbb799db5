"""Units of a lot that went through the same are one cohort: what is true of one is true of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from twin.folds.step import Identified
from twin.folds.whereabouts import Unit
from twin.lineage.plant import Plant
from twin.queries.index.line import Cohort, Stay

BETWEEN: Final = "\n"
"""No identifier holds a control character."""


def names_in(cohorts: Iterable[Cohort]) -> Iterator[str]:
    """The units of cohorts, one by one."""
    for cohort in cohorts:
        yield from cohort.names.split(BETWEEN)


class Cohorts:
    """The cohorts of one lot, from a plant of its own events."""

    def __init__(self, plant: Plant, lot_id: str) -> None:
        self._units = plant.ledger.units
        self._orders = {event.event_id: event.order for event in plant.events}
        self._christened = {
            step.unit: (self._orders[step.event.event_id], step.total, step.substrate is not None)
            for step in plant.steps
            if isinstance(step, Identified) and step.lot == lot_id
        }
        self._stays: dict[str, list[Stay]] = {}
        for stay in self._units.stays.get(lot_id, ()):
            told = Stay(stay.start, stay.end, stay.certain, self._orders[stay.event.event_id])
            self._stays.setdefault(stay.unit, []).append(told)
        self._numbers: dict[str, int] = {}
        self.rows = tuple(self._grouped(lot_id))
        self.substrates = tuple(self._units.lot_of_substrate)

    def of(self, unit_id: str) -> int:
        """The number of a unit's cohort."""
        return self._numbers[unit_id]

    def counted(self, units: Iterable[str]) -> tuple[tuple[int, int], ...]:
        """How many of these units are of which cohort."""
        return tuple(Counter(self._numbers[unit_id] for unit_id in units).items())

    def _grouped(self, lot_id: str) -> list[Cohort]:
        groups: dict[object, list[Unit]] = {}
        for unit in self._units.units.values():
            alike = (
                self._christened.get(unit.unit_id),
                tuple(self._stays.get(unit.unit_id, ())),
                unit.named.event_id,
                unit.lot == lot_id,
                unit.in_doubt,
                unit.is_scrapped,
            )
            groups.setdefault(alike, []).append(unit)
        for number, units in enumerate(groups.values()):
            self._numbers.update((unit.unit_id, number) for unit in units)
        return [self._cohort(units, lot_id) for units in groups.values()]

    def _cohort(self, units: list[Unit], lot_id: str) -> Cohort:
        one = units[0]
        christened = self._christened.get(one.unit_id)
        return Cohort(
            names=BETWEEN.join(unit.unit_id for unit in units),
            size=len(units),
            stays=tuple(self._stays.get(one.unit_id, ())),
            christened=None if christened is None else christened[0],
            named=one.named.order,
            is_listed=one.lot == lot_id,
            in_doubt=one.in_doubt,
            is_scrapped=one.is_scrapped,
        )
