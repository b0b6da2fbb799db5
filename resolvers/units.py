"""Single units: where they are, what they are made of, how they tested."""

from __future__ import annotations

from strawberry import Parent

from resolvers.asking import Info, ask_at, clocks_of
from resolvers.nodes import die as load_die
from twin.lineage.unit_facts import UnitFacts, nothing_known_of
from twin.queries.substrates import touchdowns
from twin.records.lots import Lot
from twin.records.material import MaterialLot
from twin.records.packing import Container, Shipment
from twin.records.substrate import Die, Substrate
from twin.records.unit import TestResult, Unit
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Disposition


async def find(
    info: Info, unit_id: str, as_of: Instant | None = None, known_at: Instant | None = None
) -> Unit | None:
    """One unit by its code; null when no event names it."""
    return await info.context.loaders.units.load((unit_id, ask_at(info, as_of, known_at)))


async def lot(root: Parent[Unit], info: Info) -> Lot | None:
    """The lot it is in; null after scrap and once it is built into another unit."""
    lot_id = (await _facts(info, root)).lot_id
    if lot_id is None:
        return None
    return await info.context.loaders.lots.load((lot_id, clocks_of(info))) or Lot(lot_id)


async def substrate(root: Parent[Unit], info: Info) -> Substrate | None:
    """What it stands on, or was cut from."""
    code = (await _facts(info, root)).substrate_id
    if code is None:
        return None
    return await info.context.loaders.substrates.load((code, clocks_of(info))) or Substrate(code)


async def dies(root: Parent[Unit], info: Info) -> list[Die]:
    """The unit's own dies, as their wafers know them; those of its components are under components."""
    return [await _die(info, *site) for site in (await _facts(info, root)).dies]


async def components(root: Parent[Unit], info: Info) -> list[Unit]:
    """The units that were built into it."""
    named = (await _facts(info, root)).components
    found = await info.context.loaders.units.load_many([(key, clocks_of(info)) for key in named])
    return [unit or Unit(key) for unit, key in zip(found, named, strict=True)]


async def material_lots(root: Parent[Unit], info: Info) -> list[MaterialLot]:
    """The material lots that were built into it one by one."""
    named = (await _facts(info, root)).material_lots
    found = await info.context.loaders.material_lots.load_many([(key, clocks_of(info)) for key in named])
    return [material or MaterialLot(key) for material, key in zip(found, named, strict=True)]


async def tests(root: Parent[Unit], info: Info) -> list[TestResult]:
    """What testers said of it, in time order."""
    events = await info.context.loaders.history("Unit", root.unit_id, clocks_of(info))
    return list(touchdowns(events, unit_id=root.unit_id))


async def container(root: Parent[Unit], info: Info) -> Container | None:
    """What it was packed in."""
    key = (await _facts(info, root)).container_id
    if key is None:
        return None
    return await info.context.loaders.containers.load((key, clocks_of(info))) or Container(key)


async def shipment(root: Parent[Unit], info: Info) -> Shipment | None:
    """The shipment that took it, or its container."""
    key = (await _facts(info, root)).shipment_id
    return None if key is None else await info.context.loaders.shipments.load((key, clocks_of(info)))


async def disposition(root: Parent[Unit], info: Info) -> Disposition:
    """Where it is now."""
    return (await _facts(info, root)).disposition


async def _facts(info: Info, unit: Unit) -> UnitFacts:
    found = await info.context.loaders.unit_facts.load((unit.unit_id, clocks_of(info)))
    return found or nothing_known_of(unit.unit_id)


async def _die(info: Info, substrate_id: str, x: int, y: int) -> Die:
    found = await load_die(info.context.loaders, substrate_id, x, y, clocks_of(info))
    return found or Die(substrate_id, x, y)
