"""What the strips of a run tell of a mounted suspect (semantics.md section 5, strip evidence)."""

from __future__ import annotations

from collections.abc import Iterable

from twin.events.material import MaterialConsumed
from twin.events.substrate import SubstrateProcessed, SubstrateRegistered
from twin.folds.run import Run
from twin.folds.step import Consumed
from twin.lineage.carrying import DEFINITE, POSSIBLE
from twin.lineage.material import Mount
from twin.lineage.plant import Plant
from twin.vocabulary.instants import instant_of
from twin.vocabulary.states import SubstrateKind


def strip_levels(plant: Plant, step: Consumed, run: Run | None) -> dict[str, int] | None:
    """What each strip of the run carries, or None when the lot rule stands.

    The strips decide when the suspect was mounted on the position and every strip of the run was processed
    there.
    """
    fact = step.event.fact
    assert isinstance(fact, MaterialConsumed)  # noqa: S101 - a consumption
    equipment_id = fact.equipment_id or (run.equipment_id if run else None)
    if equipment_id is None:
        return None
    mounts = [mount for mount in plant.materials.mounts.on.get(equipment_id, ()) if _fits(mount, fact, run)]
    suspect = [mount for mount in mounts if mount.what == step.material_lot]
    if not suspect:
        return None
    positions = {mount.position for mount in suspect}
    others = [
        mount
        for mount in mounts
        if mount.what != step.material_lot
        and mount.position in positions
        and plant.materials.may_be_same(mount.what, step.material_lot)
    ]
    passes = _passes(plant, fact, run, equipment_id, positions)
    strips = _strips(plant, step, passes)
    if not strips or any(strip not in passes for strip in strips):
        return None
    return {strip: _level(passes[strip], suspect, others) for strip in strips}


def _fits(mount: Mount, fact: MaterialConsumed, run: Run | None) -> bool:
    position = fact.position or (run.position if run else None)
    return position is None or mount.position == position


def _strips(plant: Plant, step: Consumed, passes: Iterable[str]) -> list[str]:
    """The strips in the lot when it used the material, and those that nobody named before they passed."""
    units = plant.ledger.units
    unseen = (name for name in passes if units.lot_of_substrate_at(name, step.place) is None)
    return [name for name in (*units.substrates_at(step.lot, step.place), *unseen) if _is_strip(plant, name)]


def _is_strip(plant: Plant, substrate_id: str) -> bool:
    """Everything that a lot is processed on; a wafer is what its dies come from."""
    facts = [event.fact for event in plant.registered.get(substrate_id, ())]
    return not any(
        isinstance(fact, SubstrateRegistered) and fact.kind is SubstrateKind.WAFER for fact in facts
    )


def _passes(
    plant: Plant, fact: MaterialConsumed, run: Run | None, equipment_id: str, positions: set[str]
) -> dict[str, list[SubstrateProcessed]]:
    """When each strip passed the machine's position in the run."""
    found: dict[str, list[SubstrateProcessed]] = {}
    for place, event in plant.processed.get((fact.lot_id, fact.operation), ()):
        passed = event.fact
        assert isinstance(passed, SubstrateProcessed)  # noqa: S101 - indexed so
        if passed.equipment_id != equipment_id or passed.position not in {None, *positions}:
            continue
        if plant.run_at(fact.lot_id, fact.operation, passed.equipment_id, (place, event)) is run:
            found.setdefault(passed.substrate_id, []).append(passed)
    return found


def _level(passes: list[SubstrateProcessed], suspect: list[Mount], others: list[Mount]) -> int:
    level = 0
    for passed in passes:
        if any(_overlaps(passed, mount) for mount in suspect):
            alone = not any(_overlaps(passed, mount) for mount in others)
            level = max(level, DEFINITE if alone else POSSIBLE)
    return level


def _overlaps(passed: SubstrateProcessed, mount: Mount) -> bool:
    return instant_of(passed.started_at) < mount.end and instant_of(passed.finished_at) >= mount.start
