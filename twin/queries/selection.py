"""Which of the events about a reached thing are needed, and which of the things that they lead to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from twin.events.event import Event
from twin.events.lot import UnitsScrapped
from twin.events.material import MaterialLotReceived, MaterialMixed
from twin.events.packing import Packed, Shipped
from twin.events.quality import InspectionRecorded, MeasurementRecorded, TestResultsRecorded
from twin.events.registry import FACTS
from twin.events.substrate import DiesTransferred, SubstrateRegistered, UnitsIdentified
from twin.queries.rings import Reached, Way

IDENTITY: Final = ("MaterialLotReceived", "MaterialMixed", "MaterialThawed")
"""What a material lot is."""

GUESSES: Final = ("MaterialConsumed",)
"""What says of which material a lot is, where nobody received or mixed it: read only then."""

PAST: Final = tuple(sorted(FACTS.keys() - {"MaterialConsumed"}))
"""All but who used it: a material lot that went into something may have gone into thousands of lots."""

_MOUNTS: Final = ("MaterialMounted", "MaterialUnmounted")

SAME_FOR_ALL_UNITS: Final = frozenset(
    {
        UnitsIdentified,
        UnitsScrapped,
        TestResultsRecorded,
        InspectionRecorded,
        MeasurementRecorded,
        Packed,
        Shipped,
    }
)
"""Facts that lead from each of the units they name to the same things."""


def types_of(reached: Reached) -> tuple[str, ...] | None:
    """Which events about a thing are needed; None for all of them."""
    if reached.label == "Equipment":
        return _MOUNTS
    if reached.label == "MaterialLot" and reached.way is Way.SOURCE:
        return PAST
    return IDENTITY if reached.way is Way.NAMED else None


def is_told(material_lot_id: str, events: Iterable[Event]) -> bool:
    """Whether somebody received or mixed a material lot."""
    return any(
        isinstance(event.fact, MaterialLotReceived | MaterialMixed)
        and event.fact.material_lot_id == material_lot_id
        for event in events
    )


def is_origin(further: Reached, event: Event) -> bool:
    """Whether a thing is only where dies came from."""
    if further.label != "Substrate" or not isinstance(event.fact, DiesTransferred):
        return False
    return further.key != event.fact.to_substrate_id


def makes_dies_suspect(reached: Reached, event: Event) -> bool:
    """Whether a material lot that carries the suspect became a wafer, whose dies may carry it on."""
    carries = reached.label == "MaterialLot" and reached.way is Way.CARRIES
    return carries and isinstance(event.fact, SubstrateRegistered)
