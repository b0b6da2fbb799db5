"""Lines of material lots, containers, shipments and orders from their own counted events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from twin.events.event import Event, OrderKey
from twin.events.fact import Fact
from twin.events.material import (
    MaterialConsumed,
    MaterialLotReceived,
    MaterialMixed,
    MaterialMounted,
    MaterialThawed,
)
from twin.events.order import OrderReceived
from twin.events.packing import Packed, Shipped
from twin.events.substrate import SubstrateRegistered, UnitsAssembled
from twin.events.tool import ToolMounted, ToolUnmounted
from twin.folds.clock import is_ahead
from twin.lineage.material import Materials
from twin.queries.index.line import (
    BoxLine,
    MaterialLine,
    Mounted,
    OrderLine,
    ShipmentLine,
    Thaw,
    ToolLine,
)
from twin.queries.index.lot_lines import clock_findings, used_by
from twin.vocabulary.instants import instant_of
from twin.vocabulary.things import Thing, ThingKind

_Told = TypeVar("_Told", bound=Fact)


def material_line(material_lot_id: str, events: Sequence[Event]) -> MaterialLine:
    """What the events that name a material lot, at least one and in their order, tell of it."""
    known = Materials()
    for event in events:
        known.apply(event)
    defined = known.defined.get(material_lot_id)
    fact = defined.fact if defined else None
    expires = fact.expires_at if isinstance(fact, MaterialLotReceived | MaterialMixed) else None
    thing = Thing(ThingKind.MATERIAL_LOT, material_lot_id)
    ahead = [event for event in events if is_ahead(event)]
    return MaterialLine(
        material_lot_id=material_lot_id,
        first_order=events[0].order,
        told=known.told.get(material_lot_id),
        guessed=known.guessed.get(material_lot_id),
        is_defined=defined is not None,
        expires_at=None if expires is None else instant_of(expires),
        thaws=tuple(
            Thaw(event.occurred_at, instant_of(thaw.usable_from), instant_of(thaw.usable_until))
            for event, thaw in _of(events, MaterialThawed)
        ),
        lots=tuple(dict.fromkeys(use.lot_id for _, use in _of(events, MaterialConsumed))),
        mixes=tuple(_mixes(material_lot_id, events)),
        is_odd=any(isinstance(event.fact, SubstrateRegistered | UnitsAssembled) for event in events),
        is_mounted=any(isinstance(event.fact, MaterialMounted) for event in events),
        clocks=tuple(clock_findings(ahead, ("MaterialLot", material_lot_id), thing)),
        past=tuple(_past(events, is_defined=defined is not None)),
        used=used_by(thing, events),
    )


def _past(events: Sequence[Event], *, is_defined: bool) -> Iterator[Event]:
    """All but uses; of those that are dated ahead, and the first of a lot that nobody received."""
    first = None if is_defined else next((event for event, _ in _of(events, MaterialConsumed)), None)
    for event in events:
        if not isinstance(event.fact, MaterialConsumed) or event is first or is_ahead(event):
            yield event


def _mixes(material_lot_id: str, events: Sequence[Event]) -> Iterator[tuple[OrderKey, str]]:
    for event, mixed in _of(events, MaterialMixed):
        if mixed.material_lot_id != material_lot_id:
            yield event.order, mixed.material_lot_id


def box_line(container_id: str, events: Sequence[Event]) -> BoxLine:
    """What the events that name a container tell of it."""
    packed = list(_of(events, Packed))
    return BoxLine(
        container_id,
        shipped=tuple(
            (event.order, shipped.shipment_id)
            for event, shipped in _of(events, Shipped)
            if any(content.container_id == container_id for content in shipped.contents)
        ),
        nested=tuple(
            (event.order, fact.container_id)
            for event, fact in packed
            if any(content.container_id == container_id for content in fact.contents)
        ),
        units=tuple(_units_in(packed)),
    )


def _units_in(told: Sequence[tuple[Event, Packed | Shipped]]) -> Iterator[str]:
    for _, fact in told:
        yield from (content.unit_id for content in fact.contents if content.unit_id is not None)


def shipment_line(shipment_id: str, events: Sequence[Event]) -> ShipmentLine:
    """What the events that name a shipment tell of it."""
    shipped = list(_of(events, Shipped))
    return ShipmentLine(
        shipment_id,
        customers=tuple(dict.fromkeys(fact.customer_id for _, fact in shipped)),
        orders=tuple(dict.fromkeys(fact.order_id for _, fact in shipped if fact.order_id is not None)),
        units=tuple(_units_in(shipped)),
    )


def order_line(order_id: str, events: Sequence[Event]) -> OrderLine:
    """What the events that name an order tell of it."""
    received = tuple(event for event, _ in _of(events, OrderReceived))
    first = next((fact for _, fact in _of(events, OrderReceived)), None)
    return OrderLine(order_id, None if first is None else first.customer_id, received)


def tool_line(tool_id: str, events: Sequence[Event]) -> ToolLine:
    """What the events that name a tool tell of it."""
    known = Materials()
    for event in events:
        known.apply(event)
    told = [event.fact for event in events if isinstance(event.fact, ToolMounted | ToolUnmounted)]
    return ToolLine(
        tool_id,
        tuple(
            Mounted(mount.equipment_id, mount.position, mount.start, mount.end, mount.event.order)
            for mount in known.tools.of.get(tool_id, ())
        ),
        machines=tuple(dict.fromkeys(fact.equipment_id for fact in told)),
    )


def _of(events: Sequence[Event], kind: type[_Told]) -> Iterator[tuple[Event, _Told]]:
    return ((event, event.fact) for event in events if isinstance(event.fact, kind))


OtherLine = MaterialLine | BoxLine | ShipmentLine | OrderLine | ToolLine

FOLDS: dict[str, Callable[[str, Sequence[Event]], OtherLine]] = {
    "MaterialLot": material_line,
    "Container": box_line,
    "Shipment": shipment_line,
    "Order": order_line,
    "Tool": tool_line,
}
"""The label of the graph to the fold of its things."""
