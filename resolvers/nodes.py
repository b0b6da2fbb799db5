"""Anything by its global id, by its kind and key, or by how its name begins."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import strawberry
from strawberry.dataloader import DataLoader

from resolvers.asking import Info, clocks_of
from resolvers.global_ids import thing_of
from resolvers.loaders import Loaders
from resolvers.references import site_of
from twin.errors import Refused
from twin.queries.clocks import Clocks
from twin.queries.paging import size
from twin.queries.search import search as search_things
from twin.queries.substrates import die_of
from twin.records.lot import OperationRun
from twin.records.substrate import Die
from twin.vocabulary.things import Thing, lots_of_run

_READERS: Final = {
    "LOT": "lots",
    "MATERIAL_LOT": "material_lots",
    "SUBSTRATE": "substrates",
    "UNIT": "units",
    "CONTAINER": "containers",
    "SHIPMENT": "shipments",
    "ORDER": "orders",
    "EQUIPMENT": "equipment",
    "CUSTOMER": "customers",
    "PRODUCT": "products",
    "ALARM": "alarms",
    "FINDING": "findings",
    "RECIPE_VERSION": "recipe_versions",
    "TOOL": "tools",
}
"""Kind to the loader that finds its things."""


async def node(info: Info, id: strawberry.ID) -> object:  # noqa: A002 - the argument's name in the schema
    """Anything by its global id; null when it is gone or was never there."""
    kind, key = thing_of(id)
    return await load(info, kind, key)


async def nodes(info: Info, ids: list[strawberry.ID]) -> list[object]:
    """Many things by their global ids, in the order asked for."""
    size(len(ids))
    asked = [thing_of(identifier) for identifier in ids]
    return list(await asyncio.gather(*(load(info, kind, key) for kind, key in asked)))


async def search(info: Info, text: str, first: int | None = 20) -> list[object]:
    """Things whose names begin like the text, exact ones first."""
    found = await search_things(info.context.graph, text, size(first, default=20))
    things = await asyncio.gather(*(load(info, kind, key) for kind, key in found))
    return [thing for thing in things if thing is not None]


async def load_thing(info: Info, thing: Thing) -> object:
    """What a kind and key stand for, as the root field's moments show it; None for what has no type."""
    return await load(info, thing.kind.value, thing.key)


async def load(info: Info, kind: str, key: str) -> object:
    """What a kind and key stand for; None when it is unknown or its kind is none that can be found again."""
    loaders, clocks = info.context.loaders, clocks_of(info)
    if kind == "DIE":
        try:
            substrate_id, x, y = site_of(key)
        except Refused:
            return None
        return await die(loaders, substrate_id, x, y, clocks)
    if kind == "OPERATION_RUN":
        return await _run(loaders, key, clocks)
    if kind not in _READERS:
        return None
    reader: DataLoader[Any, object] = getattr(loaders, _READERS[kind])
    return await reader.load((key, clocks))


async def die(loaders: Loaders, substrate_id: str, x: int, y: int, clocks: Clocks) -> Die | None:
    """The die on a site; None when the substrate is unknown or its map has no such site."""
    substrate = await loaders.substrates.load((substrate_id, clocks))
    return None if substrate is None else die_of(substrate, x, y)


async def _run(loaders: Loaders, key: str, clocks: Clocks) -> OperationRun | None:
    """A run by lot/operation/equipment/attempt; each of these names may hold slashes."""
    asked = [(lot_id, clocks) for lot_id in lots_of_run(key)]
    states = await loaders.lot_states.load_many(asked)
    told = (run for state in states if state is not None for run in state.runs)
    return next((run for run in told if run.key == key), None)
