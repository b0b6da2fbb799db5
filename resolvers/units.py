"""Single units: where they are, what they are made of, how they tested."""

from __future__ import annotations

from strawberry import Parent

from resolvers.asking import Info, ask_at, clocks_of
from resolvers.nodes import die as load_die
from resolvers.whereabouts import whereabouts_of_unit
from twin.events.substrate import Component
from twin.queries.substrates import touchdowns
from twin.queries.units import components_of, dies_on
from twin.records.lots import Lot
from twin.records.material import MaterialLot
from twin.records.packing import Container, Shipment
from twin.records.substrate import Die, Substrate
from twin.records.unit import TestResult, Unit
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Disposition, LotStatus


async def find(
    info: Info, unit_id: str, as_of: Instant | None = None, known_at: Instant | None = None
) -> Unit | None:
    """One unit by its code; null when no event names it."""
    return await info.context.loaders.units.load((unit_id, ask_at(info, as_of, known_at)))


async def lot(root: Parent[Unit], info: Info) -> Lot | None:
    """The lot it is in; null after scrap."""
    if root.lot_id is None:
        return None
    return await info.context.loaders.lots.load((root.lot_id, clocks_of(info))) or Lot(root.lot_id)


async def substrate(root: Parent[Unit], info: Info) -> Substrate | None:
    """What it stands on, or was cut from."""
    if root.substrate_id is None:
        return None
    found = await info.context.loaders.substrates.load((root.substrate_id, clocks_of(info)))
    return found or Substrate(root.substrate_id)


async def dies(root: Parent[Unit], info: Info) -> list[Die]:
    """The unit's own dies, as their wafers know them; those of its components are under components."""
    sites = {
        (part.substrate_id, part.x, part.y): None
        for part in await _components(info, root)
        if part.substrate_id is not None and part.x is not None and part.y is not None
    }
    if root.substrate_id is not None:
        events = await info.context.loaders.history("Substrate", root.substrate_id, clocks_of(info))
        sites |= dict.fromkeys(dies_on(root, events))
    return [await _die(info, *site) for site in sites]


async def components(root: Parent[Unit], info: Info) -> list[Unit]:
    """The units that were built into it."""
    clocks = clocks_of(info)
    named = dict.fromkeys(part.unit_id for part in await _components(info, root) if part.unit_id is not None)
    found = await info.context.loaders.units.load_many([(key, clocks) for key in named])
    return [unit or Unit(key) for unit, key in zip(found, named, strict=True)]


async def material_lots(root: Parent[Unit], info: Info) -> list[MaterialLot]:
    """The material lots that were built into it one by one."""
    clocks = clocks_of(info)
    parts = await _components(info, root)
    named = dict.fromkeys(part.material_lot_id for part in parts if part.material_lot_id is not None)
    found = await info.context.loaders.material_lots.load_many([(key, clocks) for key in named])
    return [material or MaterialLot(key) for material, key in zip(found, named, strict=True)]


async def tests(root: Parent[Unit], info: Info) -> list[TestResult]:
    """What testers said of it, in time order."""
    events = await info.context.loaders.history("Unit", root.unit_id, clocks_of(info))
    return list(touchdowns(events, unit_id=root.unit_id))


async def container(root: Parent[Unit], info: Info) -> Container | None:
    """What it was packed in by name, or its whole lot was."""
    key, _ = await whereabouts_of_unit(info.context.loaders, root, clocks_of(info))
    if key is None:
        return None
    return await info.context.loaders.containers.load((key, clocks_of(info))) or Container(key)


async def shipment(root: Parent[Unit], info: Info) -> Shipment | None:
    """The shipment that took it, its container, or its whole lot."""
    _, key = await whereabouts_of_unit(info.context.loaders, root, clocks_of(info))
    return None if key is None else await info.context.loaders.shipments.load((key, clocks_of(info)))


async def disposition(root: Parent[Unit], info: Info) -> Disposition:
    """Where it is now."""
    if root.scrapped_at is not None:
        return Disposition.SCRAPPED
    packed, shipped = await whereabouts_of_unit(info.context.loaders, root, clocks_of(info))
    if shipped is not None:
        return Disposition.SHIPPED
    if packed is not None:
        return Disposition.IN_STOCK
    lot_id = root.lot_id
    held = None if lot_id is None else await info.context.loaders.lots.load((lot_id, clocks_of(info)))
    if held is not None and held.status is LotStatus.COMPLETED:
        return Disposition.IN_STOCK
    if held is not None and held.status is LotStatus.CANCELLED:
        return Disposition.CANCELLED
    return Disposition.IN_PROCESS


async def _components(info: Info, unit: Unit) -> list[Component]:
    events = await info.context.loaders.history("Unit", unit.unit_id, clocks_of(info))
    return list(components_of(unit.unit_id, events))


async def _die(info: Info, substrate_id: str, x: int, y: int) -> Die:
    found = await load_die(info.context.loaders, substrate_id, x, y, clocks_of(info))
    return found or Die(substrate_id, x, y)
