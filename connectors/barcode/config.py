"""What factory.yaml says about one scanner and the station it is bound to."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, field

from connectors.contract import Options
from connectors.errors import BadOption
from twin.vocabulary.identifiers import EquipmentId, LocationId, MaterialId, OperationCode, Position
from twin.vocabulary.quantities import UnitOfMeasure


class Means(StrEnum):
    """What a code without a form of its own names, told by its first letters."""

    LOT = "LOT"
    MATERIAL_LOT = "MATERIAL_LOT"


class LotScan(StrEnum):
    """What scanning a lot at the station means."""

    TRACK_IN = "TRACK_IN"
    MOVE = "MOVE"


class BarcodeOptions(Options, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One scanner: its line, and the station whose lots and materials it reads.

    ``port`` is a serial device, or ``tcp://host:port`` of a serial server. ``idle`` is the silence, in
    seconds, that ends a code of a scanner that sends no CR or LF.
    """

    port: Annotated[str, Meta(min_length=1)]
    equipment_id: EquipmentId
    operation: OperationCode
    baud: Annotated[int, Meta(ge=300, le=921_600)] = 9600
    location_id: LocationId | None = None
    position: Position | None = None
    lot_scan: LotScan = LotScan.TRACK_IN
    unit: UnitOfMeasure = "PCS"
    units: dict[MaterialId, UnitOfMeasure] = field(default_factory=dict)
    prefixes: dict[str, Means] = field(default_factory=dict)
    repeat_within: Annotated[float, Meta(ge=0, le=60)] = 2.0
    idle: Annotated[float, Meta(gt=0, le=60)] = 0.5
    reconnect: Annotated[float, Meta(gt=0, le=600)] = 1.0
    longest_code: Annotated[int, Meta(ge=16, le=65_536)] = 4096

    def __post_init__(self) -> None:
        if self.lot_scan is LotScan.MOVE and self.location_id is None:
            raise BadOption(("lot_scan",), "MOVE needs location_id; allowed: TRACK_IN, or name the location")
        if self.port.startswith("tcp://") and not self.port.rpartition(":")[2].isdecimal():
            raise BadOption(("port",), f"{self.port!r} has no port number; allowed: tcp://host:port")
