"""Everything that one process does about recall cases, opened and closed together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from twin.cases.change_log import ChangeLog
from twin.cases.commands import HoldCommands
from twin.cases.containment import Containment
from twin.cases.desk import Desk
from twin.cases.drills import Drills
from twin.cases.job_store import JobStore
from twin.cases.jobs import Jobs
from twin.cases.ledger import CaseLedger
from twin.cases.sender import Sender
from twin.cases.systems import systems_of
from twin.errors import TwinError
from twin.graph.session import Graph
from twin.intake.intake import Intake
from twin.intake.ledger import now
from twin.settings import Settings

_log = structlog.get_logger("dieloom.cases")
RESUME_S: Final = 30.0
DRILL_LOOK_S: Final = 60.0
_AGAIN_S: Final = 5.0
_MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a deployment handles its cases: the systems to tell, their tokens, and its patience with them."""

    systems: str | None = None
    tokens: str | None = None
    overdue_minutes: int = 15
    works: bool = True
    drill_hours: int = 0
    drill_seconds: int = 60

    @classmethod
    def of(cls, settings: Settings) -> Habits:
        """The habits that the settings ask for."""
        return cls(
            systems=settings.hold_systems,
            tokens=settings.hold_tokens,
            overdue_minutes=settings.hold_overdue_minutes,
            works="jobs" in settings.roles,
            drill_hours=settings.drill_hours,
            drill_seconds=settings.drill_seconds,
        )


class Office:
    """The cases of one deployment, in the files of one folder."""

    def __init__(
        self,
        folder: Path,
        graph: Graph,
        intake: Intake,
        habits: Habits | None = None,
        clock: Callable[[], int] = now,
    ) -> None:
        habits = habits or Habits()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        systems = systems_of(habits.systems, habits.tokens)
        self.clock = clock
        self.ledger = CaseLedger(folder / "cases.sqlite", clock)
        self.changes = ChangeLog(folder / "changes.sqlite", clock)
        self.commands = HoldCommands(folder / "holds.sqlite")
        self.desk = Desk(
            self.ledger, graph, lambda: intake.outbox.watermark().encode(), clock, asyncio.Semaphore(1)
        )
        self.containment = Containment(
            self.desk, intake.accept, self.commands, tuple(systems), habits.overdue_minutes * _MINUTE_MS
        )
        self.drills = Drills(self.desk, habits.drill_seconds)
        self._drill_hours, self._works = habits.drill_hours, habits.works
        self.jobs = Jobs(JobStore(folder / "jobs.sqlite", clock), graph, asyncio.Semaphore(1))
        self.sender = Sender(self.commands, systems, graph, clock)

    async def run(self) -> None:
        """Carry out what waits and send what is due, for ever; nothing where another process does."""
        if not self._works:
            return
        async with asyncio.TaskGroup() as group:
            for name, work in self._work().items():
                group.create_task(_kept_up(name, work), name=name)

    def _work(self) -> dict[str, Callable[[], Awaitable[None]]]:
        work: dict[str, Callable[[], Awaitable[None]]] = {
            "hold commands": self.sender.run,
            "case orders": self._resume,
            "recall jobs": self.jobs.run,
        }
        if self._drill_hours:
            work["recall drills"] = self._drill
        return work

    async def _resume(self) -> None:
        while True:
            try:
                await self.containment.resume()
            except TwinError as trouble:
                _log.warning("cases.waiting", reason=trouble.code)
            await asyncio.sleep(RESUME_S)

    async def _drill(self) -> None:
        while True:
            try:
                await self.drills.run_when_due(self._drill_hours)
            except TwinError as trouble:
                _log.warning("drill.waiting", reason=trouble.code)
            await asyncio.sleep(DRILL_LOOK_S)

    def close(self) -> None:
        """Let go of the files."""
        self.ledger.close()
        self.commands.close()
        self.changes.close()
        self.jobs.store.close()


async def _kept_up(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Work that nothing unexpected ends: one kind of it failing must not stop the holds of another."""
    while True:
        try:
            await work()
        except Exception:  # noqa: BLE001 - told in the log, and done again
            _log.exception("cases.failed", work=name)
        await asyncio.sleep(_AGAIN_S)
