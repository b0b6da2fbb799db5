"""Which event does what to the ledger, in the order of counted events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from twin.events.event import Event
from twin.events.fact import Fact
from twin.events.lot import LotCreated, LotsMerged, LotSplit, LotTrackedOut, UnitsScrapped
from twin.events.material import MaterialConsumed, MaterialMixed
from twin.events.packing import Packed, Shipped
from twin.events.quality import InspectionRecorded, MeasurementRecorded, TestResultsRecorded
from twin.events.substrate import (
    DiesTransferred,
    SubstrateProcessed,
    SubstrateRegistered,
    UnitsAssembled,
    UnitsIdentified,
)
from twin.folds import lot_moves, part_moves, unit_moves
from twin.folds.assembly import assemble
from twin.folds.ledger import Ledger


def enter(ledger: Ledger, place: int, event: Event) -> None:
    """Enter the event at a place; it must come after all entered before."""
    action = _ACTIONS.get(type(event.fact))
    if action is not None:
        action(ledger, place, event, event.fact)


_ACTIONS: Final[dict[type[Fact], Callable[[Ledger, int, Event, Any], None]]] = {
    LotCreated: lot_moves.created,
    LotSplit: lot_moves.split,
    LotsMerged: lot_moves.merged,
    UnitsScrapped: lot_moves.scrapped,
    LotTrackedOut: lot_moves.tracked_out,
    MaterialConsumed: lot_moves.consumed,
    MaterialMixed: lot_moves.mixed,
    Packed: part_moves.packed,
    Shipped: part_moves.shipped,
    SubstrateRegistered: unit_moves.registered,
    DiesTransferred: unit_moves.transferred,
    SubstrateProcessed: unit_moves.processed,
    UnitsIdentified: unit_moves.identified,
    UnitsAssembled: assemble,
    TestResultsRecorded: unit_moves.tested,
    InspectionRecorded: unit_moves.inspected,
    MeasurementRecorded: unit_moves.measured,
}
