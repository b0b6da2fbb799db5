"""States and kinds, as the standards and the contract spell them."""

from __future__ import annotations

from enum import StrEnum


class EquipmentState(StrEnum):
    """The six states of SEMI E10, and UNKNOWN for a machine nobody hears."""

    PRODUCTIVE = "PRODUCTIVE"
    STANDBY = "STANDBY"
    ENGINEERING = "ENGINEERING"
    SCHEDULED_DOWN = "SCHEDULED_DOWN"
    UNSCHEDULED_DOWN = "UNSCHEDULED_DOWN"
    NON_SCHEDULED = "NON_SCHEDULED"
    UNKNOWN = "UNKNOWN"


class LotStatus(StrEnum):
    """Where a lot stands in its life."""

    PLANNED = "PLANNED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    HOLD = "HOLD"
    CANCELLED = "CANCELLED"


class WipStatus(StrEnum):
    """What a lot is doing on the floor."""

    WAITING = "WAITING"
    PROCESSING = "PROCESSING"
    HOLD = "HOLD"
    COMPLETED = "COMPLETED"


class QualityStatus(StrEnum):
    """The verdict on a finished lot."""

    PASS = "PASS"  # noqa: S105 - a verdict
    FAIL = "FAIL"
    PENDING = "PENDING"


class Granularity(StrEnum):
    """How far down a product is traced."""

    LOT = "LOT"
    STRIP = "STRIP"
    UNIT = "UNIT"


class SubstrateKind(StrEnum):
    """What dies stand on."""

    WAFER = "WAFER"
    FRAME = "FRAME"
    STRIP = "STRIP"
    TRAY = "TRAY"
    DBC = "DBC"
    PANEL = "PANEL"


class ContainerKind(StrEnum):
    """What finished goods are packed in."""

    REEL = "REEL"
    TRAY = "TRAY"
    BOX = "BOX"
    PALLET = "PALLET"


class MaterialKind(StrEnum):
    """What a material is to the product."""

    DIE = "DIE"
    EPOXY = "EPOXY"
    WIRE = "WIRE"
    SUBSTRATE = "SUBSTRATE"
    SOLDER = "SOLDER"
    ENCAPSULANT = "ENCAPSULANT"
    CARRIER = "CARRIER"
    OTHER = "OTHER"


class ToolKind(StrEnum):
    """A part of a machine that wears and is changed."""

    CAPILLARY = "CAPILLARY"
    COLLET = "COLLET"
    NEEDLE = "NEEDLE"
    BLADE = "BLADE"
    SOCKET = "SOCKET"
    LOAD_BOARD = "LOAD_BOARD"
    STENCIL = "STENCIL"
    FIXTURE = "FIXTURE"


class ConsumptionMethod(StrEnum):
    """How a consumption came to be known."""

    BARCODE_SCAN = "BARCODE_SCAN"
    RFID = "RFID"
    WEIGHT = "WEIGHT"
    MANUAL = "MANUAL"
    EQUIPMENT = "EQUIPMENT"


class MergeReason(StrEnum):
    """Why lots became one."""

    MERGE = "MERGE"
    TAIL = "TAIL"
    REWORK_RETURN = "REWORK_RETURN"


class ZoneEvent(StrEnum):
    """A material lot passing an RFID zone."""

    ENTERED = "ENTERED"
    LEFT = "LEFT"


class MapOrigin(StrEnum):
    """Where the map's first bin lies (SEMI E142 OriginLocation)."""

    LOWER_LEFT = "LOWER_LEFT"
    UPPER_LEFT = "UPPER_LEFT"
    UPPER_RIGHT = "UPPER_RIGHT"
    LOWER_RIGHT = "LOWER_RIGHT"
    CENTER = "CENTER"


class MapAxis(StrEnum):
    """Which way x and y grow (SEMI E142 AxisDirection)."""

    UP_RIGHT = "UP_RIGHT"
    UP_LEFT = "UP_LEFT"
    DOWN_RIGHT = "DOWN_RIGHT"
    DOWN_LEFT = "DOWN_LEFT"


class BinQuality(StrEnum):
    """What a bin says of its die (SEMI E142 BinQuality)."""

    PASS = "PASS"  # noqa: S105 - a verdict
    FAIL = "FAIL"
    NULL = "NULL"
    REFERENCE = "REFERENCE"
    UNKNOWN = "UNKNOWN"


class InspectionKind(StrEnum):
    """Who looked, and how."""

    IPQC = "IPQC"
    AOI = "AOI"
    XRAY = "XRAY"
    INCOMING = "INCOMING"
    OQC = "OQC"


class VoidReason(StrEnum):
    """Why a fact is taken out of the twin again."""

    DID_NOT_OCCUR = "DID_NOT_OCCUR"
    INCORRECT_DATA = "INCORRECT_DATA"


class Certainty(StrEnum):
    """How sure an answer is that a thing carries the suspect."""

    DEFINITE = "DEFINITE"
    POSSIBLE = "POSSIBLE"


class Disposition(StrEnum):
    """Where a lot's units are now."""

    IN_PROCESS = "IN_PROCESS"
    IN_STOCK = "IN_STOCK"
    SHIPPED = "SHIPPED"
    SCRAPPED = "SCRAPPED"
    CANCELLED = "CANCELLED"


class TraceDirection(StrEnum):
    """Back to what went in, or forward to what came out."""

    ANCESTORS = "ANCESTORS"
    DESCENDANTS = "DESCENDANTS"


class FrameKind(StrEnum):
    """What a subscription frame is."""

    SNAPSHOT = "SNAPSHOT"
    DELTA = "DELTA"
    RESYNC = "RESYNC"
    HEARTBEAT = "HEARTBEAT"
