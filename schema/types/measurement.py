"""What was measured on lots, substrates and units."""

from __future__ import annotations

from resolvers import measurements
from schema.fields import answers, resolved_by, told
from schema.policies import SHOP_FLOOR
from schema.types.forward import EquipmentRef, EventRecordRef
from schema.types.node import Connection
from twin.records import measurement as records
from twin.vocabulary.instants import Instant


@answers(records.Measurement, allow=SHOP_FLOOR)
class Measurement:
    """One value of one characteristic, with the limits it was held against."""

    characteristic: str = told("What was measured.")
    value: float = told("What it came to.")
    unit: str = told("The unit of the value and its limits.")
    lower: float | None = told("The least it may be.")
    upper: float | None = told("The most it may be.")
    within: bool | None = told("Whether it keeps its limits; null where it has none.")
    at: Instant = told("When.")
    equipment: EquipmentRef = resolved_by(measurements.equipment)
    lot_id: str | None = told("The lot that was measured.")
    substrate_id: str | None = told("The substrate that was measured.")
    unit_id: str | None = told("The unit that was measured.")
    event: EventRecordRef = resolved_by(measurements.event)


@answers(allow=SHOP_FLOOR)
class MeasurementConnection(Connection):
    """A slice of a list of measurements."""

    nodes: list[Measurement] = told("The measurements of this slice.")
