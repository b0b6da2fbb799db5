"""What a machine sampled or counted, as rows of the columnar history."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from twin.events.equipment import ParametersSampled, ProductionCounted, Sample
from twin.events.event import Event
from twin.vocabulary.instants import instant_of

TOTAL: Final = "ProductionCounted.total"
"""Under this name a machine's counter of everything it made is a series."""

GOOD: Final = "ProductionCounted.good"
"""Under this name a machine's counter of what it made well is a series."""

DAY_MS: Final = 86_400_000

SAMPLING: Final = (ParametersSampled, ProductionCounted)
"""The facts that tell samples."""


class SampleRow(Struct, frozen=True, kw_only=True):
    """One sample: a number, or words; true is 1 and false is 0.

    ``day`` counts the days since 1970 in UTC: where ``sampled_at`` lies, whenever the event arrived.
    """

    event_id: str
    equipment_id: str
    day: int
    sampled_at: int
    name: str
    value: float | None = None
    words: str | None = None
    unit: str | None = None
    lot_id: str | None = None
    substrate_id: str | None = None


def samples_of(event: Event) -> list[SampleRow]:
    """The samples that an event tells; none for every other kind of event."""
    fact = event.fact
    if isinstance(fact, ParametersSampled):
        return [_sampled(event, fact, sample) for sample in fact.samples]
    if isinstance(fact, ProductionCounted):
        counters = ((TOTAL, fact.total), (GOOD, fact.good))
        return [_counted(event, fact, name, count) for name, count in counters if count is not None]
    return []


def _sampled(event: Event, fact: ParametersSampled, sample: Sample) -> SampleRow:
    sampled_at = int(event.occurred_at if sample.at is None else instant_of(sample.at))
    words = sample.value.replace("\x00", "\ufffd") if isinstance(sample.value, str) else None
    return SampleRow(
        event_id=event.event_id,
        equipment_id=fact.equipment_id,
        day=sampled_at // DAY_MS,
        sampled_at=sampled_at,
        name=sample.name,
        value=None if isinstance(sample.value, str) else float(sample.value),
        words=words,
        unit=sample.unit,
        lot_id=fact.lot_id,
        substrate_id=fact.substrate_id,
    )


def _counted(event: Event, fact: ProductionCounted, name: str, count: int) -> SampleRow:
    return SampleRow(
        event_id=event.event_id,
        equipment_id=fact.equipment_id,
        day=event.occurred_at // DAY_MS,
        sampled_at=event.occurred_at,
        name=name,
        value=float(count),
        unit="PCS",
        lot_id=fact.lot_id,
    )
