"""One recall on its way through the events: who carries the suspect, and how to tell a suspect die."""

from __future__ import annotations

from collections.abc import Iterator

from twin.events.event import Event
from twin.events.material import MaterialConsumed
from twin.folds.run import Run
from twin.folds.step import Assembled, DiesPlaced, Placing
from twin.lineage.carrying import Carrying
from twin.lineage.evidence import Link, Trail
from twin.lineage.plant import Plant
from twin.lineage.seeds import Seeds
from twin.lineage.wafer import suspect_die
from twin.vocabulary.things import Thing, ThingKind


class Sweep:
    """One recall: its seeds, what carries the suspect, and the trail that it leaves."""

    def __init__(self, plant: Plant, seeds: Seeds) -> None:
        self.plant = plant
        self.seeds = seeds
        self.trail = Trail(seeds.things)
        self.carrying = Carrying(plant, self.trail)
        self._wafers: set[tuple[str, str]] = set()
        self._groups: dict[str, dict[object, set[str]]] = {}

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

    def may_meet_suspect_dies(self) -> bool:
        """Whether a die moved by now can be a suspect: of the wafer asked for, or of exposed material."""
        carrying = self.carrying
        if self.seeds.wafer is not None or carrying.tainted:
            return True
        return not self.plant.wafer_materials.isdisjoint(carrying.materials)

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
            for material_lot in self._materials_of(substrate_id, step.place)
        )

    def _materials_of(self, substrate_id: str, place: int) -> Iterator[str]:
        for event in self.plant.registered.get(substrate_id, ()):
            material_lot = getattr(event.fact, "material_lot_id", None)
            if material_lot is not None:
                self._wafer_of(substrate_id, material_lot, event, place)
                yield material_lot

    def _wafer_of(self, substrate_id: str, material_lot: str, event: Event, place: int) -> None:
        """A wafer of an exposed material lot is where its dies come from."""
        if material_lot in self.carrying.materials and (substrate_id, material_lot) not in self._wafers:
            self._wafers.add((substrate_id, material_lot))
            source = Thing(ThingKind.MATERIAL_LOT, material_lot)
            wafer = Thing(ThingKind.SUBSTRATE, substrate_id)
            self.trail.link(Link(source, wafer, "MADE_INTO", event, place))

    def is_certain(self, placing: Placing) -> bool:
        """Whether no two transfers contradict each other about the die, wherever it went since."""
        return placing.die not in self.plant.ledger.dies.in_conflict
