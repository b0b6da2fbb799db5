"""What a code means at its station: the fact it tells."""

from __future__ import annotations

import msgspec

from connectors.barcode.config import BarcodeOptions, LotScan
from connectors.barcode.payload import LotCode, LotOutCode, MaterialCode, Payload, WipCode
from connectors.errors import UnreadableMessage
from twin.events.fact import Fact
from twin.events.lot import LotMoved, LotTrackedIn, LotTrackedOut
from twin.events.material import MaterialConsumed, MaterialMounted
from twin.vocabulary.states import ConsumptionMethod


def fact_of(payload: Payload, options: BarcodeOptions, current_lot: str | None) -> Fact:
    """The fact a code tells; a material is used by the lot that is at the station.

    Raises:
        UnreadableMessage: something is missing, or a name or quantity cannot be one.
    """
    match payload:
        case LotCode():
            fact = _arrived(payload, options)
        case LotOutCode():
            fact = LotTrackedOut(
                lot_id=payload.lot_id,
                operation=options.operation,
                equipment_id=options.equipment_id,
                good=payload.good,
                scrap=payload.scrap,
            )
        case WipCode():
            fact = _moved(payload.lot_id, payload.location_id or options.location_id, payload.quantity)
        case MaterialCode():
            fact = _material(payload, options, current_lot)
    return _checked(fact)


def _arrived(code: LotCode, options: BarcodeOptions) -> Fact:
    if options.lot_scan is LotScan.MOVE:
        return _moved(code.lot_id, options.location_id, None)
    return LotTrackedIn(
        lot_id=code.lot_id,
        operation=options.operation,
        equipment_id=options.equipment_id,
        position=options.position,
    )


def _moved(lot_id: str, location_id: str | None, quantity: int | None) -> Fact:
    if location_id is None:
        raise UnreadableMessage("neither the code nor the station names a location", stage="map")
    return LotMoved(lot_id=lot_id, location_id=location_id, quantity=quantity)


def _material(code: MaterialCode, options: BarcodeOptions, current_lot: str | None) -> Fact:
    if code.quantity is None:
        if options.position is None:
            raise UnreadableMessage("a material without quantity, at a station without position", stage="map")
        return MaterialMounted(
            material_lot_id=code.material_lot_id, equipment_id=options.equipment_id, position=options.position
        )
    if current_lot is None:
        raise UnreadableMessage("a material is scanned and no lot is at the station", stage="map")
    return MaterialConsumed(
        lot_id=current_lot,
        operation=options.operation,
        material_lot_id=code.material_lot_id,
        material_id=code.material_id,
        quantity=code.quantity,
        unit=code.unit or options.units.get(code.material_id or "", options.unit),
        equipment_id=options.equipment_id,
        position=options.position,
        method=ConsumptionMethod.BARCODE_SCAN,
    )


def _checked(fact: Fact) -> Fact:
    try:
        return msgspec.convert(msgspec.to_builtins(fact), type(fact))
    except msgspec.ValidationError as error:
        raise UnreadableMessage(f"{type(fact).__name__}: {error}", stage="map") from None
