"""Hears one SECS/GEM machine until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from connectors.contract import Connector, Intake
from connectors.errors import SourceUnavailable
from connectors.secs_gem.client import Connect, connections, session
from connectors.secs_gem.config import SecsGemOptions
from connectors.secs_gem.desk import Desk
from connectors.secs_gem.host import Host
from connectors.secs_gem.presence import Presence

_LOG: Final = logging.getLogger(__name__)


async def run(options: SecsGemOptions, intake: Intake) -> None:
    """Reports what the machine tells; when the link ends, connects again, for ever."""
    presence = Presence(options, intake)
    async with connections(options) as connect:
        while True:
            reasons: list[str] = []
            try:
                await _hear(connect, options, intake, presence)
            except* SourceUnavailable as lost:
                reasons += [str(reason) for reason in lost.exceptions]
            _stop_if_asked()
            _LOG.warning("%s: %s", options.id, "; ".join(reasons))
            await presence.lost(reasons[0])


async def _hear(connect: Connect, options: SecsGemOptions, intake: Intake, presence: Presence) -> None:
    async with session(connect, options) as opened, asyncio.TaskGroup() as tasks:
        host = Host(opened, options)
        desk = Desk(opened, options, intake, host.greeted)
        tasks.create_task(opened.listen())
        await opened.selected()
        tasks.create_task(opened.keep_alive())
        tasks.create_task(desk.work())
        await host.establish()
        await presence.heard()
        await host.keep_reporting()


def _stop_if_asked() -> None:
    """A task group that fails while it is cancelled swallows the cancellation; this brings it back."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


CONNECTOR: Final = Connector(config=SecsGemOptions, run=run, equipment=lambda options: options.equipment_id)
