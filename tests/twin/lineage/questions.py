from __future__ import annotations

from collections.abc import Iterable

from tests.factory import at
from twin.events.event import Event
from twin.lineage.counting import counted
from twin.lineage.exposure import exposure
from twin.records.recall import Exposure, MaterialLotScope, RecallScope

PASTE = MaterialLotScope("PASTE-1")

Row = tuple[int, int, int]


def recall(events: Iterable[Event], scope: RecallScope = PASTE, as_of: str | None = None) -> Exposure:
    moment = None if as_of is None else at(as_of)
    return exposure(counted(events, moment), scope, moment)


def lots(events: Iterable[Event], scope: RecallScope = PASTE, as_of: str | None = None) -> dict[str, Row]:
    answer = recall(events, scope, as_of)
    return {lot.lot_id: (lot.low, lot.high, lot.quantity) for lot in answer.lots}


def since(events: Iterable[Event], scope: RecallScope = PASTE) -> dict[str, int]:
    return {lot.lot_id: lot.since for lot in recall(events, scope).lots}


def units(events: Iterable[Event], scope: RecallScope = PASTE) -> dict[str, str]:
    return {unit.unit_id: unit.certainty.value for unit in recall(events, scope).units}


def places(events: Iterable[Event], lot_id: str, scope: RecallScope = PASTE) -> dict[str, tuple[int, int]]:
    (lot,) = [lot for lot in recall(events, scope).lots if lot.lot_id == lot_id]
    return {row.disposition.value: (row.low, row.high) for row in lot.dispositions}


def codes(events: Iterable[Event], scope: RecallScope = PASTE) -> set[str]:
    return {finding.code for finding in recall(events, scope).findings}
