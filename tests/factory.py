from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, Final

import msgspec

from twin.events.alarm import AlarmAcknowledged, AlarmCleared, AlarmEscalated, AlarmSet
from twin.events.correction import EventVoided
from twin.events.equipment import (
    EquipmentConnected,
    EquipmentDisconnected,
    EquipmentStateChanged,
    ParametersSampled,
    ProductionCounted,
)
from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.lot import (
    HoldReleased,
    LotCancelled,
    LotCompleted,
    LotCreated,
    LotHeld,
    LotMoved,
    LotReleased,
    LotsMerged,
    LotSplit,
    LotTrackedIn,
    LotTrackedOut,
    TrackInCancelled,
    UnitsScrapped,
)
from twin.events.maintenance import MaintenanceDone, RepairFinished, RepairRequested, RepairStarted
from twin.events.material import (
    MaterialConsumed,
    MaterialLotReceived,
    MaterialMixed,
    MaterialMounted,
    MaterialMoved,
    MaterialReturned,
    MaterialThawed,
    MaterialUnmounted,
)
from twin.events.order import (
    EquipmentRegistered,
    MaterialDefined,
    OrderChanged,
    OrderReceived,
    ProductDefined,
)
from twin.events.packing import Packed, Shipped
from twin.events.quality import InspectionRecorded, MeasurementRecorded, TestResultsRecorded
from twin.events.recipe import RecipeApproved, RecipeRetired, RecipeSelected, RecipeUploaded, RecipeVerified
from twin.events.substrate import (
    DiesTransferred,
    SubstrateMapped,
    SubstrateProcessed,
    SubstrateRegistered,
    UnitsAssembled,
    UnitsIdentified,
)
from twin.events.tool import ToolMounted, ToolUnmounted
from twin.vocabulary.instants import Instant

Builder = Callable[..., Event]

START: Final = 1_772_438_400_000
"""2026-03-02T08:00:00Z, when the day of the tests begins."""

DAY: Final = "2026-03-02T"
MOMENT: Final = "2026-03-02T08:00:00Z"
SHA256: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

_numbers = count(1)


def at(clock: str) -> Instant:
    """The instant of ``HH:MM[:SS[.mmm]]`` UTC on the day of the tests; ``-1 HH:MM`` is the day before."""
    day, _, time = clock.rpartition(" ")
    hours, minutes, *seconds = time.split(":")
    of_day = (int(hours) - 8) * 3_600_000 + int(minutes) * 60_000
    of_day += round(float(seconds[0]) * 1000) if seconds else 0
    return Instant(START + int(day or 0) * 86_400_000 + of_day)


def event(
    fact: Fact,
    *,
    event_id: str | None = None,
    occurred_at: int | str | None = None,
    source: str = "mes",
    source_sequence: int | None = None,
    recorded_at: int | str = 0,
) -> Event:
    """A fact in its envelope; without a time of its own it happened a second after the one built before."""
    number = next(_numbers)
    return Event(
        event_id=event_id or f"event-{number}",
        source=source,
        occurred_at=_instant(START + number * 1000 if occurred_at is None else occurred_at),
        fact=fact,
        source_sequence=source_sequence,
        recorded_at=_instant(recorded_at),
    )


def _instant(given: int | str) -> Instant:
    return at(given) if isinstance(given, str) else Instant(given)


_ENVELOPE: Final = ("event_id", "occurred_at", "source", "source_sequence", "recorded_at")


def _builder(fact_type: type[Fact], **usual: Any) -> Builder:
    def build(**given: Any) -> Event:
        envelope = {name: given.pop(name) for name in _ENVELOPE if name in given}
        return event(msgspec.convert({**usual, **given}, fact_type), **envelope)

    build.__name__ = fact_type.__name__
    return build


def _at_operation(**more: Any) -> dict[str, Any]:
    return {"lot_id": "LOT-1", "operation": "DIE_BOND", "equipment_id": "DB-01", **more}


# Every builder takes the fact's own fields (lists as lists of dicts), and the envelope's:
# event_id, occurred_at (milliseconds, or "08:30" through `at`), source, source_sequence, recorded_at.

equipment_registered = _builder(EquipmentRegistered, equipment_id="DB-01", equipment_type="DIE_BONDER")
product_defined = _builder(ProductDefined, product_id="LED-5050", granularity="LOT")
material_defined = _builder(MaterialDefined, material_id="EPOXY-A", kind="EPOXY", unit="G")
order_received = _builder(
    OrderReceived,
    order_id="ORD-1",
    customer_id="CUST-1",
    product_id="LED-5050",
    quantity=1000,
    due_at="2026-03-31T18:00:00Z",
)
order_changed = _builder(OrderChanged, order_id="ORD-1")

lot_created = _builder(LotCreated, lot_id="LOT-1", product_id="LED-5050", quantity=100)
lot_released = _builder(LotReleased, lot_id="LOT-1")
lot_tracked_in = _builder(LotTrackedIn, **_at_operation())
lot_tracked_out = _builder(LotTrackedOut, **_at_operation(good=100))
track_in_cancelled = _builder(TrackInCancelled, **_at_operation(reason="wrong lot"))
lot_moved = _builder(LotMoved, lot_id="LOT-1", location_id="RACK-1")
lot_split = _builder(LotSplit, parent_lot_id="LOT-1", children=[{"lot_id": "LOT-1A", "quantity": 40}])
lots_merged = _builder(
    LotsMerged, into_lot_id="LOT-M", parents=[{"lot_id": "LOT-1", "quantity": 100}], reason="MERGE"
)
units_scrapped = _builder(UnitsScrapped, lot_id="LOT-1", quantity=1, reason="broken")
lot_held = _builder(LotHeld, lot_id="LOT-1", hold_id="HOLD-1", reason_code="QUALITY", by="op-1")
hold_released = _builder(HoldReleased, lot_id="LOT-1", hold_id="HOLD-1", by="op-2")
lot_completed = _builder(LotCompleted, lot_id="LOT-1", quality="PASS")
lot_cancelled = _builder(LotCancelled, lot_id="LOT-1", reason="order withdrawn")

material_lot_received = _builder(
    MaterialLotReceived, material_lot_id="PASTE-1", material_id="EPOXY-A", quantity=500, unit="G"
)
material_mixed = _builder(
    MaterialMixed,
    material_lot_id="MIX-1",
    material_id="PHOSPHOR-MIX",
    quantity=100,
    unit="G",
    inputs=[{"material_lot_id": "PASTE-1", "quantity": 100, "unit": "G"}],
)
material_moved = _builder(MaterialMoved, material_lot_id="PASTE-1", location_id="FRIDGE-1")
material_thawed = _builder(
    MaterialThawed, material_lot_id="PASTE-1", usable_from=MOMENT, usable_until=f"{DAY}20:00:00Z"
)
material_mounted = _builder(
    MaterialMounted, material_lot_id="PASTE-1", equipment_id="DB-01", position="DISPENSER-1"
)
material_unmounted = _builder(
    MaterialUnmounted, material_lot_id="PASTE-1", equipment_id="DB-01", position="DISPENSER-1"
)
material_consumed = _builder(
    MaterialConsumed,
    lot_id="LOT-1",
    operation="DIE_BOND",
    material_lot_id="PASTE-1",
    quantity=10,
    unit="G",
    method="BARCODE_SCAN",
)
material_returned = _builder(
    MaterialReturned, lot_id="LOT-1", material_lot_id="PASTE-1", quantity=1, unit="G"
)
_TOOL: Final = {
    "tool_id": "CAP-1",
    "tool_kind": "CAPILLARY",
    "equipment_id": "WB-01",
    "position": "HEAD-1",
}
tool_mounted = _builder(ToolMounted, **_TOOL)
tool_unmounted = _builder(ToolUnmounted, **_TOOL)

substrate_registered = _builder(SubstrateRegistered, substrate_id="WAFER-1", kind="WAFER")
substrate_mapped = _builder(
    SubstrateMapped,
    substrate_id="WAFER-1",
    kind="WAFER",
    columns=2,
    rows=1,
    origin="LOWER_LEFT",
    axis="UP_RIGHT",
    orientation_deg=0,
    null_bin=0,
    bins=b"\x01\x00\x02\x00",
    bin_definitions=[{"bin": 1, "quality": "PASS"}, {"bin": 2, "quality": "FAIL"}],
)
dies_transferred = _builder(
    DiesTransferred,
    to_substrate_id="STRIP-1",
    to_kind="STRIP",
    operation="DIE_BOND",
    equipment_id="DB-01",
    transfers=[["WAFER-1", 4, 51, 0, 1]],
)
units_identified = _builder(UnitsIdentified, lot_id="LOT-1", units=[{"unit_id": "UNIT-1"}])
units_assembled = _builder(
    UnitsAssembled,
    unit_id="MODULE-1",
    lot_id="LOT-1",
    operation="ASSEMBLY",
    components=[{"unit_id": "UNIT-1"}],
)
substrate_processed = _builder(
    SubstrateProcessed,
    **_at_operation(substrate_id="STRIP-1", started_at=MOMENT, finished_at=f"{DAY}08:05:00Z"),
)
packed = _builder(Packed, container_id="REEL-1", kind="REEL", contents=[{"lot_id": "LOT-1", "quantity": 100}])
shipped = _builder(Shipped, shipment_id="SHIP-1", customer_id="CUST-1", contents=[{"container_id": "REEL-1"}])

equipment_state_changed = _builder(EquipmentStateChanged, equipment_id="DB-01", state="PRODUCTIVE")
equipment_connected = _builder(EquipmentConnected, equipment_id="DB-01")
equipment_disconnected = _builder(EquipmentDisconnected, equipment_id="DB-01")
production_counted = _builder(ProductionCounted, equipment_id="DB-01", total=1000)
parameters_sampled = _builder(
    ParametersSampled, equipment_id="DB-01", samples=[{"name": "bond_force", "value": 0.8}]
)
alarm_set = _builder(AlarmSet, alarm_id="ALARM-1", equipment_id="DB-01", code="4711", text="pickup missed")
alarm_cleared = _builder(AlarmCleared, alarm_id="ALARM-1", equipment_id="DB-01")
alarm_acknowledged = _builder(AlarmAcknowledged, alarm_id="ALARM-1", by="op-1")
alarm_escalated = _builder(AlarmEscalated, alarm_id="ALARM-1", level=1, notified=["lead-1"])

_RECIPE: Final = {"recipe_id": "BOND-5050", "version": "3"}
recipe_uploaded = _builder(
    RecipeUploaded, **_RECIPE, equipment_type="DIE_BONDER", body_sha256=SHA256, size=4096, by="eng-1"
)
recipe_approved = _builder(RecipeApproved, **_RECIPE, by="qa-1")
recipe_retired = _builder(RecipeRetired, **_RECIPE, by="qa-1")
recipe_selected = _builder(RecipeSelected, **_RECIPE, equipment_id="DB-01")
recipe_verified = _builder(
    RecipeVerified,
    **_RECIPE,
    equipment_id="DB-01",
    expected_sha256=SHA256,
    actual_sha256=SHA256,
    matched=True,
)

test_results_recorded = _builder(
    TestResultsRecorded,
    test_run_id="TEST-1",
    operation="FINAL_TEST",
    complete=True,
    results=[{"unit_id": "UNIT-1", "attempt": 1, "hard_bin": 1, "soft_bin": 1, "passed": True}],
)
inspection_recorded = _builder(
    InspectionRecorded, inspection_id="INSP-1", operation="AOI", kind="AOI", passed=True, inspected=100
)
measurement_recorded = _builder(
    MeasurementRecorded, equipment_id="WB-01", characteristic="pull_force", value=8.4, unit="GF"
)
_REPAIR: Final = {"repair_id": "REPAIR-1", "equipment_id": "DB-01", "by": "tech-1"}
repair_requested = _builder(RepairRequested, **_REPAIR)
repair_started = _builder(RepairStarted, **_REPAIR)
repair_finished = _builder(RepairFinished, **_REPAIR)
maintenance_done = _builder(
    MaintenanceDone,
    task_id="PM-1",
    equipment_id="DB-01",
    by="tech-1",
    items=[{"name": "clean nozzle", "ok": True}],
)
event_voided = _builder(EventVoided, voided_event_id="event-1", reason="DID_NOT_OCCUR", by="qa-1")

BUILDERS: Final[dict[str, Builder]] = {
    built.__name__: built
    for built in list(globals().values())
    if callable(built) and getattr(built, "__qualname__", "") == "_builder.<locals>.build"
}
"""Every builder by the name of the fact it builds."""
