"""Recall: the exposure of a request, folded once, shown in slices."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Final

from strawberry import Parent

from resolvers.asking import Info, ask_at, asks_only, clocks_of
from resolvers.context import Context
from resolvers.inputs import RecallScope
from resolvers.scopes import scope_asked
from resolvers.shown import RecallImpact, ShownLot, ShownPath, ShownUnit
from twin.graph.session import Graph
from twin.intake.watermark import Watermark as Progress
from twin.queries.answers import answer_about
from twin.queries.clocks import LIVE, Clocks
from twin.queries.paging import size, sliced
from twin.queries.recall_impact import recall_impact
from twin.queries.watermark import watermark
from twin.records import recall as records
from twin.records.answer import Watermark
from twin.records.event import EventRecord
from twin.records.lots import Lot
from twin.records.material import MaterialLot
from twin.records.order import Customer, Order
from twin.records.packing import Shipment
from twin.records.page import Cursor, Page
from twin.records.recall import (
    AffectedCustomer,
    AffectedMaterialLot,
    AffectedOrder,
    AffectedShipment,
    EvidenceStep,
)
from twin.records.unit import Unit
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Certainty
from twin.vocabulary.things import ThingKind

_PATHS_AT_MOST: Final = 100


async def impact(
    info: Info, scope: RecallScope, as_of: Instant | None = None, known_at: Instant | None = None
) -> RecallImpact:
    """Everything that may carry the suspect, with bounds and evidence. Reads only."""
    return await impact_of(info.context, scope_asked(scope), ask_at(info, as_of, known_at))


async def impact_of(context: Context, scope: records.RecallScope, clocks: Clocks = LIVE) -> RecallImpact:
    """The answer to a recall scope, folded once per request."""
    if (folded := context.exposures.get((scope, clocks))) is not None:
        return await impact_shown(context.graph, scope, clocks, folded)
    async with context.limits.heavy:
        read_up_to = await watermark(context.graph)
        covering = Progress.decode(read_up_to.token).positions
        exposure = await recall_impact(context.graph, scope, clocks, context.index, covering)
    context.exposures[scope, clocks] = exposure
    return await impact_shown(context.graph, scope, clocks, exposure, read_up_to)


async def impact_shown(
    graph: Graph,
    scope: records.RecallScope,
    clocks: Clocks,
    exposure: records.Exposure,
    read_up_to: Watermark | None = None,
) -> RecallImpact:
    """An exposure with what the answer says about itself."""
    answer = await answer_about(
        graph,
        clocks,
        exposure.findings,
        limit_hit=None if exposure.complete else exposure.limit_hit or "unknown",
        read_up_to=read_up_to,
    )
    return RecallImpact(f"{scope!r} {clocks!r}", exposure, answer)


def lots(
    root: Parent[RecallImpact],
    certainty: Certainty | None = None,
    first: int | None = 100,
    after: Cursor | None = None,
) -> Page[ShownLot]:
    """The lots reached, by name; of one certainty or both."""
    rows = root.exposure.lots
    if certainty is not None:
        rows = [row for row in rows if row.certainty is certainty]
    name, wanted = f"lots {certainty} {root.name}", size(first, default=100)
    page = sliced(name, rows, lambda row: (row.lot_id,), wanted, after)
    return page.shown_as(lambda row: ShownLot(row, root.exposure))


def units(
    root: Parent[RecallImpact],
    certainty: Certainty | None = None,
    first: int | None = 100,
    after: Cursor | None = None,
) -> Page[ShownUnit]:
    """The units reached, by name; of one certainty or both."""
    rows = root.exposure.units
    if certainty is not None:
        rows = [row for row in rows if row.certainty is certainty]
    name, wanted = f"units {certainty} {root.name}", size(first, default=100)
    page = sliced(name, rows, lambda row: (row.unit_id,), wanted, after)
    return page.shown_as(lambda row: ShownUnit(row, root.exposure))


async def lot_evidence(
    root: Parent[ShownLot],
    all: bool | None = False,  # noqa: A002, FBT001, FBT002 - the argument's name in the schema
    limit: int | None = 10,
) -> list[ShownPath]:
    """How the suspect reached it: the shortest path, or all distinct ones, shortest first."""
    return await _paths(root, every=bool(all), limit=limit)


async def unit_evidence(
    root: Parent[ShownUnit],
    all: bool | None = False,  # noqa: A002, FBT001, FBT002 - the argument's name in the schema
    limit: int | None = 10,
) -> list[ShownPath]:
    """How the suspect reached it: the shortest path, or all distinct ones, shortest first."""
    return await _paths(root, every=bool(all), limit=limit)


def affected_lot(root: Parent[ShownLot], info: Info) -> Lot | Awaitable[Lot]:
    """The lot; its id alone needs no look at the graph."""
    return Lot(root.lot_id) if asks_only(info, "lotId") else _lot(info, root.lot_id)


async def _lot(info: Info, lot_id: str) -> Lot:
    return await info.context.loaders.lots.load((lot_id, clocks_of(info))) or Lot(lot_id)


def affected_unit(root: Parent[ShownUnit], info: Info) -> Unit | Awaitable[Unit]:
    """The unit; its id alone needs no look at the graph."""
    return Unit(root.unit_id) if asks_only(info, "unitId") else _unit(info, root.unit_id)


async def _unit(info: Info, unit_id: str) -> Unit:
    return await info.context.loaders.units.load((unit_id, clocks_of(info))) or Unit(unit_id)


async def affected_shipment(root: Parent[AffectedShipment], info: Info) -> Shipment | None:
    """The shipment."""
    return await info.context.loaders.shipments.load((root.shipment_id, clocks_of(info)))


async def affected_order(root: Parent[AffectedOrder], info: Info) -> Order:
    """The order."""
    return await info.context.loaders.orders.load((root.order_id, clocks_of(info))) or Order(root.order_id)


def affected_customer(root: Parent[AffectedCustomer]) -> Customer:
    """The customer."""
    return Customer(root.customer_id)


async def affected_material_lot(root: Parent[AffectedMaterialLot], info: Info) -> MaterialLot:
    """The material lot."""
    key = root.material_lot_id
    return await info.context.loaders.material_lots.load((key, clocks_of(info))) or MaterialLot(key)


def from_kind(root: Parent[EvidenceStep]) -> ThingKind:
    """What kind of thing carried it."""
    return root.source.kind


def from_key(root: Parent[EvidenceStep]) -> str:
    """The thing that carried it, as KIND:key."""
    return str(root.source)


def to_kind(root: Parent[EvidenceStep]) -> ThingKind:
    """What kind of thing it went to."""
    return root.target.kind


def to_key(root: Parent[EvidenceStep]) -> str:
    """The thing it went to, as KIND:key."""
    return str(root.target)


async def step_event(root: Parent[EvidenceStep], info: Info) -> EventRecord | None:
    """The event that says so."""
    return await info.context.loaders.events.load((root.event_id, LIVE))


async def _paths(root: ShownLot | ShownUnit, *, every: bool, limit: int | None) -> list[ShownPath]:
    wanted = size(limit, default=10, most=_PATHS_AT_MOST)
    if not every:
        return [ShownPath(path) for path in root.exposure.evidence(root.thing, limit=wanted)]
    paths = await asyncio.to_thread(root.exposure.evidence, root.thing, every=True, limit=wanted)
    return [ShownPath(path) for path in paths]
