"""Which lot is in a machine: the one that came last, until that one leaves."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

from twin.events.equipment import EquipmentStateChanged
from twin.events.event import Event, OrderKey
from twin.events.lot import LotTrackedIn, LotTrackedOut, TrackInCancelled

_MOST_LEFT: Final = 64
"""Lots that leave without another coming in: of so many it is known that they left."""


class LotInside(Struct):
    """The lot that came last, and which left since; that another lot leaves takes nothing from it."""

    lot_id: str | None = None
    came: OrderKey | None = None
    left: dict[str, OrderKey] = field(default_factory=dict)
    forgotten: OrderKey | None = None

    @property
    def now(self) -> str | None:
        """The lot that is inside now."""
        return None if self.lot_id in self.left else self.lot_id

    def rests_on(self, order: OrderKey) -> bool:
        """Whether the event of this order decides which lot is inside."""
        return order == self.came or order in self.left.values()

    def take(self, event: Event) -> bool:
        """Learn what an event says, in any order; False when only all events can tell."""
        match event.fact:
            case LotTrackedIn(lot_id=lot_id) | EquipmentStateChanged(lot_id=str() as lot_id):
                return self._come(lot_id, event.order)
            case LotTrackedOut(lot_id=lot_id) | TrackInCancelled(lot_id=lot_id):
                self._leave(lot_id, event.order)
        return True

    def _come(self, lot_id: str, order: OrderKey) -> bool:
        if self.came is not None and order < self.came:
            return True
        self.lot_id, self.came = lot_id, order
        self.left = {name: when for name, when in self.left.items() if when > order}
        return self.forgotten is None or self.forgotten < order

    def _leave(self, lot_id: str, order: OrderKey) -> None:
        if self.came is not None and order < self.came:
            return
        self.left[lot_id] = max(order, self.left.get(lot_id, order))
        if len(self.left) > _MOST_LEFT:
            oldest = min((name for name in self.left if name != self.lot_id), key=self.left.__getitem__)
            gone = self.left.pop(oldest)
            self.forgotten = gone if self.forgotten is None else max(self.forgotten, gone)
