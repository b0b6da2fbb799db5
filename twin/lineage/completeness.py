"""What is recorded of a lot or unit, held against what is required of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from twin.events.material import MaterialConsumed
from twin.events.order import BomLine, ProductDefined, RouteStep
from twin.events.quality import TestResultsRecorded
from twin.lineage.heritage_of_lot import Times, lacking
from twin.lineage.plant import Plant
from twin.lineage.required import Required, is_test, required_of
from twin.lineage.trace_level import trace_level
from twin.lineage.unit_records import unit_aspects
from twin.records.completeness import (
    BOM_UNKNOWN,
    NOTHING_DUE,
    ROUTE_UNKNOWN,
    TEST_UNKNOWN,
    Aspect,
    AspectScore,
    Completeness,
    Gap,
)
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Granularity
from twin.vocabulary.things import Thing, ThingKind


@dataclass(frozen=True, slots=True)
class Wanted:
    """Records that are required, how many of them are there, and the gap when some are not."""

    aspect: Aspect
    gap: Gap | None
    required: int = 1
    recorded: int = 0

    @classmethod
    def one(cls, aspect: Aspect, gap: Gap | None) -> Self:
        """A single record, which is there when there is no gap."""
        return cls(aspect, gap, 1, int(gap is None))


def lot_completeness(plant: Plant, lot_id: str, product: ProductDefined | None) -> Completeness:
    """How complete the records of a lot are by now."""
    required = required_of(plant, lot_id, product)
    wanted = [*_of_lot(plant, required), *_maps(plant, required), *_units(plant, required)]
    return told(f"LOT:{lot_id}", required, wanted, plant)


def unit_completeness(plant: Plant, unit_id: str, product: ProductDefined | None) -> Completeness:
    """How complete the records of a unit are by now: those of its lot, and its own."""
    unit = plant.ledger.units.units[unit_id]
    lot_id = unit.lot or (unit.listings[-1].lot if unit.listings else None)
    name = f"UNIT:{unit_id}"
    if lot_id is None:
        return Completeness(name, (), (), (ROUTE_UNKNOWN,))
    required = required_of(plant, lot_id, product)
    of_lot = [row for row in _of_lot(plant, required) if row.aspect is not Aspect.TEST]
    own = [Wanted.one(aspect, gap) for aspect, gap in unit_aspects(plant, unit, required)]
    return told(name, required, [*of_lot, *own], plant)


def told(name: str, required: Required, wanted: Iterable[Wanted], plant: Plant) -> Completeness:
    """What was wanted and found, added up by aspect."""
    rows = list(wanted)
    aspects = tuple(
        AspectScore(aspect, sum(row.required for row in here), sum(row.recorded for row in here))
        for aspect in Aspect
        if (here := [row for row in rows if row.aspect is aspect])
    )
    missing = tuple(row.gap for row in rows if row.gap is not None)
    if not required.route:
        return Completeness(name, (), (), (ROUTE_UNKNOWN,))
    unscored = tuple(_undefined(required, aspects))
    levels = None
    if required.bom and aspects:
        levels = trace_level(plant, required, missing)
    return Completeness(name, aspects, missing, unscored, levels)


def _undefined(required: Required, aspects: tuple[AspectScore, ...]) -> Iterator[str]:
    if not required.bom:
        yield BOM_UNKNOWN
    if not any(is_test(step) for step in required.route):
        yield TEST_UNKNOWN
    if not aspects:
        yield NOTHING_DUE


def _of_lot(plant: Plant, required: Required) -> Iterator[Wanted]:
    for step in required.begun:
        yield Wanted.one(Aspect.ROUTE, _run_gap(plant, required, step))
    for line in required.lines:
        yield Wanted.one(Aspect.BOM, _bom_gap(plant, required, line))
    for step in required.tests:
        yield Wanted.one(Aspect.TEST, _test_gap(plant, required, step))


def _run_gap(plant: Plant, required: Required, step: RouteStep) -> Gap | None:
    may_be_open = not required.is_completed and step == required.begun[-1]

    def times(lot_id: str, *, sound: bool) -> Iterator[Instant]:
        for run in plant.runs(lot_id):
            closed = run.track_in is not None and run.track_out is not None
            fits = closed or not sound or (may_be_open and run.track_in is not None)
            if run.operation == step.operation and fits:
                yield run.first_at

    def any_times(lot_id: str) -> Iterator[Instant]:
        return times(lot_id, sound=False)

    def sound_times(lot_id: str) -> Iterator[Instant]:
        return times(lot_id, sound=True)

    return _first_gap(
        plant,
        required,
        (any_times, Aspect.ROUTE, "route.no_run", step.operation),
        (sound_times, Aspect.ROUTE, "route.not_closed", step.operation),
    )


def _bom_gap(plant: Plant, required: Required, line: BomLine) -> Gap | None:
    material = plant.materials.root(line.material_id)

    def used(lot_id: str) -> Iterator[tuple[Instant, str]]:
        for _, event in plant.consumptions.get(lot_id, ()):
            fact = event.fact
            assert isinstance(fact, MaterialConsumed)  # noqa: S101 - indexed so
            at_step = line.operation is None or fact.operation == line.operation
            if at_step and plant.materials.material_of(fact.material_lot_id) == material:
                yield event.occurred_at, fact.material_lot_id

    def any_times(lot_id: str) -> Iterator[Instant]:
        return (at for at, _ in used(lot_id))

    def known_times(lot_id: str) -> Iterator[Instant]:
        return (at for at, material_lot in used(lot_id) if material_lot in plant.materials.defined)

    wanted = line.material_id if line.operation is None else f"{line.material_id} at {line.operation}"
    return _first_gap(
        plant,
        required,
        (any_times, Aspect.BOM, "bom.not_consumed", wanted),
        (known_times, Aspect.BOM, "bom.lot_unknown", wanted),
    )


def _test_gap(plant: Plant, required: Required, step: RouteStep) -> Gap | None:
    lot_of = plant.ledger.units.lot_of_substrate
    tests = [
        (fact.lot_id or lot_of.get(fact.substrate_id or ""), event.occurred_at, fact.complete)
        for event in plant.events
        if isinstance(fact := event.fact, TestResultsRecorded) and fact.operation == step.operation
    ]

    def any_times(lot_id: str) -> Iterator[Instant]:
        return (at for lot, at, _ in tests if lot == lot_id)

    def whole_times(lot_id: str) -> Iterator[Instant]:
        return (at for lot, at, is_whole in tests if lot == lot_id and is_whole)

    return _first_gap(
        plant,
        required,
        (any_times, Aspect.TEST, "test.no_result", step.operation),
        (whole_times, Aspect.TEST, "test.incomplete", step.operation),
    )


def _first_gap(plant: Plant, required: Required, *rules: tuple[Times, Aspect, str, str]) -> Gap | None:
    """The first rule that some units of the lot do not meet."""
    for times, aspect, code, wanted in rules:
        lot_id = lacking(plant, required.lot_id, times)
        if lot_id is not None:
            return Gap(aspect, code, wanted, Thing(ThingKind.LOT, lot_id))
    return None


def _maps(plant: Plant, required: Required) -> Iterator[Wanted]:
    """Strips and units stand on substrates, and each of those has a map."""
    if required.granularity is Granularity.LOT or not required.has_begun:
        return
    substrates = plant.ledger.units.substrates_in.get(required.lot_id, {})
    if not substrates:
        lot = Thing(ThingKind.LOT, required.lot_id)
        yield Wanted.one(Aspect.MAP, Gap(Aspect.MAP, "map.no_substrate", "a substrate", lot))
    for code in substrates:
        gap = Gap(Aspect.MAP, "map.missing", "a map", Thing(ThingKind.SUBSTRATE, code))
        yield Wanted.one(Aspect.MAP, None if code in plant.maps else gap)


def _units(plant: Plant, required: Required) -> Iterator[Wanted]:
    """Of a product that is traced to its units, each unit has a name."""
    if required.granularity is not Granularity.UNIT or not required.has_begun:
        return
    account = plant.ledger.accounts.lots.get(required.lot_id)
    total = account.total if account else 0
    named = min(total, len(plant.ledger.units.listed.get(required.lot_id, {})))
    lot = Thing(ThingKind.LOT, required.lot_id)
    gap = Gap(Aspect.UNIT, "unit.not_identified", f"{total - named} of {total} units", lot)
    if total:
        yield Wanted(Aspect.UNIT, gap if named < total else None, total, named)
