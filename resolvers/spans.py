"""What machines went through, and who looked at lots and substrates."""

from __future__ import annotations

from typing import Protocol

from strawberry import Parent

from resolvers.asking import Info, clocks_of
from resolvers.filters import within
from resolvers.inputs import TimeWindow
from resolvers.pages import numbered
from twin.events.event import Event
from twin.queries import spans
from twin.queries.clocks import LIVE
from twin.queries.paging import size, sliced
from twin.records.equipment import Equipment
from twin.records.event import EventRecord
from twin.records.inspection import Defect, Inspection
from twin.records.lots import Lot
from twin.records.material import MaterialLot
from twin.records.page import Cursor, Page
from twin.records.spans import MountInterval, Repair, StateInterval
from twin.records.substrate import Substrate
from twin.records.tool import Tool


class _ToldByOne(Protocol):
    @property
    def event_id(self) -> str: ...


class _ToldBySome(Protocol):
    @property
    def event_ids(self) -> tuple[str, ...]: ...


async def states(
    root: Parent[Equipment],
    info: Info,
    began: TimeWindow | None = None,
    first: int | None = None,
    after: Cursor | None = None,
) -> Page[StateInterval]:
    """What it was in, from report to report, the latest first; `began` keeps those that began within it."""
    wanted = size(first)
    found = spans.states(await _told(info, ("Equipment", root.equipment_id), spans.STATES))
    kept = [one for one in found if within(began, one.started_at)]
    name = f"states {root.equipment_id} {began!r}"
    return sliced(name, kept, spans.place_of_state, wanted, after)


async def mounts(
    root: Parent[Equipment], info: Info, first: int | None = None, after: Cursor | None = None
) -> Page[MountInterval]:
    """The tools and material lots that sat on it, the latest first."""
    return await _mounts(info, ("Equipment", root.equipment_id), first, after)


async def material_mounts(
    root: Parent[MaterialLot], info: Info, first: int | None = None, after: Cursor | None = None
) -> Page[MountInterval]:
    """The machines that it sat on, the latest first."""
    return await _mounts(info, ("MaterialLot", root.material_lot_id), first, after)


async def tool_mounts(
    root: Parent[Tool], info: Info, first: int | None = None, after: Cursor | None = None
) -> Page[MountInterval]:
    """The machines that it sat on, the latest first."""
    return await _mounts(info, ("Tool", root.tool_id), first, after)


async def _mounts(
    info: Info, thing: tuple[str, str], first: int | None, after: Cursor | None
) -> Page[MountInterval]:
    wanted = size(first)
    found = spans.mounts(await _told(info, thing, spans.MOUNTS))
    return sliced(f"mounts {thing}", found, spans.place_of_mount, wanted, after)


async def repairs(
    root: Parent[Equipment], info: Info, first: int | None = None, after: Cursor | None = None
) -> Page[Repair]:
    """Its repairs, by name."""
    wanted = size(first)
    found = spans.repairs(await _told(info, ("Equipment", root.equipment_id), spans.REPAIRS))
    return sliced(f"repairs {root.equipment_id}", found, lambda one: (one.repair_id,), wanted, after)


async def lot_inspections(
    root: Parent[Lot], info: Info, first: int | None = None, after: Cursor | None = None
) -> Page[Inspection]:
    """Who looked at it, and judged, the earliest first."""
    return await _inspections(info, ("Lot", root.lot_id), first, after)


async def substrate_inspections(
    root: Parent[Substrate], info: Info, first: int | None = None, after: Cursor | None = None
) -> Page[Inspection]:
    """Who looked at it, and judged, the earliest first."""
    return await _inspections(info, ("Substrate", root.substrate_id), first, after)


async def _inspections(
    info: Info, thing: tuple[str, str], first: int | None, after: Cursor | None
) -> Page[Inspection]:
    wanted = size(first)
    label, key = thing
    told = spans.inspections(await _told(info, thing, spans.INSPECTIONS))
    found = [one for one in told if key == (one.lot_id if label == "Lot" else one.substrate_id)]
    return sliced(f"inspections {thing}", found, spans.place_of_inspection, wanted, after)


async def _told(info: Info, thing: tuple[str, str], types: tuple[str, ...]) -> list[Event]:
    """The counted events of some types about a thing, at the moments of the question."""
    return await info.context.loaders.history(*thing, clocks_of(info), types)


async def defects(
    root: Parent[Inspection], first: int | None = None, after: Cursor | None = None
) -> Page[Defect]:
    """The faults that were seen, as they were told."""
    return numbered(f"defects {root.event_id}", root.defects, size(first), after)


async def lot(root: Parent[StateInterval], info: Info) -> Lot | None:
    """The lot that the report named."""
    if root.lot_id is None:
        return None
    return await info.context.loaders.lots.load((root.lot_id, clocks_of(info))) or Lot(root.lot_id)


async def material_lot(root: Parent[MountInterval], info: Info) -> MaterialLot | None:
    """The material lot that sat there; null for a tool."""
    if root.material_lot_id is None:
        return None
    return await info.context.loaders.material_lots.load((root.material_lot_id, clocks_of(info)))


async def equipment(root: Parent[MountInterval], info: Info) -> Equipment:
    """The machine it sat on."""
    found = await info.context.loaders.equipment.load((root.equipment_id, clocks_of(info)))
    return found or Equipment(root.equipment_id)


async def event(root: Parent[_ToldByOne], info: Info) -> EventRecord | None:
    """The event that says so."""
    return await info.context.loaders.events.load((root.event_id, LIVE))


async def events(root: Parent[_ToldBySome], info: Info) -> list[EventRecord]:
    """The events that say so, in their order."""
    found = await info.context.loaders.events.load_many([(name, LIVE) for name in root.event_ids])
    return [record for record in found if record is not None]
