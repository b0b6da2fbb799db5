"""The counted events that an answer of the lineage needs, fetched ring by ring along what events are about.

Rather too many than one too few: the pure engine gives the same answer over these as over all events.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from twin.errors import Refused
from twin.events.event import Event
from twin.events.lot import LotTrackedIn, LotTrackedOut
from twin.events.substrate import UnitsIdentified
from twin.graph.session import Graph
from twin.queries.ahead import Start
from twin.queries.clocks import Clocks
from twin.queries.history import histories
from twin.queries.in_turn import answered
from twin.queries.index.hints import Hints
from twin.queries.machines import machine_events
from twin.queries.material_reading import MaterialReading
from twin.queries.rings import UNITS, Reached, Way, next_ring, units_of
from twin.queries.selection import (
    GUESSES,
    IDENTITY,
    PAST,
    SAME_FOR_ALL_UNITS,
    is_origin,
    is_told,
    makes_dies_suspect,
    types_of,
)
from twin.queries.told_once import cohorts_of, more_of_units, substrate_histories, unit_histories

EVENTS_AT_MOST: Final = 400_000
"""More than this much history is no answer for a person waiting."""

_RINGS_AT_MOST: Final = 200
_EVENTS_AT_A_STRETCH: Final = 200
"""Events looked at before others have a turn: each takes some 5 us."""
_REGISTERED: Final = ("EquipmentRegistered",)
_TOOLS: Final = ("ToolMounted", "ToolUnmounted")
_ORDERED: Final = ("OrderReceived",)


class Closure:
    """The events gathered for one answer; ``hints`` spare a walk what cannot matter.

    Without ``with_origins`` it asks where dies came from only once a wafer of a carrying material lot is met:
    before, none of them can be a suspect. Without ``with_identity`` it does not ask which material lots are
    of one material, which no genealogy tells.
    """

    def __init__(
        self, graph: Graph, clocks: Clocks, *, with_origins: bool = True, with_identity: bool = True
    ) -> None:
        self.hints: Hints | None = None
        self._with_origins = with_origins
        self._with_identity = with_identity
        self._materials = MaterialReading(graph, clocks)
        self._origins: set[Reached] = set()
        self._named_by: dict[str, str] = {}
        self._plain: set[str] = set()
        self._odd: set[str] = set()
        self._apart: dict[str, list[str]] = {}
        self._graph = graph
        self._clocks = clocks
        self._events: dict[str, Event] = {}
        self._seen: set[Reached] = set()
        self._told: dict[tuple[str, str], list[Event]] = {}
        self._told_orders: set[str] = set()
        self._told_machines: set[str] = set()
        self._defined = not with_identity

    def know(self, start: Start) -> None:
        """Take what was read already; none of it counts before the walk comes to it."""
        self._told.update(start.histories)
        self._materials.know(start.by_id)

    async def grow(self, seeds: Iterable[Reached]) -> None:
        """Fetch what these things lead to, until nothing new is reached.

        Raises:
            Refused: ``answer.too_large`` when it would take more events than a person can wait for.
        """
        walk = self._walk({seed for seed in seeds if seed not in self._seen})
        await answered([walk, self._define()], in_turn=self.hints is not None)

    async def _walk(self, ring: set[Reached]) -> None:
        for _ in range(_RINGS_AT_MOST):
            if not ring:
                return
            self._seen |= ring
            ring = await self._next(await self._fetch(ring))
        raise Refused("The walk goes on for too long.", code="answer.too_large")

    async def _next(self, told: Mapping[Reached, Sequence[Event]]) -> set[Reached]:
        """What these things lead to and nobody looked at yet."""
        found: set[Reached] = set()
        looked: set[tuple[Way, str]] = set()
        stretch = 0
        for reached, events in told.items():
            stretch += len(events)
            if stretch > _EVENTS_AT_A_STRETCH:
                stretch = 0
                await asyncio.sleep(0)
            for event in events:
                if reached.label == "Unit" and type(event.fact) in SAME_FOR_ALL_UNITS:
                    if (reached.way, event.event_id) in looked:
                        continue
                    looked.add((reached.way, event.event_id))
                found.update(self._fresh_from(reached, event))
        if self._with_origins:
            found.update(origin for origin in self._origins if self._is_new(origin))
            self._origins.clear()
        return found

    def _fresh_from(self, reached: Reached, event: Event) -> Iterator[Reached]:
        if not self._with_origins and makes_dies_suspect(reached, event):
            self._with_origins = True
        for further in self._further(reached, event):
            if not self._is_new(further):
                continue
            if not self._with_origins and is_origin(further, event):
                self._origins.add(further)
                continue
            if further.label == "Unit":
                self._named_by.setdefault(further.key, event.event_id)
            yield further

    def _is_new(self, reached: Reached) -> bool:
        way, label, key = reached
        if reached in self._seen:
            return False
        return way is Way.CARRIES or Reached(Way.CARRIES, label, key) not in self._seen

    def _further(self, reached: Reached, event: Event) -> Iterable[Reached]:
        """What a fact leads to; not the units that only go with their lot."""
        found = next_ring(reached, event)
        if self.hints is None:
            return found
        named = event.fact.lot_id if isinstance(event.fact, UnitsIdentified) else None
        lot_id = reached.key if reached.label == "Lot" else named
        if lot_id is None or not self._is_plain(self.hints, lot_id):
            return found
        return (further for further in found if further.label not in ("Unit", UNITS))

    def _is_plain(self, hints: Hints, lot_id: str) -> bool:
        """Whether the units of a lot need no look of their own: asked once, however many facts name them."""
        if lot_id not in self._plain and lot_id not in self._odd:
            (self._plain if hints.is_plain(lot_id, self._plain) else self._odd).add(lot_id)
        return lot_id in self._plain

    @property
    def reached(self) -> frozenset[Reached]:
        """The things walked over so far, and how each was reached."""
        together = [reached for reached in self._seen if reached.label == UNITS]
        units = (
            Reached(way, "Unit", key)
            for way, _, event_id in together
            for key in units_of(self._events[event_id])
        )
        return frozenset(self._seen.difference(together).union(units))

    async def about(self, label: str, keys: Iterable[str], types: Iterable[str] | None = None) -> list[Event]:
        """Fetch the events of some types about things, without walking on from them."""
        told = await histories(self._graph, label, sorted(set(keys)), self._clocks, types)
        events = list({event.event_id: event for found in told.values() for event in found}.values())
        self._keep(events)
        return events

    async def complete(self, *, tools: bool = False) -> list[Event]:
        """Fetch the orders and machines that the events name, and materials; then all in their order.

        ``tools``: what sat in the machines on which lots ran, too.
        """
        named_orders, named_machines = self._named_in("order_id"), self._named_in("equipment_id")
        busy = self._busy_machines() if tools else ()
        orders, machines = named_orders - self._told_orders, {*(named_machines - self._told_machines), *busy}
        tooled = self._about_machines(machines, (*_REGISTERED, *_TOOLS) if tools else _REGISTERED)
        others = (self._define(), self._about_orders(orders))
        await answered((*others, tooled), in_turn=self.hints is not None)
        self._told_orders |= named_orders
        self._told_machines |= named_machines
        return sorted(self._events.values(), key=lambda event: event.order)

    def _named_in(self, field: str) -> set[str]:
        """What the events name in one of their fields; no part of an event names an order or a machine."""
        keys = (getattr(event.fact, field, None) for event in self._events.values())
        return {key for key in keys if key is not None}

    def _busy_machines(self) -> set[str]:
        facts = (event.fact for event in self._events.values())
        return {fact.equipment_id for fact in facts if isinstance(fact, LotTrackedIn | LotTrackedOut)}

    async def _about_orders(self, orders: Collection[str]) -> None:
        """Who ordered; of orders that the hints tell, without asking."""
        told = {} if self.hints is None else {key: self.hints.received(key) for key in orders}
        self._keep(event for events in told.values() for event in events or ())
        await self.about("Order", [key for key in orders if told.get(key) is None], _ORDERED)

    async def _about_machines(self, machines: Collection[str], types: Sequence[str]) -> None:
        """Machines, and tools in them; of machines that the hints tell, without asking."""
        hints, tools = self.hints, _TOOLS[0] in types
        told = {} if hints is None else {key: hints.registered(key, tools=tools) for key in machines}
        self._keep(event for events in told.values() for event in events or ())
        others = [key for key in machines if told.get(key) is None]
        self._keep(await machine_events(self._graph, others, types, self._clocks))

    async def _define(self) -> None:
        if self._defined:
            return
        self._keep(await self._materials.definitions(self.hints))
        self._defined = True

    async def _fetch(self, ring: set[Reached]) -> dict[Reached, list[Event]]:
        """The events about each thing of a ring, one statement for each label and selection of types."""
        wanted: dict[tuple[str, tuple[str, ...] | None], set[str]] = {}
        for reached in ring:
            wanted.setdefault((reached.label, types_of(reached)), set()).add(reached.key)
        answers = await answered(
            [self._histories(label, sorted(keys), types) for (label, types), keys in wanted.items()],
            in_turn=sum(not self._is_at_hand(*each, keys) for each, keys in wanted.items()) <= 1,
        )
        told = dict(zip(wanted, answers, strict=True))
        self._keep(chain.from_iterable(chain.from_iterable(each.values() for each in answers)))
        await self._guess(told.get(("MaterialLot", IDENTITY), {}))
        await self._guess(told.get(("MaterialLot", PAST), {}))
        found = {reached: told[reached.label, types_of(reached)][reached.key] for reached in ring}
        for way, label, event_id in ring:
            for key in self._apart.get(event_id, ()) if label == UNITS else ():
                found[Reached(way, "Unit", key)] = self._told["Unit", key]
        self._seen.update(found)
        return found

    def _is_at_hand(self, label: str, types: tuple[str, ...] | None, keys: Iterable[str]) -> bool:
        """Whether these things' events were read already."""
        return types is None and all((label, key) in self._told for key in keys)

    async def _guess(self, told: Mapping[str, Sequence[Event]]) -> None:
        """Fetch who used material lots that nobody received or mixed: only uses tell what they are."""
        if not self._with_identity:
            return
        unknown = [key for key, events in told.items() if not is_told(key, events)]
        if unknown:
            await self.about("MaterialLot", unknown, GUESSES)

    async def _histories(
        self, label: str, keys: list[str], types: tuple[str, ...] | None
    ) -> dict[str, list[Event]]:
        """Whole histories are fetched once, however many ways a thing is reached."""
        if label == UNITS:
            return await self._together(keys)
        if types == PAST:
            return await self._materials.pasts(keys, self.hints)
        if types == IDENTITY:
            return await self._materials.identities(keys, self.hints)
        if types is not None:
            return await histories(self._graph, label, keys, self._clocks, types)
        missing = [key for key in keys if (label, key) not in self._told]
        for told in await asyncio.gather(*self._whole(label, missing)) if missing else ():
            self._told.update(((label, key), events) for key, events in told.items())
        return {key: self._told[label, key] for key in keys}

    async def _together(self, event_ids: list[str]) -> dict[str, list[Event]]:
        """The events that name units together; units of which more was told are told apart."""
        cohorts = {each: units_of(self._events[each]) for each in event_ids}
        apart = await more_of_units(self._graph, cohorts, self._clocks, self._events)
        self._told.update((("Unit", key), events) for key, events in apart.items())
        self._apart.update((each, [key for key in keys if key in apart]) for each, keys in cohorts.items())
        self._keep(chain.from_iterable(apart.values()))
        return {each: [self._events[each]] for each in event_ids}

    def _whole(self, label: str, keys: list[str]) -> Iterable[Awaitable[dict[str, list[Event]]]]:
        if label == "Substrate":
            return [substrate_histories(self._graph, keys, self._clocks, self._events)]
        cohorts = cohorts_of(keys, self._named_by, self._events) if label == "Unit" else {}
        together = {key for units in cohorts.values() for key in units}
        alone = [key for key in keys if key not in together]
        return [
            histories(self._graph, label, alone, self._clocks),
            unit_histories(self._graph, cohorts, self._clocks, self._events),
        ]

    def _keep(self, events: Iterable[Event]) -> None:
        for event in events:
            self._events[event.event_id] = event
        if len(self._events) > EVENTS_AT_MOST:
            raise Refused(
                f"The answer rests on more than {EVENTS_AT_MOST} events; narrow the window.",
                code="answer.too_large",
            )
