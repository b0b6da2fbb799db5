"""Lots, and what surrounds them."""

from __future__ import annotations

from typing import Protocol

from strawberry import Parent

from resolvers import filters
from resolvers.asking import Info, ask_at, clocks_of
from resolvers.inputs import LotFilter
from twin.errors import Refused
from twin.events.event import Event
from twin.events.lot import LotSplit
from twin.events.substrate import DiesTransferred, SubstrateProcessed, SubstrateRegistered, UnitsIdentified
from twin.folds.lot import fold_lot
from twin.queries import lots as listed
from twin.queries.clocks import Clocks
from twin.queries.cursors import Place
from twin.queries.lists_at import units_of_lot_at
from twin.queries.lots import LotsAsked, LotsBy
from twin.queries.paging import Listing, page, size, sliced
from twin.queries.units import units_of_lot
from twin.records.equipment import Equipment
from twin.records.event import EventRecord
from twin.records.lot import Consumption, Derivation, Hold, LotState, OperationRun
from twin.records.lots import Lot
from twin.records.material import MaterialLot, Quantity
from twin.records.order import Order, Product
from twin.records.page import Cursor, Edge, Page
from twin.records.substrate import Substrate
from twin.records.unit import Unit
from twin.vocabulary.instants import Instant


class _OfLot(Protocol):
    """Something that belongs to a lot."""

    @property
    def lot_id(self) -> str: ...


class _Told(Protocol):
    """Something that one event told."""

    @property
    def event_id(self) -> str: ...


async def find(
    info: Info, lot_id: str, as_of: Instant | None = None, known_at: Instant | None = None
) -> Lot | None:
    """One lot by the name on its label; null when no event names it."""
    return await info.context.loaders.lots.load((lot_id, ask_at(info, as_of, known_at)))


async def find_all(  # noqa: PLR0913, PLR0917 - the arguments of the contract
    info: Info,
    filter: LotFilter | None = None,  # noqa: A002 - the argument's name in the schema
    order_by: LotsBy | None = None,
    first: int | None = None,
    after: Cursor | None = None,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
) -> Page[Lot]:
    """The lots that a filter keeps; by lot id unless ordered otherwise."""
    wanted, by = size(first), order_by or LotsBy.LOT_ID_ASC
    clocks = ask_at(info, as_of, known_at)
    if clocks.live:
        asked, keep = filters.lots_asked(filter), filters.lots_kept(filter)
        return await page(listed.lots(info.context.graph, asked, by, keep), wanted, after)
    if by is not LotsBy.LOT_ID_ASC:
        raise Refused("With asOf or knownAt, lots come by lot id.", code="list.bad_order", field="orderBy")
    return await page(_lots_at(info, filter, clocks), wanted, after)


def _lots_at(info: Info, asked: LotFilter | None, clocks: Clocks) -> Listing[Lot]:
    """Lots as they were: found by name, folded in chunks, then filtered; one not yet named is skipped."""
    by_name = (
        LotsAsked(ever=True)
        if asked is None
        else LotsAsked(
            ever=True, lot_ids=filters.one_of(asked.lot_id), lot_prefix=filters.prefix(asked.lot_id)
        )
    )
    named = listed.lots(info.context.graph, by_name)

    async def fetch(after: Place | None, limit: int) -> list[Lot]:
        rows = await named.fetch(after, limit)
        then = await info.context.loaders.lots.load_many([(row.lot_id, clocks) for row in rows])
        return [old or Lot(row.lot_id) for row, old in zip(rows, then, strict=True)]

    def keep(lot: Lot) -> bool:
        return lot.revision > 0 and (asked is None or filters.lot_matches(asked, lot))

    return Listing("lots at a moment", fetch, named.place, named.count, keep)


def edges(root: Parent[Page[Lot]]) -> list[Edge[Lot]]:
    """The same lots, each with its place in the list."""
    return [Edge(node, cursor) for node, cursor in zip(root.nodes, root.cursors, strict=True)]


async def product(root: Parent[Lot], info: Info) -> Product | None:
    """What the units of the lot are, its own or inherited from its first parent."""
    if root.product_id is None:
        return None
    found = await info.context.loaders.products.load((root.product_id, clocks_of(info)))
    return found or Product(root.product_id)


async def orders(root: Parent[Lot], info: Info) -> list[Order]:
    """The orders that the lot serves, its own or those of its parents at each derivation."""
    keys = [(order_id, clocks_of(info)) for order_id in root.order_ids]
    found = await info.context.loaders.orders.load_many(keys)
    return [order or Order(order_id) for order, (order_id, _) in zip(found, keys, strict=True)]


async def loose_quantity(root: Parent[Lot], info: Info) -> int:
    """Units neither packed nor shipped; those packed by name are taken off the lot that lists them."""
    if not root.has_units:
        return root.loose_quantity
    state = await info.context.loaders.whole_lots.load((root.lot_id, clocks_of(info)))
    return root.loose_quantity if state is None else state.loose_quantity


async def current_equipment(root: Parent[Lot], info: Info) -> Equipment | None:
    """The machine of the open run; null while the lot waits."""
    if root.current_equipment_id is None:
        return None
    return await _machine(info, root.current_equipment_id)


async def holds(root: Parent[Lot], info: Info, open: bool | None = None) -> list[Hold]:  # noqa: A002, FBT001
    """Why the lot must not go on; all holds, or only open or only released ones."""
    told = (await _state(info, root.lot_id)).holds
    return [hold for hold in told if open is None or (hold.released_at is None) == open]


async def runs(root: Parent[Lot], info: Info) -> list[OperationRun]:
    """The lot's operation runs in time order."""
    return list((await _state(info, root.lot_id)).runs)


async def consumptions(root: Parent[Lot], info: Info) -> list[Consumption]:
    """What the lot used, in time order."""
    return list((await _state(info, root.lot_id)).consumptions)


async def parents(root: Parent[Lot], info: Info) -> list[Derivation]:
    """How units came in from other lots, in time order."""
    return list((await _state(info, root.lot_id)).parents)


async def children(root: Parent[Lot], info: Info) -> list[Derivation]:
    """How units left for other lots, in time order."""
    return list((await _state(info, root.lot_id)).children)


async def substrates(root: Parent[Lot], info: Info) -> list[Substrate]:
    """The wafers, strips and the like that facts put into the lot, by code."""
    clocks = clocks_of(info)
    events = await info.context.loaders.history("Lot", root.lot_id, clocks)
    named = sorted({code for event in events for code in _substrates_named(root.lot_id, event)})
    found = await info.context.loaders.substrates.load_many([(code, clocks) for code in named])
    return [substrate for substrate in found if substrate is not None]


async def units(
    root: Parent[Lot], info: Info, first: int | None = None, after: Cursor | None = None
) -> Page[Unit]:
    """The units whose latest fact put them into the lot, by code."""
    clocks, wanted = clocks_of(info), size(first)
    if clocks.live:
        return await page(units_of_lot(info.context.graph, root.lot_id), wanted, after)
    then = await units_of_lot_at(info.context.graph, root.lot_id, clocks)
    return sliced(f"units {root.lot_id} {clocks!r}", then, lambda unit: (unit.unit_id,), wanted, after)


async def first_pass_yield(root: Parent[Lot], info: Info) -> float | None:
    """Good units over all units of the lot's first attempts that ended; null before any ended."""
    ended = [
        run for run in (await _state(info, root.lot_id)).runs if run.attempt == 1 and run.good is not None
    ]
    shares = [
        run.good / out
        for run in ended
        if run.good is not None and (out := run.good + (run.scrap or 0) + (run.rework or 0)) > 0
    ]
    if not shares:
        return None
    rolled = 1.0
    for share in shares:
        rolled *= share
    return rolled


async def derivation_from(root: Parent[Derivation], info: Info) -> Lot:
    """The lot that the units left."""
    return await _lot(info, root.from_lot_id)


async def derivation_to(root: Parent[Derivation], info: Info) -> Lot:
    """The lot that they went to."""
    return await _lot(info, root.to_lot_id)


async def lot(root: Parent[_OfLot], info: Info) -> Lot:
    """The lot it belongs to."""
    return await _lot(info, root.lot_id)


async def event(root: Parent[_Told], info: Info) -> EventRecord | None:
    """The event that says so."""
    return await info.context.loaders.events.load((root.event_id, Clocks()))


async def equipment(root: Parent[OperationRun], info: Info) -> Equipment | None:
    """The machine it ran on."""
    return await _machine(info, root.equipment_id)


async def run_consumptions(root: Parent[OperationRun], info: Info) -> list[Consumption]:
    """What the lot used during the run, in time order."""
    told = (await _state(info, root.lot_id)).consumptions
    return [used for used in told if used.run_key == root.key]


async def material_lot(root: Parent[Consumption], info: Info) -> MaterialLot:
    """The material lot it was taken from."""
    found = await info.context.loaders.material_lots.load((root.material_lot_id, clocks_of(info)))
    return found or MaterialLot(root.material_lot_id)


async def consumption_run(root: Parent[Consumption], info: Info) -> OperationRun | None:
    """The run it belongs to; null when no run of that operation is known."""
    told = (await _state(info, root.lot_id)).runs
    return next((run for run in told if run.key == root.run_key), None)


def consumed_quantity(root: Parent[Consumption]) -> Quantity:
    """How much was used."""
    return Quantity(root.quantity, root.unit)


def expected_quantity(root: Parent[Consumption]) -> Quantity | None:
    """How much should have been used."""
    return None if root.expected is None else Quantity(root.expected, root.unit)


async def _state(info: Info, lot_id: str) -> LotState:
    state = await info.context.loaders.lot_states.load((lot_id, clocks_of(info)))
    return state or fold_lot(lot_id, ())


async def _lot(info: Info, lot_id: str) -> Lot:
    return await info.context.loaders.lots.load((lot_id, clocks_of(info))) or Lot(lot_id)


async def _machine(info: Info, equipment_id: str) -> Equipment:
    found = await info.context.loaders.equipment.load((equipment_id, clocks_of(info)))
    return found or Equipment(equipment_id)


def _substrates_named(lot_id: str, event: Event) -> list[str]:
    match event.fact:
        case SubstrateRegistered(substrate_id=code) | SubstrateProcessed(substrate_id=code):
            return [code]
        case DiesTransferred(to_substrate_id=code):
            return [code]
        case UnitsIdentified(substrate_id=str() as code):
            return [code]
        case LotSplit(children=parts):
            return [code for part in parts if part.lot_id == lot_id for code in part.substrate_ids]
    return []
