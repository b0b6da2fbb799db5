"""Machines and their alarms."""

from __future__ import annotations

from strawberry import Parent

from resolvers import filters
from resolvers.asking import Info, ask_at, clocks_of
from resolvers.inputs import AlarmFilter, EquipmentFilter
from twin.queries import equipment as listed
from twin.queries.paging import page, size
from twin.records.equipment import Alarm, Equipment
from twin.records.lots import Lot
from twin.records.page import Cursor, Page
from twin.vocabulary.instants import Instant


async def find(
    info: Info, equipment_id: str, as_of: Instant | None = None, known_at: Instant | None = None
) -> Equipment | None:
    """One machine by its name; null when no event names it."""
    return await info.context.loaders.equipment.load((equipment_id, ask_at(info, as_of, known_at)))


async def find_all(
    info: Info,
    filter: EquipmentFilter | None = None,  # noqa: A002 - the argument's name in the schema
    first: int | None = None,
    after: Cursor | None = None,
) -> Page[Equipment]:
    """The machines that a filter keeps, by name."""
    listing = listed.machines(info.context.graph, filters.machines_asked(filter))
    return await page(listing, size(first), after)


async def alarms(
    info: Info,
    filter: AlarmFilter | None = None,  # noqa: A002 - the argument's name in the schema
    first: int | None = None,
    after: Cursor | None = None,
) -> Page[Alarm]:
    """The alarms that a filter keeps, the latest first."""
    listing = listed.alarms(info.context.graph, filters.alarms_asked(filter))
    return await page(listing, size(first), after)


async def lot(root: Parent[Equipment], info: Info) -> Lot | None:
    """The lot it works on."""
    if root.lot_id is None:
        return None
    return await info.context.loaders.lots.load((root.lot_id, clocks_of(info))) or Lot(root.lot_id)


async def open_alarms(root: Parent[Equipment], info: Info) -> list[Alarm]:
    """Its alarms that are not cleared, the earliest first."""
    return list(await info.context.loaders.open_alarms.load((root.equipment_id, clocks_of(info))) or ())


async def alarm_equipment(root: Parent[Alarm], info: Info) -> Equipment:
    """The machine that raised it."""
    found = await info.context.loaders.equipment.load((root.equipment_id, clocks_of(info)))
    return found or Equipment(root.equipment_id)


async def alarm_lot(root: Parent[Alarm], info: Info) -> Lot | None:
    """The lot that was in the machine, where it tells."""
    if root.lot_id is None:
        return None
    return await info.context.loaders.lots.load((root.lot_id, clocks_of(info))) or Lot(root.lot_id)
