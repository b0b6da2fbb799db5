"""What is known of one unit: its lot, its dies and components, and where it went (semantics.md section 5)."""

from __future__ import annotations

from dataclasses import dataclass

from twin.folds.step import Site
from twin.folds.whereabouts import Unit
from twin.lineage.impact import loose_disposition
from twin.lineage.plant import Plant
from twin.lineage.scope import must_be_named
from twin.lineage.unit_dies import own_dies
from twin.vocabulary.states import Disposition
from twin.vocabulary.things import Thing, ThingKind


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit at a moment; ``lot_id`` is None after scrap, and once it is built into another unit."""

    unit_id: str
    lot_id: str | None
    substrate_id: str | None
    x: int | None
    y: int | None
    dies: tuple[Site, ...]
    components: tuple[str, ...]
    material_lots: tuple[str, ...]
    container_id: str | None
    shipment_id: str | None
    disposition: Disposition


def nothing_known_of(unit_id: str) -> UnitFacts:
    """A unit that is named, and no more."""
    return UnitFacts(unit_id, None, None, None, None, (), (), (), None, None, Disposition.IN_PROCESS)


def unit_in(plant: Plant, unit_id: str) -> UnitFacts:
    """A unit of a plant; its dies are its own, those of its components are under these.

    Raises:
        NotFound: no counted event names the unit.
    """
    must_be_named(plant, Thing(ThingKind.UNIT, unit_id))
    units = plant.ledger.units.units
    unit = units.get(unit_id)
    if unit is None:
        return nothing_known_of(unit_id)
    outermost = unit
    seen = {unit_id}
    while outermost.built_into is not None and outermost.built_into not in seen:
        seen.add(outermost.built_into)
        outermost = units[outermost.built_into]
    part = outermost.part
    return UnitFacts(
        unit_id=unit_id,
        lot_id=unit.lot,
        substrate_id=unit.substrate,
        x=unit.x,
        y=unit.y,
        dies=tuple(sorted({die for die, _ in own_dies(plant, unit)})),
        components=unit.components,
        material_lots=unit.material_lots,
        container_id=part.container if part else None,
        shipment_id=part.shipment if part else None,
        disposition=_disposition(plant, outermost),
    )


def _disposition(plant: Plant, unit: Unit) -> Disposition:
    if unit.is_scrapped:
        return Disposition.SCRAPPED
    if unit.part is not None:
        return Disposition.SHIPPED if unit.part.shipment is not None else Disposition.IN_STOCK
    return Disposition.IN_PROCESS if unit.lot is None else loose_disposition(plant, unit.lot)
