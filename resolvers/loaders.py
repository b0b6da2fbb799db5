"""Batched reads of one request: what many fields ask for one by one is fetched in one statement."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias, TypeVar

from strawberry.dataloader import DataLoader

from twin.events.event import Event
from twin.graph.session import Graph
from twin.lineage.unit_facts import UnitFacts
from twin.queries import (
    equipment,
    events,
    lists_at,
    lots,
    materials,
    orders,
    packing,
    recipes,
    substrates,
    units,
)
from twin.queries.clocks import LIVE, Clocks
from twin.queries.finding_events import Asked, finding_events
from twin.queries.history import histories
from twin.queries.lot_history import lot_histories, lots_then
from twin.queries.on_hand import on_hand
from twin.queries.things import Row
from twin.queries.things_at import things_at
from twin.queries.unit_facts import unit_facts
from twin.records.equipment import Alarm, Equipment
from twin.records.event import EventRecord, Finding
from twin.records.lot import LotState
from twin.records.lots import Lot
from twin.records.material import Material, MaterialLot
from twin.records.order import Customer, Order, Product
from twin.records.packing import Container, Shipment
from twin.records.recipe import RecipeVersion
from twin.records.substrate import Substrate
from twin.records.tool import Tool
from twin.records.unit import Unit

T = TypeVar("T")
At: TypeAlias = tuple[str, Clocks]
"""A key, and the moments it is asked at."""
Types: TypeAlias = tuple[str, ...]
"""Names of the facts that are asked for."""


class Loaders:
    """The readers of one request; each answers a key once and many keys together."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    @cached_property
    def lots(self) -> DataLoader[At, Lot | None]:
        """Lots by name."""

        async def read(keys: Sequence[str], clocks: Clocks) -> dict[str, Lot]:
            if clocks.live:
                rows = await things_at(self._graph, "Lot", keys, clocks)
                return {key: lots.lot_of(row) for key, row in rows.items()}
            then = await lots_then(self._graph, keys, clocks)
            return {key: lots.lot_at(state) for key, state in then.items()}

        return _loader(read)

    @cached_property
    def lot_states(self) -> DataLoader[At, LotState | None]:
        """The runs, holds, consumptions and derivations of lots."""
        return _loader(lambda keys, clocks: lot_histories(self._graph, keys, clocks))

    @cached_property
    def whole_lots(self) -> DataLoader[At, LotState | None]:
        """Lots with what they inherit, and without what units packed by name took along."""
        return _loader(lambda keys, clocks: lots_then(self._graph, keys, clocks))

    @cached_property
    def unit_facts(self) -> DataLoader[At, UnitFacts | None]:
        """Units as the whole history tells them."""
        return _loader(lambda keys, clocks: unit_facts(self._graph, keys, clocks))

    @cached_property
    def products(self) -> DataLoader[At, Product | None]:
        """Products by name."""
        return self._things("Product", orders.product_of)

    @cached_property
    def orders(self) -> DataLoader[At, Order | None]:
        """Orders by name."""
        return self._things("Order", orders.order_of)

    @cached_property
    def customers(self) -> DataLoader[At, Customer | None]:
        """Customers by name."""
        return self._things("Customer", orders.customer_of)

    @cached_property
    def customer_orders(self) -> DataLoader[At, Sequence[Order] | None]:
        """The orders of customers."""
        return self._lists(orders.orders_of_customers, lists_at.orders_of_customers_at)

    @cached_property
    def order_lots(self) -> DataLoader[At, Sequence[Lot] | None]:
        """The lots that serve orders."""
        return self._lists(orders.lots_of_orders, lists_at.lots_of_orders_at)

    @cached_property
    def order_shipments(self) -> DataLoader[At, Sequence[str] | None]:
        """The shipments that left for orders."""
        return self._lists(orders.shipments_of_orders, lists_at.shipments_of_orders_at)

    @cached_property
    def materials(self) -> DataLoader[At, Material | None]:
        """Materials by name, without what is left of them."""
        return self._things("Material", materials.material_of)

    @cached_property
    def on_hand(self) -> DataLoader[At, float | None]:
        """What is left of materials."""
        return _loader(lambda keys, clocks: on_hand(self._graph, keys, clocks))

    @cached_property
    def material_lots(self) -> DataLoader[At, MaterialLot | None]:
        """Material lots by name."""
        return self._things("MaterialLot", materials.material_lot_of)

    @cached_property
    def substrates(self) -> DataLoader[At, Substrate | None]:
        """Substrates by code."""
        return self._things("Substrate", substrates.substrate_of)

    @cached_property
    def units(self) -> DataLoader[At, Unit | None]:
        """Units by code."""
        return self._things("Unit", units.unit_of)

    @cached_property
    def equipment(self) -> DataLoader[At, Equipment | None]:
        """Machines by name."""
        return self._things("Equipment", equipment.equipment_of)

    @cached_property
    def alarms(self) -> DataLoader[At, Alarm | None]:
        """Alarms by name."""
        return self._things("Alarm", equipment.alarm_of)

    @cached_property
    def tools(self) -> DataLoader[At, Tool | None]:
        """Tools by name."""
        return self._things("Tool", recipes.tool_of)

    @cached_property
    def recipe_versions(self) -> DataLoader[At, RecipeVersion | None]:
        """Recipe versions, as recipe@version."""
        return self._things("RecipeVersion", recipes.recipe_version_of)

    @cached_property
    def open_alarms(self) -> DataLoader[At, Sequence[Alarm] | None]:
        """The open alarms of machines."""
        return self._lists(equipment.open_alarms, lists_at.open_alarms_at)

    @cached_property
    def containers(self) -> DataLoader[At, Container | None]:
        """Containers by name."""
        return self._things("Container", packing.container_of)

    @cached_property
    def shipments(self) -> DataLoader[At, Shipment | None]:
        """Shipments by name."""
        return self._things("Shipment", packing.shipment_of)

    @cached_property
    def events(self) -> DataLoader[At, EventRecord | None]:
        """Recorded events by name; no clock hides one."""
        return self._things("Event", events.event_record_of)

    @cached_property
    def findings(self) -> DataLoader[At, Finding | None]:
        """Findings by name."""
        return self._things("Finding", events.finding_of)

    @cached_property
    def finding_events(self) -> DataLoader[Asked, list[str]]:
        """The names of the events that make stored findings."""

        async def load(findings: list[Asked]) -> list[list[str]]:
            found = await finding_events(self._graph, findings)
            return [found.get(asked, []) for asked in findings]

        return DataLoader(load_fn=load)

    async def history(
        self, label: str, key: str, clocks: Clocks = LIVE, types: Types | None = None
    ) -> list[Event]:
        """The counted events about a thing, of these types or of any, in their order."""
        told: list[Event] | None = await self._histories.load((label, key, clocks, types))
        return told or []

    @cached_property
    def _histories(self) -> DataLoader[tuple[str, str, Clocks, Types | None], list[Event]]:
        async def load(keys: list[tuple[str, str, Clocks, Types | None]]) -> list[list[Event]]:
            groups: dict[tuple[str, Clocks, Types | None], dict[str, list[Event]]] = {}
            for group in {(name, at, types) for name, _, at, types in keys}:
                wanted = [key for name, key, at, types in keys if (name, at, types) == group]
                label, clocks, kinds = group
                groups[group] = await histories(self._graph, label, wanted, clocks, kinds)
            return [groups[label, clocks, types][key] for label, key, clocks, types in keys]

        return DataLoader(load_fn=load)

    def _things(self, label: str, of: Callable[[Row], T]) -> DataLoader[At, T | None]:
        async def read(keys: Sequence[str], clocks: Clocks) -> dict[str, T]:
            rows = await things_at(self._graph, label, keys, clocks)
            return {key: of(row) for key, row in rows.items()}

        return _loader(read)

    def _lists(
        self,
        live: Callable[[Graph, Sequence[str]], Awaitable[Mapping[str, T]]],
        then: Callable[[Graph, Sequence[str], Clocks], Awaitable[Mapping[str, T]]],
    ) -> DataLoader[At, T | None]:
        """What is listed under keys: as the projector wrote it, or as it was at a moment."""

        async def read(keys: Sequence[str], clocks: Clocks) -> Mapping[str, T]:
            return await (live(self._graph, keys) if clocks.live else then(self._graph, keys, clocks))

        return _loader(read)


def _loader(
    read: Callable[[Sequence[str], Clocks], Awaitable[Mapping[str, T]]],
) -> DataLoader[At, T | None]:
    async def load(keys: list[At]) -> list[T | None]:
        found: dict[Clocks, Mapping[str, T]] = {}
        for clocks in {at for _, at in keys}:
            found[clocks] = await read([key for key, at in keys if at == clocks], clocks)
        return [found[clocks].get(key) for key, clocks in keys]

    return DataLoader(load_fn=load)
