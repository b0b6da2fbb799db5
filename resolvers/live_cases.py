"""A recall case as it can be followed: the lots and units that join and leave it, and why."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Final, TypeVar

import msgspec

from resolvers.live_cohorts import Answered
from resolvers.live_recall import NO_LINEAGE
from resolvers.live_topics import Common, scope_name
from resolvers.shown import ShownLot, ShownUnit
from twin.events.codec import fact_json
from twin.events.event import Event
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


@dataclass(frozen=True, slots=True)
class Found:
    """What a suspect reached, and the events that say so, so that the causing one is at hand."""

    exposure: Exposure
    told: Mapping[str, Event] = field(repr=False)


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

    async def ask(self) -> Answered[Found]:
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

    def cause(self, before: Found, now: Found, events: Sequence[ChangedEvent], *, sure: bool) -> str | None:
        """The latest event that names what joined, else what differs, what was reached, or anything.

        Facts about machines alone move nothing: one of them is named only when there is no other.
        """
        then, still = _said(before.exposure), _said(now.exposure)
        reached = then.keys() | still.keys()
        differing = {thing for thing in reached if then.get(thing) != still.get(thing)}
        told = [*events, *self._late]
        told = [event for event in told if event.type not in NO_LINEAGE] or told
        joined = still.keys() - then.keys()
        for things in (joined, differing) if sure and differing else (joined, differing, reached):
            for event in reversed(told):
                if not things.isdisjoint(event.things):
                    return event.event_id
        return told[-1].event_id if told and not (sure and differing) else None

    def whole(self, value: Found) -> Mapping[str, Any]:
        """Everything that is in the case."""
        found = value.exposure
        return {
            "totals": found.totals,
            "added_lots": _lots(found.lots, found),
            "added_units": _units(found.units, found),
        }

    def idle(self, value: Found) -> Mapping[str, Any]:
        """The sums alone: the lists may be long, and were sent before."""
        return {"totals": value.exposure.totals}

    async def change(self, before: Found, now: Found, because: str | None) -> Mapping[str, Any]:
        """What joined, left and changed, and the event that did it."""
        then, still = before.exposure, now.exposure
        lots = _difference(_by(then.lots, "lot_id"), _by(still.lots, "lot_id"))
        units = _difference(_by(then.units, "unit_id"), _by(still.units, "unit_id"))
        return {
            "totals": still.totals,
            "added_lots": _lots(lots[0], still),
            "removed_lots": _lots(lots[1], then),
            "changed_lots": _lots(lots[2], still),
            "added_units": _units(units[0], still),
            "removed_units": _units(units[1], then),
            "changed_units": _units(units[2], still),
            "because": await self._event(because, now.told),
        }

    def frame(self, common: Common, fields: Mapping[str, Any]) -> CaseFrame:
        """One frame of this case."""
        return CaseFrame(**common, case_id=self._case.case_id, **fields)

    async def _event(self, event_id: str | None, told: Mapping[str, Event]) -> EventRecord | None:
        if event_id is None:
            return None
        if (event := told.get(event_id)) is not None:
            return _record(event)
        row = (await things_by_key(self._graph, "Event", [event_id])).get(event_id)
        return None if row is None else event_record_of(row)


def _record(event: Event) -> EventRecord:
    """An event as a reader sees it; one that an answer rests on is not voided."""
    return EventRecord(
        event_id=event.event_id,
        type=event.type,
        source=event.source,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        data=msgspec.json.decode(fact_json(event)),
    )


def _answered(events: list[Event], case: RecallCase) -> Answered[Found]:
    found = exposure(events, case.scope)
    told = repr([getattr(found, part.name) for part in fields(found) if part.repr])
    at_hand = {event.event_id: event for event in events}
    return Answered(Found(found, at_hand), hashlib.blake2b(told.encode(), digest_size=12).hexdigest())


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
