"""Our facts as EPCIS events: what a fact says, and nothing that it does not.

Facts without a counterpart in EPCIS are not told; a bizStep or disposition stands only where the fact
is that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from twin.dossier.epcis_terms import Json, die_name, lot, material, name, uuid_of
from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.lot import (
    LotCompleted,
    LotCreated,
    LotHeld,
    LotsMerged,
    LotSplit,
    LotTrackedIn,
    LotTrackedOut,
    UnitsScrapped,
)
from twin.events.material import (
    MaterialConsumed,
    MaterialLotReceived,
    MaterialMixed,
    MaterialMounted,
    MaterialUnmounted,
)
from twin.events.packing import Content, Packed, Shipped
from twin.events.quality import InspectionRecorded
from twin.events.substrate import DiesTransferred, UnitsAssembled, UnitsIdentified
from twin.events.tool import ToolMounted, ToolUnmounted
from twin.vocabulary.instants import instant_of, written
from twin.vocabulary.states import QualityStatus

_SOUND: Final = {QualityStatus.PASS: "conformant", QualityStatus.FAIL: "non_conformant"}


def epcis_event(event: Event, run: str | None) -> Json | None:
    """The EPCIS event that says the same; None for a fact that EPCIS has no words for.

    ``run`` is the key of the operation run that the fact belongs to: events of one run share it.
    """
    tell = _TOLD.get(type(event.fact))
    told = None if tell is None else tell(event.fact)
    if told is None:
        return None
    if told["type"] == "TransformationEvent":
        if run is None and not told.keys() >= {"inputQuantityList", "outputQuantityList"}:
            return None
        told |= {} if run is None else {"transformationID": name("operation-run", run)}
    machine = getattr(event.fact, "equipment_id", None)
    if machine is not None and told["type"] != "AssociationEvent":
        told["readPoint"] = {"id": name("equipment", machine)}
    recorded = {"recordTime": written(event.recorded_at)} if event.recorded_at else {}
    return {
        "type": told.pop("type"),
        "eventID": uuid_of(event.event_id),
        "eventTime": written(event.occurred_at),
        "eventTimeZoneOffset": "+00:00",
        **recorded,
        **told,
        "dieloom:type": event.type,
    }


def _object(action: str, **rest: Any) -> Json:  # noqa: ANN401 - JSON
    return {"type": "ObjectEvent", "action": action, **rest}


def _lot_created(fact: LotCreated) -> Json:
    told = _object(
        "ADD",
        bizStep="creating_class_instance",
        quantityList=[lot(fact.lot_id, fact.quantity)],
        ilmd={"cbvmda:lotNumber": fact.lot_id, "dieloom:product": fact.product_id},
    )
    if fact.order_id is not None:
        told["bizTransactionList"] = [{"type": "po", "bizTransaction": name("order", fact.order_id)}]
    return told


def _lot_completed(fact: LotCompleted) -> Json:
    told = _object("OBSERVE", quantityList=[lot(fact.lot_id)])
    return told | ({"disposition": _SOUND[fact.quality]} if fact.quality in _SOUND else {})


def _lot_held(fact: LotHeld) -> Json:
    return _object("OBSERVE", bizStep="holding", quantityList=[lot(fact.lot_id)])


def _scrapped(fact: UnitsScrapped) -> Json:
    units = (
        {"epcList": [name("unit", unit) for unit in dict.fromkeys(fact.unit_ids)]} if fact.unit_ids else {}
    )
    return _object("DELETE", disposition="disposed", quantityList=[lot(fact.lot_id, fact.quantity)], **units)


def _split(fact: LotSplit) -> Json:
    taken = sum(child.quantity for child in fact.children)
    return {
        "type": "TransformationEvent",
        "inputQuantityList": [lot(fact.parent_lot_id, taken)],
        "outputQuantityList": [lot(child.lot_id, child.quantity) for child in fact.children],
    }


def _merged(fact: LotsMerged) -> Json | None:
    parents = [parent for parent in fact.parents if parent.lot_id != fact.into_lot_id]
    if not parents:
        return None
    return {
        "type": "TransformationEvent",
        "inputQuantityList": [lot(parent.lot_id, parent.quantity) for parent in parents],
        "outputQuantityList": [lot(fact.into_lot_id, sum(parent.quantity for parent in parents))],
    }


def _tracked_in(fact: LotTrackedIn) -> Json:
    source = [lot(fact.lot_id, fact.quantity)]
    operation = {"dieloom:operation": fact.operation}
    return {"type": "TransformationEvent", "inputQuantityList": source, **operation}


def _tracked_out(fact: LotTrackedOut) -> Json:
    return {
        "type": "TransformationEvent",
        "outputQuantityList": [lot(fact.lot_id, fact.good)],
        "dieloom:operation": fact.operation,
        "dieloom:scrap": fact.scrap,
        "dieloom:rework": fact.rework,
    }


def _received(fact: MaterialLotReceived) -> Json:
    told = _object(
        "OBSERVE",
        bizStep="receiving",
        quantityList=[material(fact.material_lot_id, fact.quantity, fact.unit)],
    )
    told["dieloom:material"] = fact.material_id
    told |= {"dieloom:supplier": fact.supplier_id} if fact.supplier_id else {}
    told |= {"dieloom:supplierLot": fact.supplier_lot} if fact.supplier_lot else {}
    return told | ({"dieloom:expiresAt": written(instant_of(fact.expires_at))} if fact.expires_at else {})


def _mixed(fact: MaterialMixed) -> Json | None:
    if not fact.inputs:
        return None
    ilmd = {"cbvmda:lotNumber": fact.material_lot_id, "dieloom:material": fact.material_id}
    if fact.expires_at is not None:
        ilmd["cbvmda:itemExpirationDate"] = written(instant_of(fact.expires_at))
    return {
        "type": "TransformationEvent",
        "inputQuantityList": [material(row.material_lot_id, row.quantity, row.unit) for row in fact.inputs],
        "outputQuantityList": [material(fact.material_lot_id, fact.quantity, fact.unit)],
        "ilmd": ilmd,
    }


def _consumed(fact: MaterialConsumed) -> Json:
    return {
        "type": "TransformationEvent",
        "inputQuantityList": [material(fact.material_lot_id, fact.quantity, fact.unit)],
        "outputQuantityList": [lot(fact.lot_id)],
        "dieloom:operation": fact.operation,
    }


def _identified(fact: UnitsIdentified) -> Json | None:
    units = [name("unit", unit.unit_id) for unit in fact.units]
    if not units:
        return None
    return _object("ADD", bizStep="commissioning", epcList=list(dict.fromkeys(units))) | {
        "dieloom:lot": name("lot", fact.lot_id)
    }


def _assembled(fact: UnitsAssembled) -> Json | None:
    things: list[str] = []
    for part in fact.components:
        if part.unit_id is not None:
            things.append(name("unit", part.unit_id))
        elif part.substrate_id is not None and part.x is not None and part.y is not None:
            things.append(die_name(part.substrate_id, part.x, part.y))
    lots = [material(p.material_lot_id) for p in fact.components if p.material_lot_id is not None]
    return _aggregated(name("unit", fact.unit_id), things, lots, "assembling")


def _transferred(fact: DiesTransferred) -> Json | None:
    dies = [die_name(row[0], row[1], row[2]) for row in fact.transfers]
    return _aggregated(name("substrate", fact.to_substrate_id), dies, [], "assembling")


def _packed(fact: Packed) -> Json | None:
    things, lots = _contents(fact.contents)
    return _aggregated(name("container", fact.container_id), things, lots, "packing")


def _shipped(fact: Shipped) -> Json | None:
    things, lots = _contents(fact.contents)
    if not things and not lots:
        return None
    told = _object("OBSERVE", bizStep="shipping", disposition="in_transit")
    told |= {"epcList": things} if things else {}
    told |= {"quantityList": lots} if lots else {}
    told["bizTransactionList"] = [{"bizTransaction": name("shipment", fact.shipment_id)}]
    if fact.order_id is not None:
        told["bizTransactionList"].append({"type": "po", "bizTransaction": name("order", fact.order_id)})
    party = {"type": "owning_party", "destination": name("customer", fact.customer_id)}
    return told | {"destinationList": [party]}


def _inspected(fact: InspectionRecorded) -> Json | None:
    sound = "conformant" if fact.passed else "non_conformant"
    told = _object("OBSERVE", bizStep="inspecting", disposition=sound)
    if fact.substrate_id is not None:
        return told | {"epcList": [name("substrate", fact.substrate_id)]}
    return None if fact.lot_id is None else told | {"quantityList": [lot(fact.lot_id)]}


def _fixed(child: Json, equipment_id: str, *, on: bool) -> Json:
    action, step = ("ADD", "installing") if on else ("DELETE", "removing")
    parent = name("equipment", equipment_id)
    return {"type": "AssociationEvent", "action": action, "bizStep": step, "parentID": parent, **child}


def _tool(fact: ToolMounted | ToolUnmounted) -> Json:
    child = {"childEPCs": [name("tool", fact.tool_id)], "dieloom:position": fact.position}
    return _fixed(child, fact.equipment_id, on=isinstance(fact, ToolMounted))


def _feed(fact: MaterialMounted | MaterialUnmounted) -> Json:
    child = {"childQuantityList": [material(fact.material_lot_id)], "dieloom:position": fact.position}
    return _fixed(child, fact.equipment_id, on=isinstance(fact, MaterialMounted))


def _contents(contents: tuple[Content, ...]) -> tuple[list[str], list[Json]]:
    things = [name("unit", part.unit_id) for part in contents if part.unit_id is not None]
    things += [name("container", part.container_id) for part in contents if part.container_id is not None]
    lots = [lot(part.lot_id, part.quantity) for part in contents if part.lot_id is not None]
    return list(dict.fromkeys(things)), lots


def _aggregated(parent: str, things: list[str], lots: list[Json], step: str) -> Json | None:
    if not things and not lots:
        return None
    told: Json = {"type": "AggregationEvent", "action": "ADD", "bizStep": step, "parentID": parent}
    told |= {"childEPCs": list(dict.fromkeys(things))} if things else {}
    return told | ({"childQuantityList": lots} if lots else {})


_TOLD: Final[dict[type[Fact], Callable[[Any], Json | None]]] = {
    LotCreated: _lot_created,
    LotCompleted: _lot_completed,
    LotHeld: _lot_held,
    UnitsScrapped: _scrapped,
    LotSplit: _split,
    LotsMerged: _merged,
    LotTrackedIn: _tracked_in,
    LotTrackedOut: _tracked_out,
    MaterialLotReceived: _received,
    MaterialMixed: _mixed,
    MaterialConsumed: _consumed,
    MaterialMounted: _feed,
    MaterialUnmounted: _feed,
    ToolMounted: _tool,
    ToolUnmounted: _tool,
    UnitsIdentified: _identified,
    UnitsAssembled: _assembled,
    DiesTransferred: _transferred,
    Packed: _packed,
    Shipped: _shipped,
    InspectionRecorded: _inspected,
}
