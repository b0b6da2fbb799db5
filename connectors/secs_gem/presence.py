"""Tells the twin whether a machine is heard, each change once."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Final

from connectors.contract import Intake
from connectors.errors import SourceUnavailable
from connectors.secs_gem.config import SecsGemOptions
from connectors.secs_gem.mapping import event_of
from twin.events.equipment import EquipmentConnected, EquipmentDisconnected
from twin.events.event import Event
from twin.vocabulary.instants import instant_of

_LOG: Final = logging.getLogger(__name__)


class Presence:
    """Whether one machine is heard; at the start nobody knows, so the first word is always told.

    A loss that could not be stored is kept with its time, and told before whatever is told next.
    """

    def __init__(self, options: SecsGemOptions, intake: Intake) -> None:
        self._options = options
        self._intake = intake
        self._heard: bool | None = None
        self._unsaid: Event | None = None

    async def heard(self) -> None:
        """Communication is established.

        Raises:
            SourceUnavailable: the fact could not be stored.
        """
        if self._heard is True and self._unsaid is None:
            return
        at = instant_of(datetime.now(UTC))
        fact = EquipmentConnected(equipment_id=self._options.equipment_id)
        connected = event_of(self._options, f"connected|{at}", at, fact)
        try:
            await self._intake.emit([connected] if self._unsaid is None else [self._unsaid, connected])
        except Exception as error:
            raise SourceUnavailable("facts could not be stored") from error
        self._heard, self._unsaid = True, None

    async def lost(self, reason: str) -> None:
        """Communication ended; when this cannot be stored now, it is told after the next failure."""
        if self._heard is False:
            return
        if self._unsaid is None:
            at = instant_of(datetime.now(UTC))
            fact = EquipmentDisconnected(equipment_id=self._options.equipment_id, reason=reason)
            self._unsaid = event_of(self._options, f"disconnected|{at}", at, fact)
        try:
            await self._intake.emit([self._unsaid])
        except Exception:  # noqa: BLE001 - a store that is down must not stop the listening
            _LOG.exception("%s: its loss could not be stored", self._options.id)
            return
        self._heard, self._unsaid = False, None
