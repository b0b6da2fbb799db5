"""A recall case as it can be followed: the lots and units that join and leave it, and why."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, ClassVar, Final, TypeVar

from resolvers.live_cohorts import Answered
from resolvers.live_topics import Common, scope_name
from resolvers.shown import ShownLot, ShownUnit
from twin.graph.session import Graph
from twin.lineage.exposure import exposure
from twin.queries.clocks import LIVE
from twin.queries.events import event_record_of
from twin.queries.recall_watch import Watch, watched_recall
from twin.queries.things import things_by_key
from twin.records.case import RecallCase
from twin.records.event import EventRecord
from twin.records.frame import CaseFrame
from twin.records.recall import AffectedLot, AffectedUnit, Exposure
from twin.stream.change_feed import ChangedEvent

Row = TypeVar("Row", AffectedLot, AffectedUnit)

HELD_BACK: Final = 10_000
"""Events that may come while one answer is worked out; more make it old in any case."""


class CaseNow:
    """What the suspect of a case reached, worked out anew only after events that could change it.

    What could change it is known from the last answer. Events that come while the next one is worked out are
    kept until then, because it may rest upon things that the last one did not know of.
    """

    is_whole: ClassVar[bool] = False

    def __init__(self, graph: Graph, case: RecallCase, heavy: asyncio.Semaphore) -> None:
        self._graph, self._case, self._heavy = graph, case, heavy
        self._watch: Watch | None = None
        self._meanwhile: list[ChangedEvent] | None = None
        self._late: list[ChangedEvent] = []

    @property
    def name(self) -> str:
        """Bound to the scope: cases about the same suspect share the answer."""
        return scope_name("recallCaseChanges", self._case.scope)

    def concerns(self, event: ChangedEvent) -> bool:
        """Whether an event names something that the answer rests upon."""
        if self._meanwhile is not None and len(self._meanwhile) <= HELD_BACK:
            self._meanwhile.append(event)
        return self._watch is None or self._watch.is_touched(event.type, event.things)

    async def ask(self) -> Answered[Exposure]:
        """The answer now, within what the process folds at once."""
        self._late = []
        while True:
            self._meanwhile = []
            async with self._heavy:
                events, watch = await watched_recall(self._graph, self._case.scope, LIVE)
                answer = await asyncio.to_thread(_answered, events, self._case)
            if not self._is_overtaken(watch):
                return answer

    def _is_overtaken(self, watch: Watch) -> bool:
        """Whether something came meanwhile that matters to the new answer, and did not to the last."""
        before, self._watch = self._watch, watch
        meanwhile, self._meanwhile = self._meanwhile or [], None
        if before is None:
            return False
        unseen = [
            event
            for event in meanwhile
            if watch.is_touched(event.type, event.things) and not before.is_touched(event.type, event.things)
        ]
        self._late += unseen
        return bool(unseen) or len(meanwhile) > HELD_BACK

    def cause(self, before: Exposure, now: Exposure, events: Sequence[ChangedEvent]) -> str | None:
        """The latest event that names what differs, else what was reached, else the latest of all."""
        then, still = _said(before), _said(now)
        reached = then.keys() | still.keys()
        differing = {thing for thing in reached if then.get(thing) != still.get(thing)}
        told = [*events, *self._late]
        for things in (differing, reached):
            for event in reversed(told):
                if not things.isdisjoint(event.things):
                    return event.event_id
        return told[-1].event_id if told else None

    def whole(self, value: Exposure) -> Mapping[str, Any]:
        """Everything that is in the case."""
        return {
            "totals": value.totals,
            "added_lots": _lots(value.lots, value),
            "added_units": _units(value.units, value),
        }

    def idle(self, value: Exposure) -> Mapping[str, Any]:
        """The sums alone: the lists may be long, and were sent before."""
        return {"totals": value.totals}

    async def change(self, before: Exposure, now: Exposure, because: str | None) -> Mapping[str, Any]:
        """What joined, left and changed, and the event that did it."""
        lots = _difference(_by(before.lots, "lot_id"), _by(now.lots, "lot_id"))
        units = _difference(_by(before.units, "unit_id"), _by(now.units, "unit_id"))
        return {
            "totals": now.totals,
            "added_lots": _lots(lots[0], now),
            "removed_lots": _lots(lots[1], before),
            "changed_lots": _lots(lots[2], now),
            "added_units": _units(units[0], now),
            "removed_units": _units(units[1], before),
            "changed_units": _units(units[2], now),
            "because": await self._event(because),
        }

    def frame(self, common: Common, fields: Mapping[str, Any]) -> CaseFrame:
        """One frame of this case."""
        return CaseFrame(**common, case_id=self._case.case_id, **fields)

    async def _event(self, event_id: str | None) -> EventRecord | None:
        if event_id is None:
            return None
        row = (await things_by_key(self._graph, "Event", [event_id])).get(event_id)
        return None if row is None else event_record_of(row)


def _answered(events: list[Any], case: RecallCase) -> Answered[Exposure]:
    found = exposure(events, case.scope)
    told = repr([getattr(found, part.name) for part in fields(found) if part.repr])
    return Answered(found, hashlib.blake2b(told.encode(), digest_size=12).hexdigest())


def _said(found: Exposure) -> dict[tuple[str, str], object]:
    return {
        **{("Lot", row.lot_id): row for row in found.lots},
        **{("MaterialLot", row.material_lot_id): row for row in found.material_lots},
        **{("Unit", row.unit_id): row for row in found.units},
        **{("Shipment", row.shipment_id): row for row in found.shipments},
        **{("Order", row.order_id): row for row in found.orders},
        **{("Customer", row.customer_id): row for row in found.customers},
    }


def _by(rows: Sequence[Row], key: str) -> dict[str, Row]:
    return {getattr(row, key): row for row in rows}


def _difference(then: dict[str, Row], now: dict[str, Row]) -> tuple[list[Row], list[Row], list[Row]]:
    """Those that joined, those that left as they were, those that are otherwise now."""
    return (
        [row for key, row in now.items() if key not in then],
        [row for key, row in then.items() if key not in now],
        [row for key, row in now.items() if then.get(key, row) != row],
    )


def _lots(rows: Sequence[AffectedLot], found: Exposure) -> tuple[ShownLot, ...]:
    return tuple(ShownLot(row, found) for row in rows)


def _units(rows: Sequence[AffectedUnit], found: Exposure) -> tuple[ShownUnit, ...]:
    return tuple(ShownUnit(row, found) for row in rows)
