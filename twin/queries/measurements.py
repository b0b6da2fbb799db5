"""Measurements and maintenance, as the counted events of one thing tell them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from twin.events.event import Event
from twin.events.maintenance import MaintenanceDone
from twin.events.quality import MeasurementRecorded
from twin.records.maintenance import Maintenance, MaintenanceCheck
from twin.records.measurement import Measurement

MEASURED: Final = (MeasurementRecorded.__name__,)
MAINTAINED: Final = (MaintenanceDone.__name__,)


def measurements(events: Iterable[Event]) -> list[Measurement]:
    """What was measured, the earliest first."""
    found = [
        Measurement(
            event_id=event.event_id,
            at=event.occurred_at,
            equipment_id=fact.equipment_id,
            characteristic=fact.characteristic,
            value=fact.value,
            unit=fact.unit,
            lower=fact.lower,
            upper=fact.upper,
            lot_id=fact.lot_id,
            substrate_id=fact.substrate_id,
            unit_id=fact.unit_id,
        )
        for event in events
        if isinstance(fact := event.fact, MeasurementRecorded)
    ]
    return sorted(found, key=place_of)


def maintenance(events: Iterable[Event]) -> list[Maintenance]:
    """What was maintained, the earliest first."""
    found = [
        Maintenance(
            event_id=event.event_id,
            task_id=fact.task_id,
            by=fact.by,
            at=event.occurred_at,
            items=tuple(MaintenanceCheck(item.name, item.ok, item.note) for item in fact.items),
        )
        for event in events
        if isinstance(fact := event.fact, MaintenanceDone)
    ]
    return sorted(found, key=place_of)


def place_of(one: Measurement | Maintenance) -> tuple[int, str]:
    """Where one stands in a list that begins with the earliest."""
    return (one.at, one.event_id)
