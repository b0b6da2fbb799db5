"""Substrates, dies and the moves between them."""

from __future__ import annotations

from strawberry import Parent

from resolvers.asking import Info, clocks_of
from resolvers.nodes import die as load_die
from resolvers.pages import numbered
from twin.queries.clocks import LIVE, Clocks
from twin.queries.events import FindingsAsked, findings
from twin.queries.lists_at import conflicts_at, unit_on_site_at
from twin.queries.paging import page, size
from twin.queries.substrates import touchdowns, transfers_among
from twin.queries.units import unit_on_site
from twin.records.event import EventRecord, Finding
from twin.records.lots import Lot
from twin.records.material import MaterialLot
from twin.records.page import Cursor, Page
from twin.records.substrate import Die, Substrate, Transfer
from twin.records.unit import TestResult, Unit
from twin.vocabulary.states import TraceDirection


async def find(info: Info, substrate_id: str) -> Substrate | None:
    """One wafer, strip or the like by its code; null when no event names it."""
    return await info.context.loaders.substrates.load((substrate_id, LIVE))


async def find_die(info: Info, substrate_id: str, x: int, y: int) -> Die | None:
    """One die by its substrate and coordinates; null where the map has no such site."""
    return await load_die(info.context.loaders, substrate_id, x, y, LIVE)


async def lot(root: Parent[Substrate], info: Info) -> Lot | None:
    """The lot that it is in."""
    if root.lot_id is None:
        return None
    return await info.context.loaders.lots.load((root.lot_id, clocks_of(info))) or Lot(root.lot_id)


async def material_lot(root: Parent[Substrate], info: Info) -> MaterialLot | None:
    """The material lot that it came with."""
    if root.material_lot_id is None:
        return None
    found = await info.context.loaders.material_lots.load((root.material_lot_id, clocks_of(info)))
    return found or MaterialLot(root.material_lot_id)


async def transfers(
    root: Parent[Substrate],
    info: Info,
    direction: TraceDirection,
    first: int | None = None,
    after: Cursor | None = None,
) -> Page[Transfer]:
    """Dies moved onto this substrate (ANCESTORS), or off it (DESCENDANTS), in time order."""
    wanted, key = size(first), root.substrate_id
    moved = await _moved(info, key)
    onto = direction is TraceDirection.ANCESTORS
    rows = [t for t in moved if (t.to_substrate_id if onto else t.from_substrate_id) == key]
    return numbered(f"transfers {direction.value} {key}", rows, wanted, after)


async def transfer_source(root: Parent[Transfer], info: Info) -> Die:
    """The die that was moved, on the substrate it came from."""
    return await _die(info, root.from_substrate_id, root.from_x, root.from_y)


async def transfer_target(root: Parent[Transfer], info: Info) -> Substrate:
    """The substrate that it was put on."""
    return await _substrate(info, root.to_substrate_id)


async def event(root: Parent[Transfer], info: Info) -> EventRecord | None:
    """The event that says so."""
    return await info.context.loaders.events.load((root.event_id, LIVE))


async def die_substrate(root: Parent[Die], info: Info) -> Substrate:
    """What it stands on."""
    return await _substrate(info, root.substrate_id)


async def die_unit(root: Parent[Die], info: Info) -> Unit | None:
    """The unit on that site, or on the site that the die went to last; null when none is known."""
    here = await _unit_on(info, _site(root))
    if here is not None:
        return here
    gone = [
        t for t in await _moves_of(info, root) if (t.from_substrate_id, t.from_x, t.from_y) == _site(root)
    ]
    return await _unit_on(info, (gone[-1].to_substrate_id, gone[-1].x, gone[-1].y)) if gone else None


async def die_transfers(root: Parent[Die], info: Info) -> list[Transfer]:
    """The moves that took it from this site, or put a die on it, in time order."""
    return await _moves_of(info, root)


async def die_tests(root: Parent[Die], info: Info) -> list[TestResult]:
    """What testers said of this site, in time order."""
    events = await info.context.loaders.history("Substrate", root.substrate_id, clocks_of(info))
    return list(touchdowns(events, site=_site(root)))


async def die_conflicts(root: Parent[Die], info: Info) -> list[Finding]:
    """What does not fit about it, the latest first."""
    clocks = clocks_of(info)
    if not clocks.live:
        return await conflicts_at(info.context.graph, root, clocks)
    asked = FindingsAsked(open=True, thing=f"DIE:{root.key}")
    return list((await page(findings(info.context.graph, asked), 50, None)).nodes)


async def _unit_on(info: Info, site: tuple[str, int, int]) -> Unit | None:
    graph, clocks = info.context.graph, clocks_of(info)
    return await (unit_on_site(graph, *site) if clocks.live else unit_on_site_at(graph, *site, clocks))


async def _moved(info: Info, substrate_id: str, clocks: Clocks | None = None) -> tuple[Transfer, ...]:
    events = await info.context.loaders.history("Substrate", substrate_id, clocks or clocks_of(info))
    return transfers_among(events)


async def _moves_of(info: Info, die: Die) -> list[Transfer]:
    site = _site(die)
    return [
        t
        for t in await _moved(info, die.substrate_id)
        if site in ((t.from_substrate_id, t.from_x, t.from_y), (t.to_substrate_id, t.x, t.y))
    ]


async def _die(info: Info, substrate_id: str, x: int, y: int) -> Die:
    found = await load_die(info.context.loaders, substrate_id, x, y, clocks_of(info))
    return found or Die(substrate_id, x, y)


async def _substrate(info: Info, substrate_id: str) -> Substrate:
    found = await info.context.loaders.substrates.load((substrate_id, clocks_of(info)))
    return found or Substrate(substrate_id)


def _site(die: Die) -> tuple[str, int, int]:
    return die.substrate_id, die.x, die.y
