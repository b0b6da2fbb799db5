"""An alarm of a machine: set, escalated, acknowledged, cleared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from twin.events.alarm import AlarmAcknowledged, AlarmCleared, AlarmEscalated, AlarmSet
from twin.events.event import Event
from twin.events.fact import Fact
from twin.folds.fold import Fold

_LOWEST: Final = 1
_SINCE_IT_WAS_SET: Final = (
    *("level", "escalated_to", "cleared_at"),
    *("acknowledged_at", "acknowledged_by", "note"),
)


class AlarmFold(Fold):
    """An alarm; what happened to an earlier one of the same name ends when it is set again."""

    label: ClassVar[str] = "Alarm"
    defined_by: ClassVar[frozenset[type[Fact]]] = frozenset({AlarmSet})

    def tells(self, event: Event) -> Mapping[str, Any]:
        """What the event says of the alarm."""
        match event.fact:
            case AlarmSet() as fact:
                names = ("equipment_id", "code", "text", "category", "lot_id")
                return {name: getattr(fact, name) for name in names} | {"set_at": event.occurred_at}
            case AlarmCleared(equipment_id=equipment):
                return {"cleared_at": event.occurred_at, "heard_from": equipment}
            case AlarmAcknowledged(by=by, note=note):
                return {"acknowledged_at": event.occurred_at, "acknowledged_by": by, "note": note}
            case AlarmEscalated(level=level, notified=notified):
                return {"level": level, "escalated_to": list(notified)}
        return {}

    def properties(self) -> dict[str, Any]:
        """The alarm as the graph stores it."""
        values = super().properties()
        set_at = self.told_at("set_at")
        for name in _SINCE_IT_WAS_SET:
            told_at = self.told_at(name)
            if set_at is not None and told_at is not None and told_at < set_at:
                values[name] = None
        values["level"] = values["level"] or _LOWEST
        values["equipment_id"] = values["equipment_id"] or self.latest("heard_from")
        return values
