"""Sends hold commands until they are acknowledged: again after longer and longer pauses, for ever."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import Final

import structlog

from twin.cases.commands import HoldCommands
from twin.cases.systems import TWIN, System
from twin.errors import TwinError
from twin.graph.session import Graph
from twin.queries.things import things_by_key
from twin.records.case import HoldCommand

AT_ONCE: Final = 4
BATCH: Final = 200
FIRST_PAUSE_MS: Final = 1_000
LONGEST_PAUSE_MS: Final = 300_000
_log = structlog.get_logger("dieloom.cases")


class Sender:
    """Tells every system its commands; one that is away holds up no other.

    A system that answers 200 or 204 has done it. One that answers 202 has heard it: the command then waits
    for ``acknowledgeHoldCommand`` and is sent again only when it is overdue.
    """

    def __init__(
        self,
        commands: HoldCommands,
        systems: Mapping[str, System],
        graph: Graph,
        clock: Callable[[], int],
        pause_s: float = 0.25,
    ) -> None:
        self._commands, self._systems, self._graph, self._clock = commands, systems, graph, clock
        self._pause_s = pause_s

    async def run(self) -> None:
        """Send for ever."""
        names = (TWIN, *self._systems)
        async with asyncio.TaskGroup() as group:
            for name in names:
                group.create_task(self._serve(name), name=f"holds {name}")

    async def _serve(self, name: str) -> None:
        while True:
            try:
                done = await self.turn(name)
            except TwinError as trouble:
                _log.warning("holds.waiting", system=name, reason=trouble.code)
                done = 0
            if done < BATCH:
                await asyncio.sleep(self._pause_s)

    async def turn(self, name: str) -> int:
        """Send a system what is due now; how many commands that were."""
        due = await self._commands.due(self._clock(), name, BATCH)
        if name == TWIN:
            await self._look(due)
            return 0
        system = self._systems[name]
        room = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._send(system, command, room) for command in due))
        return len(due)

    async def _look(self, due: list[HoldCommand]) -> None:
        """The twin has done what it was told when it shows the fact of the command's name."""
        if not due:
            return
        known = await things_by_key(self._graph, "Event", [command.command_id for command in due])
        await self._commands.acknowledge(list(known), self._clock(), TWIN)
        for command in due:
            if command.command_id not in known:
                await self._again(command, "not projected yet", _pause(command.attempts))

    async def _send(self, system: System, command: HoldCommand, room: asyncio.Semaphore) -> None:
        async with room:
            status = await system.send(command)
        if status in (200, 204):
            await self._commands.acknowledge([command.command_id], self._clock(), system.name)
        elif status == 202:
            patience = command.due_at - self._clock()
            await self._again(command, "heard, not done yet", max(patience, _pause(command.attempts)))
        else:
            why = f"answered {status}" if status else "does not answer"
            _log.warning("holds.not_acknowledged", system=system.name, command=command.command_id, why=why)
            await self._again(command, why, _pause(command.attempts))

    async def _again(self, command: HoldCommand, why: str, pause_ms: float) -> None:
        await self._commands.tried(command.command_id, int(self._clock() + pause_ms), why)


def _pause(attempts: int) -> float:
    """Twice as long after every attempt, up to five minutes, and never all at once."""
    longest: int = min(FIRST_PAUSE_MS * 2 ** min(attempts, 20), LONGEST_PAUSE_MS)
    return longest * (0.75 + 0.25 * random.random())  # noqa: S311 - spreads load, guards nothing
