"""Single units and their test results."""

from __future__ import annotations

import strawberry

from resolvers import measurements, units
from schema.fields import answers, identity, resolved_by, told
from schema.policies import READERS, SHOP_FLOOR
from schema.scalars import Json
from schema.types.forward import (
    ContainerRef,
    DieRef,
    LotRef,
    MaterialLotRef,
    MeasurementConnectionRef,
    ShipmentRef,
    SubstrateRef,
)
from schema.types.node import Connection, Node
from twin.records import unit as records
from twin.vocabulary.instants import Instant
from twin.vocabulary.states import Disposition


@answers(records.TestResult, allow=READERS)
class TestResult:
    """One touchdown of one die or unit."""

    operation: str = told("The test operation's code.")
    attempt: int = told("1 for the first touchdown; retests count up.")
    final: bool = told("Whether no later attempt of the same operation is known.")
    passed: bool = told("Whether it passed.")
    hard_bin: int = told("The tester's hard bin.")
    soft_bin: int = told("The tester's soft bin.")
    at: Instant = told("When the results were told.")
    program: str | None = told("The test program.")
    values: Json | None = told("What was measured, by name.", allow=SHOP_FLOOR)


@answers(records.Unit, allow=READERS)
class Unit(Node):
    """A singulated or marked unit."""

    id: strawberry.ID = identity("UNIT", "unit_id")
    unit_id: str = told("The unit's own code.")
    lot: LotRef | None = resolved_by(units.lot)
    substrate: SubstrateRef | None = resolved_by(units.substrate)
    x: int | None = told("The column of its site on the substrate.")
    y: int | None = told("The row of its site on the substrate.")
    dies: list[DieRef] = resolved_by(units.dies)
    components: list[Unit] = resolved_by(units.components)
    material_lots: list[MaterialLotRef] = resolved_by(units.material_lots)
    tests: list[TestResult] = resolved_by(units.tests)
    mark: str | None = told("What is written on it.")
    measurements: MeasurementConnectionRef = resolved_by(measurements.of_unit, allow=SHOP_FLOOR)
    container: ContainerRef | None = resolved_by(units.container)
    shipment: ShipmentRef | None = resolved_by(units.shipment)
    disposition: Disposition = resolved_by(units.disposition)


@answers(allow=READERS)
class UnitConnection(Connection):
    """A slice of a list of units."""

    nodes: list[Unit] = told("The units of this slice.")
