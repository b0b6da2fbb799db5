"""Who looked at lots and substrates, and which faults were seen."""

from __future__ import annotations

from resolvers import spans
from schema.fields import answers, resolved_by, told
from schema.policies import READERS, SHOP_FLOOR
from schema.types.forward import EventRecordRef
from schema.types.node import Connection
from twin.records import inspection as records
from twin.vocabulary.instants import Instant


@answers(records.Defect, allow=READERS)
class Defect:
    """One kind of fault, where and how often."""

    code: str = told("What kind of fault.")
    quantity: int = told("How often it was seen.")
    unit_ids: list[str] = told("The units that have it, where they were told.")
    substrate_id: str | None = told("The substrate that has it.")
    x: int | None = told("The column on that substrate.")
    y: int | None = told("The row on that substrate.")


@answers(allow=READERS)
class DefectConnection(Connection):
    """A slice of a list of faults."""

    nodes: list[Defect] = told("The faults of this slice.")


@answers(records.Inspection, allow=READERS)
class Inspection:
    """Somebody or something looked, and judged."""

    inspection_id: str = told("The inspection's own name.")
    operation: str = told("At which operation.")
    kind: str = told("IPQC, AOI, XRAY, INCOMING or OQC.")
    passed: bool = told("The judgement.")
    inspected: int = told("How many units were looked at.")
    by: str | None = told("Who looked.", allow=SHOP_FLOOR)
    at: Instant = told("When.")
    lot_id: str | None = told("The lot that was looked at.")
    substrate_id: str | None = told("The substrate that was looked at.")
    defects: DefectConnection = resolved_by(spans.defects)
    event: EventRecordRef = resolved_by(spans.event)


@answers(allow=READERS)
class InspectionConnection(Connection):
    """A slice of a list of inspections."""

    nodes: list[Inspection] = told("The inspections of this slice.")
