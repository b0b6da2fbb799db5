"""Keeps every connector running: starts them, starts a failed one again, stops them cleanly."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid5

from connectors.contract import Intake
from connectors.errors import SourceUnavailable
from connectors.instances import Instance
from twin.events.equipment import EquipmentDisconnected
from twin.events.event import Event
from twin.vocabulary.instants import instant_of

_LOG: Final = logging.getLogger(__name__)
_NAMESPACE: Final = UUID("6f0b8f0e-5a3c-5d4b-9b53-0d1e10000012")
_AWAY_AFTER: Final = 2


@dataclass(frozen=True, kw_only=True)
class Pauses:
    """How long to wait before a failed connector is started again, in seconds: doubled up to a cap.

    A run of at least ``settled`` counts as recovered.
    """

    first: float = 1.0
    longest: float = 60.0
    settled: float = 60.0


@dataclass(kw_only=True)
class Condition:
    """How one instance fares: failures in a row, and what the last one was."""

    running: bool = False
    failures: int = 0
    reason: str | None = None


class Supervisor:
    """Runs all instances of a deployment until it is cancelled."""

    def __init__(
        self,
        instances: Sequence[Instance],
        intake_of: Callable[[Instance], Intake],
        pauses: Pauses | None = None,
    ) -> None:
        self._instances = tuple(instances)
        self._intake_of = intake_of
        self._pauses = pauses or Pauses()
        self.conditions: Final = {instance.options.id: Condition() for instance in self._instances}

    async def run(self) -> None:
        """Runs them side by side; the failure of one is nobody else's."""
        async with asyncio.TaskGroup() as tasks:
            for instance in self._instances:
                tasks.create_task(self._keep(instance), name=f"connector {instance.options.id}")

    async def _keep(self, instance: Instance) -> None:
        intake = self._intake_of(instance)
        condition = self.conditions[instance.options.id]
        clock = asyncio.get_running_loop().time
        unsaid: Event | None = None
        while True:
            started = clock()
            condition.running = True
            reason = await _run_once(instance, intake)
            condition.running = False
            condition.reason = reason
            condition.failures = 1 if clock() - started >= self._pauses.settled else condition.failures + 1
            if condition.failures == _AWAY_AFTER:
                unsaid = unsaid or _loss(instance, reason)
            if unsaid is not None and await _stored(unsaid, intake):
                unsaid = None
            pause = min(self._pauses.first * 2 ** min(condition.failures - 1, 16), self._pauses.longest)
            _LOG.warning("connector %s stopped: %s; again in %.1f s", instance.options.id, reason, pause)
            await asyncio.sleep(pause)


async def _run_once(instance: Instance, intake: Intake) -> str:
    try:
        instance.options.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        await instance.connector.run(instance.options, intake)
    except SourceUnavailable as lost:
        return str(lost)
    except Exception as fault:  # noqa: BLE001 - one connector's fault must not stop the others
        _LOG.exception("connector %s failed", instance.options.id)
        return f"it failed ({type(fault).__name__})"
    return "it ended by itself"


def _loss(instance: Instance, reason: str) -> Event | None:
    """The fact that the machine of a connector is no longer heard; None where it stands for no machine."""
    equipment_id = instance.connector.equipment(instance.options)
    if equipment_id is None:
        return None
    at = instant_of(datetime.now(UTC))
    return Event(
        event_id=str(uuid5(_NAMESPACE, f"{instance.options.id}|{equipment_id}|{at}")),
        source=instance.options.id,
        occurred_at=at,
        fact=EquipmentDisconnected(equipment_id=equipment_id, reason=reason),
    )


async def _stored(loss: Event, intake: Intake) -> bool:
    try:
        await intake.emit([loss])
    except Exception:  # noqa: BLE001 - a store that is down must not stop the supervisor
        _LOG.exception("the loss of a machine by %s could not be stored; tried again", loss.source)
        return False
    return True
