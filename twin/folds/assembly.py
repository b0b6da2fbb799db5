"""Units built from other units, dies and material lots (semantics.md section 5)."""

from __future__ import annotations

from twin.events.event import Event
from twin.events.substrate import Component, UnitsAssembled
from twin.folds.die import IN_UNIT
from twin.folds.ledger import Ledger
from twin.folds.step import Assembled, Identified, Placing, Site
from twin.folds.whereabouts import Whereabouts


def assemble(ledger: Ledger, place: int, event: Event, fact: UnitsAssembled) -> None:
    """Build a unit: its components leave their lots' lists, its lot's quantity stays."""
    total = ledger.accounts.of(fact.lot_id, event).total
    own, outside = _components(ledger.units, fact)
    whole = next((part.substrate_id for part in fact.components if _is_whole_substrate(part)), None)
    if ledger.units.name(fact.unit_id, fact.lot_id, place, event):
        step = Identified(place, event, fact.unit_id, fact.lot_id, total, whole, inherits=not own)
        ledger.record(step)
    if whole is not None and ledger.units.units[fact.unit_id].substrate is None:
        ledger.units.stand(ledger.units.units[fact.unit_id], whole, None, None)
    for unit_id in (*own, *outside):
        ledger.units.build_in(unit_id, fact.unit_id, place, event)
    unit = ledger.units.units[fact.unit_id]
    materials = tuple(
        dict.fromkeys(part.material_lot_id for part in fact.components if part.material_lot_id is not None)
    )
    unit.components += tuple(unit_id for unit_id in (*own, *outside) if unit_id not in unit.components)
    unit.material_lots += tuple(lot for lot in materials if lot not in unit.material_lots)
    dies = _dies(ledger, event, fact)
    ledger.record(
        Assembled(place, event, fact.unit_id, fact.lot_id, tuple(own), tuple(outside), dies, materials)
    )


def _components(units: Whereabouts, fact: UnitsAssembled) -> tuple[list[str], list[str]]:
    """Component units of the lot itself, and those that come, or may come, from elsewhere."""
    own: list[str] = []
    outside: list[str] = []
    names = dict.fromkeys(part.unit_id for part in fact.components if part.unit_id is not None)
    for unit_id in names:
        if unit_id == fact.unit_id:
            continue
        unit = units.units.get(unit_id)
        is_own = unit is not None and unit.lot == fact.lot_id and not (unit.in_doubt and unit.maybe)
        (own if is_own else outside).append(unit_id)
    return own, outside


def _dies(ledger: Ledger, event: Event, fact: UnitsAssembled) -> tuple[Placing, ...]:
    rows = [(_site(part), unit_site(fact.unit_id)) for part in fact.components if _is_die(part)]
    placings: list[Placing] = []
    for number, (source, (name, _, _)) in enumerate(rows):
        placings += ledger.dies.move([(source, (name, number, event.occurred_at))], fact.lot_id, event)
    return tuple(placings)


def unit_site(unit_id: str) -> Site:
    """Where dies built straight into a unit are said to be; no substrate can have this name."""
    return (f"{IN_UNIT}{unit_id}", 0, 0)


def _is_die(part: Component) -> bool:
    return part.substrate_id is not None and part.x is not None and part.y is not None


def _is_whole_substrate(part: Component) -> bool:
    return part.substrate_id is not None and part.x is None and part.y is None


def _site(part: Component) -> Site:
    return (part.substrate_id or "", part.x or 0, part.y or 0)
