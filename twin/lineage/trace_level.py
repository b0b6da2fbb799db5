"""The IPC-1782 level that the facts of a lot reach, as far as facts can tell.

Our reading of the standard, no certificate (docs/adr says what each level asks): how soon a fact was
reported is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from twin.events.material import MaterialConsumed, MaterialLotReceived
from twin.lineage.plant import Plant
from twin.lineage.required import Required, is_test
from twin.lineage.unit_records import Tested, has_origin
from twin.records.completeness import Aspect, Gap, TraceLevel
from twin.vocabulary.states import ConsumptionMethod, Granularity

AUTOMATIC_AT_LEAST: Final = 0.9
"""The share of material records that no hand made, from level 3 on."""


def trace_level(plant: Plant, required: Required, missing: Sequence[Gap]) -> TraceLevel:
    """How many levels are met without a break, for materials and for the process."""
    material, no_material = _climb(_material(plant, required, missing))
    process, no_process = _climb(_process(plant, required, missing))
    wanting = no_material if material <= process else ()
    wanting += no_process if process <= material else ()
    return TraceLevel(material, process, wanting)


def _climb(steps: Iterator[tuple[str, ...]]) -> tuple[int, tuple[str, ...]]:
    """The levels whose step wants nothing, and what the first other one wants."""
    level = 0
    for wanting in steps:
        if wanting:
            return level, wanting
        level += 1
    return level, ()


def _material(plant: Plant, required: Required, missing: Sequence[Gap]) -> Iterator[tuple[str, ...]]:
    bom = [gap for gap in missing if gap.aspect is Aspect.BOM]
    used = _consumptions(plant, required)
    yield ("bom.not_consumed",) if any(gap.code == "bom.not_consumed" for gap in bom) else ()
    unknown = ("bom.lot_unknown",) if bom else ()
    yield unknown + (() if all(_has_source(plant, fact) for fact in used) else ("material.no_supplier_lot",))
    by_hand = sum(fact.method is ConsumptionMethod.MANUAL for fact in used)
    automatic = not used or 1 - by_hand / len(used) >= AUTOMATIC_AT_LEAST
    yield () if automatic else ("consumption.manual",)
    yield _no_origins(plant, required)


def _process(plant: Plant, required: Required, missing: Sequence[Gap]) -> Iterator[tuple[str, ...]]:
    codes = {gap.code for gap in missing}
    yield tuple(sorted(codes & {"route.no_run"}))
    steps = {step.operation for step in required.begun}
    runs = [
        run
        for lot_id, until in required.heritage.items()
        for run in plant.runs(lot_id)
        if run.first_at <= until and run.operation in steps
    ]
    no_recipe = () if all(run.recipe is not None for run in runs) else ("run.no_recipe",)
    yield tuple(sorted(codes & {"route.not_closed"})) + no_recipe
    untested = () if any(is_test(step) for step in required.route) else ("test.unknown",)
    yield tuple(sorted(codes & {"test.no_result", "test.incomplete"})) + untested
    yield _untested_units(plant, required)


def _consumptions(plant: Plant, required: Required) -> list[MaterialConsumed]:
    return [
        event.fact
        for lot_id, until in required.heritage.items()
        for _, event in plant.consumptions.get(lot_id, ())
        if event.occurred_at <= until and isinstance(event.fact, MaterialConsumed)
    ]


def _has_source(plant: Plant, fact: MaterialConsumed) -> bool:
    """Whether the supplier's lot is known; a mix names its inputs instead."""
    defined = plant.materials.defined.get(fact.material_lot_id)
    if defined is None:
        return False
    return not isinstance(defined.fact, MaterialLotReceived) or defined.fact.supplier_lot is not None


def _no_origins(plant: Plant, required: Required) -> tuple[str, ...]:
    if required.granularity is not Granularity.UNIT:
        return ("product.not_by_unit",)
    units = list(plant.ledger.units.listed.get(required.lot_id, {}).values())
    all_named = len(units) >= plant.ledger.accounts.lots[required.lot_id].total
    unnamed = () if all_named else ("unit.not_identified",)
    return unnamed if all(has_origin(plant, unit) for unit in units) else (*unnamed, "unit.no_origin")


def _untested_units(plant: Plant, required: Required) -> tuple[str, ...]:
    if required.granularity is not Granularity.UNIT:
        return ("product.not_by_unit",)
    units = plant.ledger.units.listed.get(required.lot_id, {}).values()
    tests = [Tested(plant, step.operation) for step in required.tests]
    whole = all(test.has(unit) for unit in units for test in tests)
    return () if whole else ("test.no_result_of_unit",)
