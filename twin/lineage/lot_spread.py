"""How the suspect spreads over lots and material lots (semantics.md section 4, steps)."""

from __future__ import annotations

from twin.events.material import MaterialConsumed
from twin.folds.step import Consumed, Mixed, Move, PartTaken, Scrap
from twin.folds.whereabouts import Unit
from twin.lineage.arithmetic import NONE, joined, taken
from twin.lineage.carrying import DEFINITE, POSSIBLE, Meeting
from twin.lineage.evidence import Link
from twin.lineage.strips import strip_levels
from twin.lineage.sweep import Sweep
from twin.vocabulary.things import Thing, ThingKind


def move(sweep: Sweep, step: Move) -> None:
    """Units taken to another lot bring their share of the suspect."""
    carrying = sweep.carrying
    load = carrying.lots.get(step.source)
    if load is None:
        return
    total, load.total = taken(step.total, load.total, step.quantity)
    loose, load.loose = taken(step.loose, load.loose, step.quantity)
    plain, load.plain = taken(step.total, load.plain, step.quantity)
    if total.high > 0:
        target = carrying.load(step.target, step.event.occurred_at)
        target.total = joined(target.total, total)
        target.loose = joined(target.loose, loose)
        target.plain = joined(target.plain, plain)
        source = Thing(ThingKind.LOT, step.source)
        relation = "SPLIT_INTO" if step.kind == "SPLIT" else "MERGED_INTO"
        sweep.trail.link(Link(source, Thing(ThingKind.LOT, step.target), relation, step.event, step.place))
    carrying.settle(step.source, step.place)


def scrap(sweep: Sweep, step: Scrap) -> None:
    """Thrown-away units take their share of the suspect with them."""
    carrying = sweep.carrying
    load = carrying.lots.get(step.lot)
    out = NONE
    if load is not None:
        out, load.total = taken(step.total, load.total, step.quantity)
        _, load.loose = taken(step.loose, load.loose, step.quantity)
        _, load.plain = taken(step.total, load.plain, step.quantity)
    if step.counted:
        out = carrying.counted(step.units)
    if out.high > 0:
        carrying.scraps[step.lot] = joined(carrying.scraps.get(step.lot, NONE), out)
    carrying.settle(step.lot, step.place)


def part(sweep: Sweep, step: PartTaken) -> None:
    """Packed and shipped units take their share out of the loose account."""
    load = sweep.carrying.lots.get(step.part.lot)
    if load is not None:
        out, load.loose = taken(step.loose, load.loose, step.part.quantity)
        sweep.carrying.parts[step.part] = out


def mixed(sweep: Sweep, step: Mixed) -> None:
    """A mix with an exposed material lot is exposed since then."""
    carrying, at = sweep.carrying, step.event.occurred_at
    if not carrying.carries_material(step.source, at):
        return
    carrying.expose_material(step.target, at)
    source, target = Thing(ThingKind.MATERIAL_LOT, step.source), Thing(ThingKind.MATERIAL_LOT, step.target)
    sweep.trail.link(Link(source, target, "MIXED_INTO", step.event, step.place))


def consumed(sweep: Sweep, step: Consumed) -> None:
    """A lot that consumes exposed material is exposed, all of it or in part."""
    carrying = sweep.carrying
    if not carrying.carries_material(step.material_lot, step.event.occurred_at):
        return
    fact = step.event.fact
    assert isinstance(fact, MaterialConsumed)  # noqa: S101 - a consumption
    run = sweep.plant.run_at(step.lot, fact.operation, fact.equipment_id, (step.place, step.event))
    source = Thing(ThingKind.MATERIAL_LOT, step.material_lot)
    meeting = Meeting(step.lot, step.place, step.event.occurred_at, source, "CONSUMED_BY", step.event)
    levels = strip_levels(sweep.plant, step, run)
    if levels is not None:
        _met_by_strips(sweep, meeting, levels)
        return
    others = sweep.group_of(step.lot, run, fact.operation) - {step.material_lot}
    shared = any(sweep.plant.materials.may_be_same(other, step.material_lot) for other in others)
    carrying.meet(meeting, low=1 if shared else None)


def _met_by_strips(sweep: Sweep, meeting: Meeting, levels: dict[str, int]) -> None:
    """The strips decide: all of them for sure, at least one for sure, only possible ones, or none."""
    strongest, weakest = max(levels.values()), min(levels.values())
    if strongest == 0:
        return
    carrying = sweep.carrying
    low = None if weakest == DEFINITE else 1 if strongest == DEFINITE else 0
    carrying.meet(meeting, low=low, plain=False)
    carrying.trace(meeting)
    for strip, level in levels.items():
        carrying.strips[strip] = max(level, carrying.strips.get(strip, 0))
        if level > 0:
            met = Thing(ThingKind.SUBSTRATE, strip)
            sweep.trail.link(Link(meeting.source, met, "PROCESSED_WITH", meeting.event, meeting.place))
    everywhere = DEFINITE if weakest == DEFINITE else POSSIBLE
    units = sweep.plant.ledger.units
    for stay in units.stays.get(meeting.lot, ()):
        if not stay.start < meeting.place <= stay.end:
            continue
        unit = units.units[stay.unit]
        level = everywhere if unit.substrate is None else levels.get(unit.substrate, everywhere)
        _raise_from_lot(sweep, unit, meeting, level if stay.certain else min(level, POSSIBLE))


def _raise_from_lot(sweep: Sweep, unit: Unit, meeting: Meeting, level: int) -> None:
    source, target = Thing(ThingKind.LOT, meeting.lot), Thing(ThingKind.UNIT, unit.unit_id)
    link = Link(source, target, "HOLDS", unit.named, meeting.place, at_once=True)
    sweep.carrying.raise_unit(unit.unit_id, level, link)
