"""The suspect's way through the events, in their order (semantics.md sections 4 and 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from twin.events.material import MaterialConsumed
from twin.folds.run import Run
from twin.folds.step import (
    Assembled,
    Consumed,
    DiesPlaced,
    Identified,
    Mixed,
    Move,
    PartTaken,
    Placing,
    Scrap,
)
from twin.folds.whereabouts import Unit
from twin.lineage.arithmetic import NONE, joined, taken
from twin.lineage.carrying import DEFINITE, POSSIBLE, Carrying, Load, Meeting
from twin.lineage.evidence import Link, Trail
from twin.lineage.plant import Plant
from twin.lineage.seeds import Seed, Seeds
from twin.lineage.strips import strip_levels
from twin.lineage.wafer import suspect_die
from twin.vocabulary.things import Thing, ThingKind, die_key


class Sweep:
    """One recall: the seeds, then every step of the plant in order."""

    def __init__(self, plant: Plant, seeds: Seeds) -> None:
        self.plant = plant
        self.seeds = seeds
        self.trail = Trail(seeds.things)
        self.carrying = Carrying(plant, self.trail)
        self.suspects_on: dict[str, list[Placing]] = {}
        self._groups: dict[str, dict[object, set[str]]] = {}

    def run(self) -> Carrying:
        """Let the suspect spread; nothing is exposed before a seed touches it."""
        self.carrying.materials.update(self.seeds.materials)
        self.carrying.unknown.update(self.seeds.unknown)
        (tool,) = self.seeds.things
        for machine, event in self.seeds.mounted:
            self.trail.link(Link(tool, machine, "MOUNTED_ON", event, -1))
        waiting = list(reversed(self.seeds.lots))
        for step in self.plant.steps:
            while waiting and waiting[-1].meeting.place <= step.place:
                self._seed(waiting.pop())
            _HANDLERS[type(step)](self, step)
        while waiting:
            self._seed(waiting.pop())
        return self.carrying

    def _seed(self, seed: Seed) -> None:
        self.carrying.meet(seed.meeting, low=None if seed.is_whole else 0)

    def group_of(self, lot_id: str, run: Run | None, operation: str) -> set[str]:
        """All material lots consumed in a run, or at the operation of a lot without any run there."""
        groups = self._groups.get(lot_id)
        if groups is None:
            groups = self._groups[lot_id] = {}
            for place, event in self.plant.consumptions.get(lot_id, ()):
                fact = event.fact
                assert isinstance(fact, MaterialConsumed)  # noqa: S101 - indexed so
                its_run = self.plant.run_at(lot_id, fact.operation, fact.equipment_id, (place, event))
                key = its_run.key if its_run else (fact.operation,)
                groups.setdefault(key, set()).add(fact.material_lot_id)
        return groups[run.key if run else (operation,)]

    def is_suspect(self, placing: Placing, step: DiesPlaced | Assembled) -> bool:
        """Whether a moved die is one of the wafer asked for, or left a wafer of exposed material."""
        if self.seeds.wafer is not None:
            is_one = suspect_die(self.seeds.wafer, placing.die, self.plant.maps.get(placing.die[0]))
            if is_one:
                self.carrying.suspects.add(placing.die)
            return is_one
        carrying = self.carrying
        if placing.die in carrying.tainted:
            return True
        if not carrying.materials or not self._from_exposed(placing.left, step):
            return False
        carrying.tainted.add(placing.die)
        return True

    def _from_exposed(self, substrate_id: str, step: DiesPlaced | Assembled) -> bool:
        return any(
            self.carrying.carries_material(material_lot, step.event.occurred_at)
            for material_lot in self._materials_of(substrate_id)
        )

    def _materials_of(self, substrate_id: str) -> Iterator[str]:
        for event in self.plant.registered.get(substrate_id, ()):
            material_lot = getattr(event.fact, "material_lot_id", None)
            if material_lot is not None:
                thing = Thing(ThingKind.SUBSTRATE, substrate_id)
                source = Thing(ThingKind.MATERIAL_LOT, material_lot)
                if self.carrying.carries_material(material_lot, self.plant.times[-1]):
                    self.trail.link(Link(source, thing, "MADE_INTO", event, -1))
                yield material_lot

    def is_certain(self, placing: Placing) -> bool:
        """Whether no other transfer contradicts this one."""
        return (placing.die, placing.site) not in self.plant.ledger.dies.in_conflict


def _move(sweep: Sweep, step: Move) -> None:
    carrying = sweep.carrying
    load = carrying.lots.get(step.source)
    if load is None:
        return
    total, load.total = taken(step.total, load.total, step.quantity)
    loose, load.loose = taken(step.loose, load.loose, step.quantity)
    plain, load.plain = taken(step.total, load.plain, step.quantity)
    if total.high > 0:
        target = carrying.lots.get(step.target)
        if target is None:
            target = carrying.lots[step.target] = Load(step.event.occurred_at)
        target.total = joined(target.total, total)
        target.loose = joined(target.loose, loose)
        target.plain = joined(target.plain, plain)
        source = Thing(ThingKind.LOT, step.source)
        relation = "SPLIT_INTO" if step.kind == "SPLIT" else "MERGED_INTO"
        sweep.trail.link(Link(source, Thing(ThingKind.LOT, step.target), relation, step.event, step.place))
    carrying.settle(step.source, step.place)


def _scrap(sweep: Sweep, step: Scrap) -> None:
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
        carrying.scraps.append((step.lot, out))
    carrying.settle(step.lot, step.place)


def _part(sweep: Sweep, step: PartTaken) -> None:
    load = sweep.carrying.lots.get(step.part.lot)
    if load is not None:
        out, load.loose = taken(step.loose, load.loose, step.part.quantity)
        sweep.carrying.parts[step.part] = out


def _mixed(sweep: Sweep, step: Mixed) -> None:
    carrying, at = sweep.carrying, step.event.occurred_at
    if not carrying.carries_material(step.source, at):
        return
    carrying.materials.setdefault(step.target, at)
    source, target = Thing(ThingKind.MATERIAL_LOT, step.source), Thing(ThingKind.MATERIAL_LOT, step.target)
    sweep.trail.link(Link(source, target, "MIXED_INTO", step.event, step.place))


def _consumed(sweep: Sweep, step: Consumed) -> None:
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
    for strip, level in levels.items():
        carrying.strips[strip] = max(level, carrying.strips.get(strip, 0))
    everywhere = DEFINITE if weakest == DEFINITE else POSSIBLE
    units = sweep.plant.ledger.units
    for stay in units.stays.get(meeting.lot, ()):
        if not stay.start < meeting.place <= stay.end:
            continue
        unit = units.units[stay.unit]
        level = everywhere if unit.substrate is None else levels.get(unit.substrate, 0)
        _raise_from_lot(sweep, unit, meeting, level if stay.certain else min(level, POSSIBLE))


def _raise_from_lot(sweep: Sweep, unit: Unit, meeting: Meeting, level: int) -> None:
    source, target = Thing(ThingKind.LOT, meeting.lot), Thing(ThingKind.UNIT, unit.unit_id)
    link = Link(source, target, "HOLDS", unit.named, meeting.place, at_once=True)
    sweep.carrying.raise_unit(unit.unit_id, level, link)


def _identified(sweep: Sweep, step: Identified) -> None:
    """A unit starts from its lot's account, or from its strip and what the lot met besides."""
    carrying = sweep.carrying
    load = carrying.lots.get(step.lot)
    if not step.inherits:
        return
    level = 0
    if load is not None:
        start = load.total if step.substrate is None else load.plain
        level = DEFINITE if 0 < start.low == step.total else POSSIBLE if start.high > 0 else 0
    if step.substrate is not None:
        level = max(level, carrying.strips.get(step.substrate, 0))
    source, target = Thing(ThingKind.LOT, step.lot), Thing(ThingKind.UNIT, step.unit)
    carrying.raise_unit(step.unit, level, Link(source, target, "HOLDS", step.event, step.place))


def _placed(sweep: Sweep, step: DiesPlaced) -> None:
    suspects = [placing for placing in step.dies if sweep.is_suspect(placing, step)]
    if not suspects:
        return
    lot_id = step.lot or sweep.plant.ledger.units.lot_of_substrate.get(step.substrate)
    if lot_id is not None:
        _grow(sweep, step, lot_id, suspects)
        _raise_unplaced(sweep, step, lot_id, suspects)
    for placing in suspects:
        _raise_on_site(sweep, step, placing)


def _grow(sweep: Sweep, step: DiesPlaced | Assembled, lot_id: str, suspects: list[Placing]) -> None:
    fresh = [placing for placing in suspects if placing.fresh]
    if not fresh:
        return
    source = Thing(ThingKind.SUBSTRATE, fresh[0].left)
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
    left = Thing(ThingKind.SUBSTRATE, placing.left)
    die = Thing(ThingKind.DIE, die_key(*placing.die))
    target = Thing(ThingKind.UNIT, unit.unit_id)
    sweep.trail.link(Link(left, die, "TRANSFERRED", step.event, step.place))
    sweep.carrying.raise_unit(unit.unit_id, level, Link(die, target, "PART_OF", unit.named, step.place))


def _assembled(sweep: Sweep, step: Assembled) -> None:
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
    _grow(sweep, step, step.lot, suspects)
    unit = sweep.plant.ledger.units.units[step.unit]
    for placing in suspects:
        level = DEFINITE if sweep.is_certain(placing) else POSSIBLE
        _raise_by_die(sweep, step, placing, unit, level)


def _count_component(sweep: Sweep, step: Assembled, source: Thing, level: int) -> None:
    meeting = Meeting(step.lot, step.place, step.event.occurred_at, source, "BUILT_INTO", step.event)
    sweep.carrying.grow(meeting, 1, definite=level == DEFINITE)


_HANDLERS: Final[dict[type[Any], Callable[[Sweep, Any], None]]] = {
    Move: _move,
    Scrap: _scrap,
    PartTaken: _part,
    Mixed: _mixed,
    Consumed: _consumed,
    Identified: _identified,
    DiesPlaced: _placed,
    Assembled: _assembled,
}
