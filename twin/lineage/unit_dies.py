"""Which dies a unit is made of, by where it stands (semantics.md section 5)."""

from __future__ import annotations

from collections.abc import Iterator

from twin.events.event import Event
from twin.folds.assembly import unit_site
from twin.folds.step import Site
from twin.folds.whereabouts import Unit
from twin.lineage.plant import Plant


def own_dies(plant: Plant, unit: Unit) -> Iterator[tuple[Site, Event]]:
    """The dies on its site, or on its substrate when it is alone there, and those built straight into it."""
    dies = plant.ledger.dies
    for placed in dies.placed_on.get(unit_site(unit.unit_id)[0], {}).values():
        yield from placed
    if unit.substrate is None:
        return
    has_site = unit.x is not None and unit.y is not None
    if not has_site and len(plant.ledger.units.units_on.get(unit.substrate, {})) > 1:
        return
    on_it = dies.placed_on.get(unit.substrate, {})
    if unit.x is not None and unit.y is not None:
        site = (unit.substrate, unit.x, unit.y)
        on_it = {site: on_it.get(site, [])}
    for site, placed in on_it.items():
        for die, event in placed:
            if die in dies.on.get(site, ()):
                yield die, event
