"""Alarms of machines (SEMI E30: set and cleared)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from twin.events.fact import Fact
from twin.vocabulary.identifiers import EquipmentId, Identifier, LotId, OperatorId
from twin.vocabulary.quantities import Text


class AlarmSet(Fact, frozen=True):
    """A machine raised an alarm."""

    alarm_id: Identifier
    equipment_id: EquipmentId
    code: Identifier
    text: Text
    category: Identifier | None = None
    lot_id: LotId | None = None


class AlarmCleared(Fact, frozen=True):
    """A machine took an alarm back."""

    alarm_id: Identifier
    equipment_id: EquipmentId


class AlarmAcknowledged(Fact, frozen=True):
    """A person saw an alarm."""

    alarm_id: Identifier
    by: OperatorId
    note: Text | None = None


class AlarmEscalated(Fact, frozen=True):
    """Nobody reacted in time; the next level was told."""

    alarm_id: Identifier
    level: Annotated[int, Meta(ge=1, le=3)]
    notified: tuple[Identifier, ...]
