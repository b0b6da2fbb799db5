"""The answer to a recall scope as it can be followed: what joins, leaves and changes, and why."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from resolvers.live_cohorts import Answered
from resolvers.live_topics import Common, scope_name
from resolvers.recall import impact_shown
from resolvers.shown import RecallImpact, ShownLot
from twin.graph.session import Graph
from twin.queries.clocks import LIVE
from twin.queries.events import event_record_of
from twin.queries.index.index import LineageIndex
from twin.queries.recall_impact import recall_impact
from twin.queries.things import things_by_key
from twin.records.event import EventRecord
from twin.records.frame import RecallFrame
from twin.records.recall import AffectedLot, Exposure, RecallScope
from twin.stream.change_feed import ChangedEvent

NO_LINEAGE: Final = frozenset(
    {
        "EquipmentRegistered",
        "EquipmentConnected",
        "EquipmentDisconnected",
        "EquipmentStateChanged",
        "ProductionCounted",
        "ParametersSampled",
        "AlarmSet",
        "AlarmCleared",
        "AlarmAcknowledged",
        "AlarmEscalated",
        "RecipeUploaded",
        "RecipeApproved",
        "RecipeRetired",
        "RecipeSelected",
        "RepairRequested",
        "RepairStarted",
        "RepairFinished",
        "MaintenanceDone",
    }
)
"""Facts about machines alone: no lot, material or part goes anywhere. All others could matter."""


@dataclass(frozen=True, slots=True)
class RecallNow:
    """What a suspect reached by everything recorded so far."""

    is_whole: ClassVar[bool] = False

    graph: Graph
    scope: RecallScope
    heavy: asyncio.Semaphore
    index: LineageIndex | None = None

    @property
    def name(self) -> str:
        """Bound to the scope."""
        return scope_name("recallImpact", self.scope)

    def concerns(self, event: ChangedEvent) -> bool:
        """Any fact but those about machines alone."""
        return event.type not in NO_LINEAGE

    async def ask(self) -> Answered[RecallImpact]:
        """The answer now, within what the process folds at once."""
        async with self.heavy:
            exposure = await recall_impact(self.graph, self.scope, LIVE, self.index)
            digest = await asyncio.to_thread(_digest, exposure)
        return Answered(await impact_shown(self.graph, self.scope, LIVE, exposure), digest)

    def cause(
        self, before: RecallImpact, now: RecallImpact, events: Sequence[ChangedEvent], *, sure: bool
    ) -> str | None:
        """The latest event that names what differs, else what was reached, else the latest of all."""
        then, still = _rows(before.exposure), _rows(now.exposure)
        reached = then.keys() | still.keys()
        differing = {thing for thing in reached if then.get(thing) != still.get(thing)}
        for things in (differing,) if sure and differing else (differing, reached):
            for event in reversed(events):
                if not things.isdisjoint(event.things):
                    return event.event_id
        return events[-1].event_id if events and not (sure and differing) else None

    def whole(self, value: RecallImpact) -> Mapping[str, Any]:
        """The whole answer, nothing joined or left."""
        return {"impact": value}

    def idle(self, value: RecallImpact) -> Mapping[str, Any]:  # noqa: ARG002
        """Nothing: the answer may be long, and was sent before."""
        return {}

    async def change(self, before: RecallImpact, now: RecallImpact, because: str | None) -> Mapping[str, Any]:
        """The lots that joined, left and changed, with the whole answer and the event that did it."""
        added, removed, changed = _difference(before.exposure, now.exposure)
        return {
            "impact": now,
            "added": _shown(added, now.exposure),
            "removed": _shown(removed, before.exposure),
            "changed": _shown(changed, now.exposure),
            "because": await self._event(because),
        }

    def frame(self, common: Common, fields: Mapping[str, Any]) -> RecallFrame:
        """One frame of this subject."""
        return RecallFrame(**common, **fields)

    async def _event(self, event_id: str | None) -> EventRecord | None:
        if event_id is None:
            return None
        row = (await things_by_key(self.graph, "Event", [event_id])).get(event_id)
        return None if row is None else event_record_of(row)


def _difference(
    before: Exposure, now: Exposure
) -> tuple[list[AffectedLot], list[AffectedLot], list[AffectedLot]]:
    """The lots that joined, those that left as they were, and those whose row changed as they are."""
    then = {row.lot_id: row for row in before.lots}
    still = {row.lot_id for row in now.lots}
    return (
        [row for row in now.lots if row.lot_id not in then],
        [row for row in before.lots if row.lot_id not in still],
        [row for row in now.lots if then.get(row.lot_id, row) != row],
    )


def _rows(exposure: Exposure) -> dict[tuple[str, str], object]:
    """What is said of each thing reached."""
    return {
        **{("Lot", row.lot_id): row for row in exposure.lots},
        **{("MaterialLot", row.material_lot_id): row for row in exposure.material_lots},
        **{("Unit", row.unit_id): row for row in exposure.units},
        **{("Shipment", row.shipment_id): row for row in exposure.shipments},
        **{("Order", row.order_id): row for row in exposure.orders},
        **{("Customer", row.customer_id): row for row in exposure.customers},
    }


def _shown(rows: Iterable[AffectedLot], exposure: Exposure) -> tuple[ShownLot, ...]:
    return tuple(ShownLot(row, exposure) for row in rows)


def _digest(exposure: Exposure) -> str:
    return hashlib.blake2b(repr(exposure).encode(), digest_size=12).hexdigest()
