"""What should be recorded of one unit itself, and whether it is."""

from __future__ import annotations

from collections.abc import Iterator

from twin.events.quality import TestResultsRecorded
from twin.folds.whereabouts import Unit
from twin.lineage.plant import Plant
from twin.lineage.required import Required
from twin.lineage.unit_dies import own_dies
from twin.records.completeness import Aspect, Gap
from twin.vocabulary.states import Granularity
from twin.vocabulary.things import Thing, ThingKind


def unit_aspects(plant: Plant, unit: Unit, required: Required) -> Iterator[tuple[Aspect, Gap | None]]:
    """Its substrate's map, what it is made of, and its result of each test that it passed."""
    thing = Thing(ThingKind.UNIT, unit.unit_id)
    if required.granularity is not Granularity.LOT and not unit.components:
        if unit.substrate is None:
            yield Aspect.MAP, Gap(Aspect.MAP, "map.no_substrate", "a substrate", thing)
        else:
            on = Thing(ThingKind.SUBSTRATE, unit.substrate)
            gap = Gap(Aspect.MAP, "map.missing", "a map", on)
            yield Aspect.MAP, None if unit.substrate in plant.maps else gap
    if required.granularity is Granularity.UNIT:
        gap = Gap(Aspect.UNIT, "unit.no_origin", "dies or components", thing)
        yield Aspect.UNIT, None if has_origin(plant, unit) else gap
    for step in required.tests:
        gap = Gap(Aspect.TEST, "test.no_result", step.operation, thing)
        yield Aspect.TEST, None if Tested(plant, step.operation).has(unit) else gap


def has_origin(plant: Plant, unit: Unit) -> bool:
    """Whether it is known what a unit is made of."""
    if unit.components or unit.material_lots:
        return True
    return next(iter(own_dies(plant, unit)), None) is not None


class Tested:
    """The units and sites that results of one test operation name."""

    def __init__(self, plant: Plant, operation: str) -> None:
        self._units: set[str] = set()
        self._sites: set[tuple[str | None, int | None, int | None]] = set()
        for event in plant.events:
            fact = event.fact
            if isinstance(fact, TestResultsRecorded) and fact.operation == operation:
                self._units |= {row.unit_id for row in fact.results if row.unit_id is not None}
                self._sites |= {(fact.substrate_id, row.x, row.y) for row in fact.results}

    def has(self, unit: Unit) -> bool:
        """Whether a result names the unit, or its site on its substrate."""
        stands = unit.substrate is not None and unit.x is not None and unit.y is not None
        return unit.unit_id in self._units or (stands and (unit.substrate, unit.x, unit.y) in self._sites)
