"""Materials, material lots and their uses."""

from __future__ import annotations

from strawberry import Parent

from resolvers import filters
from resolvers.asking import Info, ask_at, clocks_of
from resolvers.inputs import MaterialLotFilter, ThingRef
from resolvers.nodes import load_thing
from resolvers.pages import numbered
from resolvers.references import thing_asked
from twin.errors import NotFound
from twin.events.material import MaterialMixed
from twin.queries import materials as listed
from twin.queries.clocks import LIVE
from twin.queries.paging import page, size
from twin.queries.where_used import where_used
from twin.records.event import EventRecord
from twin.records.material import Material, MaterialLot, Use
from twin.records.page import Cursor, Page
from twin.vocabulary.instants import Instant
from twin.vocabulary.things import LABELS, Thing, ThingKind


async def find(info: Info, material_lot_id: str) -> MaterialLot | None:
    """One material lot by the name on its label; null when no event names it."""
    return await info.context.loaders.material_lots.load((material_lot_id, LIVE))


async def find_all(
    info: Info,
    filter: MaterialLotFilter | None = None,  # noqa: A002 - the argument's name in the schema
    first: int | None = None,
    after: Cursor | None = None,
) -> Page[MaterialLot]:
    """The material lots that a filter keeps, by name."""
    asked = filters.material_lots_asked(filter)
    return await page(listed.material_lots(info.context.graph, asked), size(first), after)


async def uses(
    info: Info,
    of: ThingRef,
    as_of: Instant | None = None,
    known_at: Instant | None = None,
    first: int | None = 100,
    after: Cursor | None = None,
) -> Page[Use]:
    """Where a material lot, substrate or tool was used, one level."""
    wanted, thing = size(first, default=100), thing_asked(of)
    clocks = ask_at(info, as_of, known_at)
    found = await where_used(info.context.graph, thing, clocks, info.context.index)
    if not found and not await info.context.loaders.history(LABELS[thing.kind], thing.key, clocks):
        raise NotFound(f"No event names {thing}.", field="of")
    return numbered(f"uses {thing}", found, wanted, after)


async def material(root: Parent[MaterialLot], info: Info) -> Material | None:
    """What it is, under its own name if the lot came under another; null when nobody said."""
    if root.material_id is None:
        return None
    materials, clocks = info.context.loaders.materials, clocks_of(info)
    found = await materials.load((root.material_id, clocks))
    if found is not None and found.alias_of is not None:
        found = await materials.load((found.alias_of, clocks))
    return found or Material(root.material_id)


async def on_hand(root: Parent[Material], info: Info) -> float:
    """What is left of it in the plant, over all its lots."""
    return await info.context.loaders.on_hand.load((root.material_id, clocks_of(info))) or 0.0


async def low(root: Parent[Material], info: Info) -> bool:
    """Whether less is left than the minimum."""
    if root.minimum_quantity is None:
        return False
    return await on_hand(root, info) < root.minimum_quantity


async def made_from(root: Parent[MaterialLot], info: Info) -> list[MaterialLot]:
    """The material lots that were mixed into it, each once."""
    clocks = clocks_of(info)
    events = await info.context.loaders.history("MaterialLot", root.material_lot_id, clocks)
    inputs = dict.fromkeys(
        part.material_lot_id
        for event in events
        if isinstance(event.fact, MaterialMixed) and event.fact.material_lot_id == root.material_lot_id
        for part in event.fact.inputs
    )
    found = await info.context.loaders.material_lots.load_many([(key, clocks) for key in inputs])
    return [lot or MaterialLot(key) for lot, key in zip(found, inputs, strict=True)]


async def used_in(
    root: Parent[MaterialLot], info: Info, first: int | None = None, after: Cursor | None = None
) -> Page[Use]:
    """Every lot, mix and unit that it went into, the earliest first."""
    wanted, thing = size(first), Thing(ThingKind.MATERIAL_LOT, root.material_lot_id)
    found = await where_used(info.context.graph, thing, clocks_of(info), info.context.index)
    return numbered(f"uses {thing}", found, wanted, after)


async def user(root: Parent[Use], info: Info) -> object:
    """What used it."""
    return await load_thing(info, Thing(root.user_kind, root.user_key))


async def event(root: Parent[Use], info: Info) -> EventRecord | None:
    """The event that says so."""
    return await info.context.loaders.events.load((root.event_id, LIVE))
