"""What was measured and maintained, and where things were carried."""

from __future__ import annotations

from typing import Protocol

from strawberry import Parent

from resolvers.asking import Info, clocks_of
from twin.events.event import Event
from twin.events.lot import LotMoved
from twin.folds.stay import stays as places
from twin.queries.clocks import LIVE
from twin.queries.measurements import MAINTAINED, MEASURED, maintenance, measurements, place_of
from twin.queries.paging import size, sliced
from twin.records.equipment import Equipment
from twin.records.event import EventRecord
from twin.records.lots import Lot, Stay
from twin.records.maintenance import Maintenance
from twin.records.measurement import Measurement
from twin.records.page import Cursor, Page
from twin.records.substrate import Substrate
from twin.records.unit import Unit


class _Told(Protocol):
    @property
    def event_id(self) -> str: ...


async def stays(root: Parent[Lot], info: Info) -> list[Stay]:
    """The places it was carried to, one after the other."""
    return places(await _told(info, ("Lot", root.lot_id), (LotMoved.__name__,)))


async def of_lot(
    root: Parent[Lot], info: Info, first: int | None = None, after: Cursor | None = None
) -> Page[Measurement]:
    """What was measured on it, the earliest first."""
    return await _measurements(info, ("Lot", root.lot_id), first, after)


async def of_substrate(
    root: Parent[Substrate], info: Info, first: int | None = None, after: Cursor | None = None
) -> Page[Measurement]:
    """What was measured on it, the earliest first."""
    return await _measurements(info, ("Substrate", root.substrate_id), first, after)


async def of_unit(
    root: Parent[Unit], info: Info, first: int | None = None, after: Cursor | None = None
) -> Page[Measurement]:
    """What was measured on it, the earliest first."""
    return await _measurements(info, ("Unit", root.unit_id), first, after)


async def of_equipment(
    root: Parent[Equipment], info: Info, first: int | None = None, after: Cursor | None = None
) -> Page[Maintenance]:
    """The maintenance tasks that were done on it, the earliest first."""
    wanted = size(first)
    found = maintenance(await _told(info, ("Equipment", root.equipment_id), MAINTAINED))
    return sliced(f"maintenance {root.equipment_id}", found, place_of, wanted, after)


async def equipment(root: Parent[Measurement], info: Info) -> Equipment:
    """The machine that measured."""
    found = await info.context.loaders.equipment.load((root.equipment_id, clocks_of(info)))
    return found or Equipment(root.equipment_id)


async def event(root: Parent[_Told], info: Info) -> EventRecord | None:
    """The event that says so."""
    return await info.context.loaders.events.load((root.event_id, LIVE))


async def _measurements(
    info: Info, thing: tuple[str, str], first: int | None, after: Cursor | None
) -> Page[Measurement]:
    wanted = size(first)
    found = measurements(await _told(info, thing, MEASURED))
    return sliced(f"measurements {thing}", found, place_of, wanted, after)


async def _told(info: Info, thing: tuple[str, str], types: tuple[str, ...]) -> list[Event]:
    return await info.context.loaders.history(*thing, clocks_of(info), types)
