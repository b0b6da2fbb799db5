"""Lots, their runs, holds and derivations."""

from __future__ import annotations

import strawberry

from resolvers import lots, measurements, spans
from schema.fields import answers, identity, resolved_by, told
from schema.policies import READERS, SHOP_FLOOR
from schema.types.forward import (
    EquipmentRef,
    EventRecordRef,
    InspectionConnectionRef,
    MaterialLotRef,
    MeasurementConnectionRef,
    OrderRef,
    ProductRef,
    SubstrateRef,
    UnitConnectionRef,
)
from schema.types.node import Connection, Node, Quantity
from twin.records import lot as history
from twin.records import lots as records
from twin.records.page import Cursor
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import LotStatus, QualityStatus, WipStatus


@answers(history.Hold, allow=READERS)
class Hold:
    """A reason why a lot must not go on."""

    hold_id: str = told("The hold's own name.")
    reason_code: str = told("Why the lot is held.")
    note: str | None = told("What the holder wrote.")
    by: str = told("Who held the lot.")
    held_at: Instant = told("When the lot was held.")
    released_at: Instant | None = told("When the hold was released; null while it is open.")
    released_by: str | None = told("Who released it.")


@answers(records.Stay, allow=READERS)
class Stay:
    """A lot, or so many of its units, at a place."""

    location: str = told("The place.")
    quantity: int | None = told("How many units were carried there, where that is told.")
    since: Instant = told("When it came there.")
    until: Instant | None = told("When it was carried on; null while it is there.")
    event: EventRecordRef = resolved_by(measurements.event)


@answers(records.Lot, allow=READERS)
class Lot(Node):
    """A batch of units of one product on its way through the factory."""

    id: strawberry.ID = identity("LOT", "lot_id")
    lot_id: str = told("The lot's own name, as its label says.")
    product: ProductRef | None = resolved_by(lots.product)
    orders: list[OrderRef] = resolved_by(lots.orders)
    quantity: int = told("Units that belong to the lot: splits, merges and scrap change it.")
    loose_quantity: int = resolved_by(lots.loose_quantity)
    status: LotStatus = told("Where the lot stands in its life.")
    wip_status: WipStatus = told("What the lot is doing on the floor.")
    quality: QualityStatus = told("The verdict on the lot, PENDING until it is completed.")
    current_operation: str | None = told("The operation of the latest open run, or of the last one.")
    current_equipment: EquipmentRef | None = resolved_by(lots.current_equipment)
    location: str | None = told("Where the lot was last moved to.")
    locations: list[Stay] = resolved_by(measurements.stays)
    priority: int | None = told("How urgent it was said to be when it was created.")
    holds: list[Hold] = resolved_by(lots.holds)
    runs: list[OperationRun] = resolved_by(lots.runs)
    consumptions: list[Consumption] = resolved_by(lots.consumptions)
    parents: list[Derivation] = resolved_by(lots.parents)
    children: list[Derivation] = resolved_by(lots.children)
    substrates: list[SubstrateRef] = resolved_by(lots.substrates)
    units: UnitConnectionRef = resolved_by(lots.units)
    inspections: InspectionConnectionRef = resolved_by(spans.lot_inspections)
    measurements: MeasurementConnectionRef = resolved_by(measurements.of_lot, allow=SHOP_FLOOR)
    first_pass_yield: float | None = resolved_by(lots.first_pass_yield)
    created_at: Instant | None = told("When the lot was created; null for a placeholder.")
    updated_at: Instant | None = told("When the latest event that names the lot happened.")
    inferred: bool = told("Whether the lot is only known because other events name it.")
    revision: int = told("How many counted events named the lot.")


@answers(allow=READERS)
class LotEdge:
    """A lot in a list, with its place."""

    node: Lot = told("The lot.")
    cursor: Cursor = told("Its place in the list.")


@answers(allow=READERS)
class LotConnection(Connection):
    """A slice of a list of lots."""

    edges: list[LotEdge] = resolved_by(lots.edges)
    nodes: list[Lot] = told("The lots of this slice.")


@answers(history.Derivation, allow=READERS)
class Derivation:
    """One lot leaving (part of) its units to another."""

    kind: str = told("SPLIT, or the reason of the merge: MERGE, TAIL, REWORK_RETURN.")
    from_: Lot = resolved_by(lots.derivation_from, name="from")
    to: Lot = resolved_by(lots.derivation_to)
    quantity: int = told("Units that moved.")
    at: Instant = told("When they moved.")
    event: EventRecordRef = resolved_by(lots.event)


@answers(history.OperationRun, allow=READERS)
class OperationRun(Node):
    """One lot at one operation on one machine, one attempt."""

    id: strawberry.ID = identity("OPERATION_RUN", "key")
    operation: str = told("The operation's code.")
    lot: Lot = resolved_by(lots.lot)
    equipment: EquipmentRef | None = resolved_by(lots.equipment)
    position: str | None = told("The position of the machine that the track-in named.")
    operator_id: str | None = told("Who tracked the lot in, or out.", allow=SHOP_FLOOR)
    recipe_id: str | None = told("The recipe that the track-in named.")
    recipe_version: str | None = told("The version of that recipe.")
    attempt: int = told("1 for the first time; rework counts up.")
    started_at: Instant | None = told("When the lot was tracked in; null when that was missed.")
    ended_at: Instant | None = told("When the run ended; null while it is open.")
    good: int | None = told("Good units at track-out.")
    scrap: int | None = told("Units scrapped at track-out.")
    rework: int | None = told("Units to be reworked at track-out.")
    other: int | None = told("Units told as neither good nor scrap nor rework at track-out.")
    quantity: int | None = told("Units told at track-in.")
    carrier_id: str | None = told("The carrier that it came in.")
    inferred: bool = told("Whether its start or end was not reported but concluded.")
    consumptions: list[Consumption] = resolved_by(lots.run_consumptions)


@answers(history.Consumption, allow=READERS)
class Consumption:
    """A lot used part of a material lot at one operation."""

    lot: Lot = resolved_by(lots.lot)
    material_lot: MaterialLotRef = resolved_by(lots.material_lot)
    run: OperationRun | None = resolved_by(lots.consumption_run)
    operation: str = told("The operation's code.")
    quantity: Quantity = resolved_by(lots.consumed_quantity)
    expected: Quantity | None = resolved_by(lots.expected_quantity)
    method: str = told("How it came to be known: BARCODE_SCAN, RFID, WEIGHT, MANUAL, EQUIPMENT.")
    at: Instant = told("When it was used.")
    event: EventRecordRef = resolved_by(lots.event)
