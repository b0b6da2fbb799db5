"""How the suspect spreads over dies and units (semantics.md section 5)."""

from __future__ import annotations

from twin.folds.step import Assembled, DiesPlaced, Identified, Placing
from twin.folds.whereabouts import Unit
from twin.lineage.carrying import DEFINITE, POSSIBLE, Meeting
from twin.lineage.evidence import Link
from twin.lineage.sweep import Sweep
from twin.vocabulary.things import Thing, ThingKind, die_key


def identified(sweep: Sweep, step: Identified) -> None:
    """A unit starts from its lot's account, or from its strip and what the lot met besides."""
    carrying = sweep.carrying
    load = carrying.lots.get(step.lot)
    if not step.inherits:
        return
    level = 0
    substrate = step.substrate or sweep.plant.ledger.units.units[step.unit].substrate
    if load is not None:
        start = load.total if substrate is None else load.plain
        level = DEFINITE if 0 < start.low == step.total else POSSIBLE if start.high > 0 else 0
    source = None
    if substrate is not None and carrying.strips.get(substrate, 0) > level:
        level = carrying.strips[substrate]
        source = Thing(ThingKind.SUBSTRATE, substrate)
    if level:
        source, target = source or Thing(ThingKind.LOT, step.lot), Thing(ThingKind.UNIT, step.unit)
        carrying.raise_unit(step.unit, level, Link(source, target, "HOLDS", step.event, step.place))


def placed(sweep: Sweep, step: DiesPlaced) -> None:
    """Suspect dies come to a substrate: they count for its lot and its units."""
    if not sweep.may_meet_suspect_dies():
        return
    suspects = [placing for placing in step.placed() if sweep.is_suspect(placing, step)]
    if not suspects:
        return
    _trace_dies(sweep, step, suspects)
    lot_id = step.lot or sweep.plant.ledger.units.lot_of_substrate.get(step.substrate)
    if lot_id is not None:
        _grow(sweep, step, lot_id, suspects)
        _raise_unplaced(sweep, step, lot_id, suspects)
    for placing in suspects:
        _raise_on_site(sweep, step, placing)


def _trace_dies(sweep: Sweep, step: DiesPlaced | Assembled, suspects: list[Placing]) -> None:
    for placing in suspects:
        left = Thing(ThingKind.SUBSTRATE, placing.left)
        die = Thing(ThingKind.DIE, die_key(*placing.die))
        sweep.trail.link(Link(left, die, "TRANSFERRED", step.event, step.place))


def _grow(sweep: Sweep, step: DiesPlaced | Assembled, lot_id: str, suspects: list[Placing]) -> None:
    fresh = [placing for placing in suspects if placing.fresh]
    if not fresh:
        return
    source = Thing(ThingKind.DIE, die_key(*fresh[0].die))
    meeting = Meeting(lot_id, step.place, step.event.occurred_at, source, "DIES_INTO", step.event)
    definite = any(sweep.is_certain(placing) for placing in fresh)
    sweep.carrying.grow(meeting, len({placing.die for placing in fresh}), definite=definite)


def _raise_unplaced(sweep: Sweep, step: DiesPlaced, lot_id: str, suspects: list[Placing]) -> None:
    """A unit without a known substrate may carry any of the dies."""
    units = sweep.plant.ledger.units
    for stay in units.stays.get(lot_id, ()):
        unit = units.units[stay.unit]
        if unit.substrate is None and stay.start < step.place <= stay.end:
            _raise_by_die(sweep, step, suspects[0], unit, POSSIBLE)


def _raise_on_site(sweep: Sweep, step: DiesPlaced, placing: Placing) -> None:
    """The unit on the site carries the die; one without coordinates is the whole substrate if alone."""
    on_it = sweep.plant.ledger.units.units_on.get(step.substrate, {})
    if placing.die not in sweep.plant.ledger.dies.on.get(placing.site, ()):
        return
    for unit in on_it.values():
        has_site = unit.x is not None and unit.y is not None
        if has_site and (unit.x, unit.y) != placing.site[1:]:
            continue
        pinned = sweep.is_certain(placing) and (has_site or len(on_it) == 1)
        _raise_by_die(sweep, step, placing, unit, DEFINITE if pinned else POSSIBLE)


def _raise_by_die(
    sweep: Sweep, step: DiesPlaced | Assembled, placing: Placing, unit: Unit, level: int
) -> None:
    die = Thing(ThingKind.DIE, die_key(*placing.die))
    target = Thing(ThingKind.UNIT, unit.unit_id)
    sweep.carrying.raise_unit(unit.unit_id, level, Link(die, target, "PART_OF", unit.named, step.place))


def assembled(sweep: Sweep, step: Assembled) -> None:
    """The unit takes the strongest of its components; those from outside count for its lot."""
    carrying = sweep.carrying
    target = Thing(ThingKind.UNIT, step.unit)
    for name in (*step.own, *step.outside):
        carrying.hosts[name] = (step.unit, step.event)
        level = carrying.units.get(name, 0)
        source = Thing(ThingKind.UNIT, name)
        if name in step.outside and level > 0:
            _count_component(sweep, step, source, level)
        carrying.raise_unit(step.unit, level, Link(source, target, "BUILT_INTO", step.event, step.place))
    for material_lot in step.material_lots:
        if carrying.carries_material(material_lot, step.event.occurred_at):
            source = Thing(ThingKind.MATERIAL_LOT, material_lot)
            _count_component(sweep, step, source, DEFINITE)
            link = Link(source, target, "BUILT_INTO", step.event, step.place)
            carrying.raise_unit(step.unit, DEFINITE, link)
    suspects = [placing for placing in step.dies if sweep.is_suspect(placing, step)]
    _trace_dies(sweep, step, suspects)
    _grow(sweep, step, step.lot, suspects)
    unit = sweep.plant.ledger.units.units[step.unit]
    for placing in suspects:
        level = DEFINITE if sweep.is_certain(placing) else POSSIBLE
        _raise_by_die(sweep, step, placing, unit, level)


def _count_component(sweep: Sweep, step: Assembled, source: Thing, level: int) -> None:
    meeting = Meeting(step.lot, step.place, step.event.occurred_at, source, "BUILT_INTO", step.event)
    sweep.carrying.grow(meeting, 1, definite=level == DEFINITE)
