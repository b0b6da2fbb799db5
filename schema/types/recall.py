"""Recall: everything that may carry a suspect, with bounds and evidence."""

from __future__ import annotations

from resolvers import recall, shown
from schema.fields import answers, resolved_by, told
from schema.policies import ANALYSTS
from schema.types.event import Answer
from schema.types.forward import (
    CustomerRef,
    EventRecordRef,
    LotRef,
    MaterialLotRef,
    OrderRef,
    ShipmentRef,
    UnitRef,
)
from schema.types.node import Connection
from twin.records import recall as records
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Certainty, Disposition
from twin.vocabulary.things import ThingKind


@answers(records.DispositionBound, allow=ANALYSTS)
class DispositionBound:
    """How many suspect units are at one kind of place."""

    disposition: Disposition = told("The kind of place.")
    low: int = told("At least so many.")
    high: int = told("At most so many.")


@answers(records.RecallTotals, allow=ANALYSTS)
class RecallTotals:
    """The sums over all reached things."""

    low: int = told("Suspect units, at least.")
    high: int = told("Suspect units, at most.")
    lots: int = told("Lots reached.")
    definite_lots: int = told("Lots that surely carry some.")
    possible_lots: int = told("Lots that may carry some.")
    orders: int = told("Orders reached.")
    customers: int = told("Customers reached.")
    shipments: int = told("Shipments reached.")
    by_disposition: list[DispositionBound] = told("The same units by where they are now.")


@answers(records.EvidenceStep, allow=ANALYSTS)
class EvidenceStep:
    """One fact that carried the suspect from one thing to the next."""

    relation: str = told("What the fact says.")
    from_kind: ThingKind = resolved_by(recall.from_kind)
    from_key: str = resolved_by(recall.from_key)
    to_kind: ThingKind = resolved_by(recall.to_kind)
    to_key: str = resolved_by(recall.to_key)
    at: Instant = told("When it happened.")
    event: EventRecordRef = resolved_by(recall.step_event)


@answers(shown.ShownPath, allow=ANALYSTS)
class EvidencePath:
    """One way from the seed to the thing."""

    steps: list[EvidenceStep] = told("The facts in order; none for the seed itself.")


@answers(shown.ShownLot, allow=ANALYSTS)
class AffectedLot:
    """A lot that may carry the suspect."""

    lot: LotRef = resolved_by(recall.affected_lot, carries=frozenset({"lot_id"}))
    since: Instant = told("Since when.")
    certainty: Certainty = told("Whether it surely carries some, or may.")
    low: int = told("Units that carry it, at least.")
    high: int = told("Units that carry it, at most.")
    quantity: int = told("Units of the lot.")
    dispositions: list[DispositionBound] = told("The same units by where they are now.")
    evidence: list[EvidencePath] = resolved_by(recall.lot_evidence)


@answers(allow=ANALYSTS)
class AffectedLotConnection(Connection):
    """A slice of the lots reached."""

    nodes: list[AffectedLot] = told("The lots of this slice, by name.")


@answers(shown.ShownUnit, allow=ANALYSTS)
class AffectedUnit:
    """A unit that carries, or may carry, the suspect."""

    unit: UnitRef = resolved_by(recall.affected_unit, carries=frozenset({"unit_id"}))
    certainty: Certainty = told("Whether it surely carries it, or may.")
    evidence: list[EvidencePath] = resolved_by(recall.unit_evidence)


@answers(allow=ANALYSTS)
class AffectedUnitConnection(Connection):
    """A slice of the units reached."""

    nodes: list[AffectedUnit] = told("The units of this slice, by name.")


@answers(records.AffectedShipment, allow=ANALYSTS)
class AffectedShipment:
    """A shipment that took suspect parts."""

    shipment: ShipmentRef = resolved_by(recall.affected_shipment)
    certainty: Certainty = told("Whether it surely took some, or may have.")
    low: int = told("Units, at least.")
    high: int = told("Units, at most.")


@answers(records.AffectedOrder, allow=ANALYSTS)
class AffectedOrder:
    """An order that reached lots or shipments serve."""

    order: OrderRef = resolved_by(recall.affected_order)
    certainty: Certainty = told("Whether it surely got some, or may have.")
    low: int = told("Units, at least.")
    high: int = told("Units, at most.")


@answers(records.AffectedCustomer, allow=ANALYSTS)
class AffectedCustomer:
    """A customer of reached orders and shipments."""

    customer: CustomerRef = resolved_by(recall.affected_customer)
    certainty: Certainty = told("Whether one of them is definite.")
    orders: int = told("Orders reached.")
    shipments: int = told("Shipments reached.")


@answers(records.AffectedMaterialLot, allow=ANALYSTS)
class AffectedMaterialLot:
    """A material lot that carries the suspect, the seed included."""

    material_lot: MaterialLotRef = resolved_by(recall.affected_material_lot)
    since: Instant | None = told("Since when; null means always.")


@answers(shown.RecallImpact, allow=ANALYSTS)
class RecallImpact:
    """Everything that may carry the suspect, with bounds and evidence."""

    answer: Answer = told("What the answer says about itself.")
    totals: RecallTotals = told("The sums.")
    lots: AffectedLotConnection = resolved_by(recall.lots)
    units: AffectedUnitConnection = resolved_by(recall.units)
    shipments: list[AffectedShipment] = told("The shipments reached, by name.")
    orders: list[AffectedOrder] = told("The orders reached, by name.")
    customers: list[AffectedCustomer] = told("The customers reached, by name.")
    material_lots: list[AffectedMaterialLot] = told("The material lots that carry it, the seed included.")
