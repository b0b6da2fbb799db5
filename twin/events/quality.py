"""Tests, inspections and measurements."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from twin.events.fact import Fact, Part
from twin.vocabulary.identifiers import (
    EquipmentId,
    Identifier,
    LotId,
    OperationCode,
    OperatorId,
    SubstrateId,
    UnitId,
)
from twin.vocabulary.quantities import BinCode, Coordinate, Count, Reading, Text, UnitOfMeasure
from twin.vocabulary.states import InspectionKind


class TestResult(Part, frozen=True):
    """One touchdown of one die or unit."""

    __test__ = False

    attempt: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    hard_bin: BinCode
    soft_bin: BinCode
    passed: bool
    unit_id: UnitId | None = None
    x: Coordinate | None = None
    y: Coordinate | None = None
    values: dict[str, Any] | None = None


class TestResultsRecorded(Fact, frozen=True):
    """A tester told its results; ``complete`` is false when its file was cut."""

    __test__ = False

    test_run_id: Identifier
    operation: OperationCode
    complete: bool
    results: tuple[TestResult, ...]
    lot_id: LotId | None = None
    substrate_id: SubstrateId | None = None
    equipment_id: EquipmentId | None = None
    program: Text | None = None
    program_revision: Text | None = None
    temperature_c: Reading | None = None


class Defect(Part, frozen=True):
    """One kind of fault, where and how often."""

    code: Identifier
    quantity: Count
    unit_ids: tuple[UnitId, ...] = ()
    substrate_id: SubstrateId | None = None
    x: Coordinate | None = None
    y: Coordinate | None = None
    offset_um: tuple[Reading, Reading] | None = None


class InspectionRecorded(Fact, frozen=True):
    """Somebody or something looked, and judged."""

    inspection_id: Identifier
    operation: OperationCode
    kind: InspectionKind
    passed: bool
    inspected: Count
    lot_id: LotId | None = None
    substrate_id: SubstrateId | None = None
    defects: tuple[Defect, ...] = ()
    by: OperatorId | None = None


class MeasurementRecorded(Fact, frozen=True):
    """A characteristic was measured, against its limits."""

    equipment_id: EquipmentId
    characteristic: Identifier
    value: Reading
    unit: UnitOfMeasure
    lot_id: LotId | None = None
    substrate_id: SubstrateId | None = None
    unit_id: UnitId | None = None
    lower: Reading | None = None
    upper: Reading | None = None
