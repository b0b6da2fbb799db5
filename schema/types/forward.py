"""Types that refer to each other across modules, resolved when the schema is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import strawberry

if TYPE_CHECKING:
    from schema.types.equipment import Alarm, Equipment
    from schema.types.event import EventRecord, Finding
    from schema.types.inspection import InspectionConnection
    from schema.types.lot import Lot, OperationRun
    from schema.types.material import MaterialLot, UseConnection
    from schema.types.measurement import MeasurementConnection
    from schema.types.order import Customer, Order, Product
    from schema.types.packing import Container, Shipment
    from schema.types.spans import MountIntervalConnection
    from schema.types.substrate import Die, Substrate
    from schema.types.unit import TestResult, Unit, UnitConnection

LotRef: TypeAlias = Annotated["Lot", strawberry.lazy("schema.types.lot")]
OperationRunRef: TypeAlias = Annotated["OperationRun", strawberry.lazy("schema.types.lot")]
ProductRef: TypeAlias = Annotated["Product", strawberry.lazy("schema.types.order")]
OrderRef: TypeAlias = Annotated["Order", strawberry.lazy("schema.types.order")]
CustomerRef: TypeAlias = Annotated["Customer", strawberry.lazy("schema.types.order")]
MaterialLotRef: TypeAlias = Annotated["MaterialLot", strawberry.lazy("schema.types.material")]
UseConnectionRef: TypeAlias = Annotated["UseConnection", strawberry.lazy("schema.types.material")]
SubstrateRef: TypeAlias = Annotated["Substrate", strawberry.lazy("schema.types.substrate")]
DieRef: TypeAlias = Annotated["Die", strawberry.lazy("schema.types.substrate")]
UnitRef: TypeAlias = Annotated["Unit", strawberry.lazy("schema.types.unit")]
UnitConnectionRef: TypeAlias = Annotated["UnitConnection", strawberry.lazy("schema.types.unit")]
TestResultRef: TypeAlias = Annotated["TestResult", strawberry.lazy("schema.types.unit")]
EquipmentRef: TypeAlias = Annotated["Equipment", strawberry.lazy("schema.types.equipment")]
AlarmRef: TypeAlias = Annotated["Alarm", strawberry.lazy("schema.types.equipment")]
ContainerRef: TypeAlias = Annotated["Container", strawberry.lazy("schema.types.packing")]
ShipmentRef: TypeAlias = Annotated["Shipment", strawberry.lazy("schema.types.packing")]
EventRecordRef: TypeAlias = Annotated["EventRecord", strawberry.lazy("schema.types.event")]
MeasurementConnectionRef: TypeAlias = Annotated[
    "MeasurementConnection", strawberry.lazy("schema.types.measurement")
]
MountIntervalConnectionRef: TypeAlias = Annotated[
    "MountIntervalConnection", strawberry.lazy("schema.types.spans")
]
InspectionConnectionRef: TypeAlias = Annotated[
    "InspectionConnection", strawberry.lazy("schema.types.inspection")
]
FindingRef: TypeAlias = Annotated["Finding", strawberry.lazy("schema.types.event")]
