"""The commands to systems that must stop lots and containers: kept until each was acknowledged."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from twin.cases.ledger import CasesUnavailable
from twin.errors import Refused
from twin.records.case import ContainmentCounts, HoldCommand
from twin.vocabulary.cases import CommandState, HoldTarget, HoldVerb
from twin.vocabulary.instants import Instant

MOST_WAITING: Final = 200_000
"""Commands that may wait for acknowledgement before more are refused."""

_SECONDS: Final = 10.0


class HoldCommands:
    """One SQLite file, synced at every change; several processes may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None

    async def issue(self, commands: Sequence[HoldCommand]) -> None:
        """Keep commands to be sent; those kept before stay as they are.

        Raises:
            Refused: ``holds.too_many`` wait already.
        """
        await asyncio.to_thread(self._issue, [_row(command) for command in commands])

    async def due(self, now: int, system: str, first: int) -> list[HoldCommand]:
        """The next commands to send to a system, those that waited longest first."""
        return await self._rows(_DUE, (system, now, first))

    async def tried(self, command_id: str, next_at: int, problem: str) -> None:
        """A system did not acknowledge a command: why, and when to send it again."""
        await asyncio.to_thread(self._change, _TRIED, [(next_at, problem, command_id)])

    async def acknowledge(self, command_ids: Sequence[str], at: int, by: str) -> None:
        """Systems have done what they were told; an acknowledgement is never taken back."""
        await asyncio.to_thread(self._change, _ACKNOWLEDGE, [(at, by, one) for one in command_ids])

    async def command(self, command_id: str) -> HoldCommand | None:
        """One command by its name."""
        found = await self._rows(_ONE, (command_id,))
        return found[0] if found else None

    async def of_case(self, case_id: str) -> list[HoldCommand]:
        """All commands of a case, in the order of their names."""
        return await self._rows(_OF_CASE, (case_id,))

    async def overdue(self, now: int, first: int) -> list[HoldCommand]:
        """The commands of all cases that wait for longer than they may, the oldest first."""
        return await self._rows(_OVERDUE, (now, first))

    async def counts(self, case_id: str, now: int) -> ContainmentCounts:
        """How many commands of a case stand where."""
        states = [command.state_at(now) for command in await self.of_case(case_id)]
        return ContainmentCounts(
            commands=len(states),
            acknowledged=states.count(CommandState.ACKNOWLEDGED),
            pending=states.count(CommandState.PENDING),
            overdue=states.count(CommandState.OVERDUE),
        )

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _issue(self, rows: list[tuple[Any, ...]]) -> None:
        waiting = self._fetch("SELECT count(*) FROM commands WHERE acknowledged_at IS NULL", ())[0][0]
        if waiting + len(rows) > MOST_WAITING:
            raise Refused(
                f"{waiting} hold commands wait for acknowledgement; at most {MOST_WAITING} may",
                code="holds.too_many",
            )
        self._change(_ISSUE, rows)

    async def _rows(self, statement: str, values: tuple[Any, ...]) -> list[HoldCommand]:
        return [_command(row) for row in await asyncio.to_thread(self._fetch, statement, values)]

    def _fetch(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                with closing(self._opened().execute(statement, values)) as found:
                    return found.fetchall()
            except sqlite3.Error as cause:
                raise CasesUnavailable("the hold commands cannot be read now; try again") from cause

    def _change(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        with self._lock:
            try:
                db = self._opened()
                db.execute("BEGIN IMMEDIATE")
                try:
                    db.executemany(statement, rows)
                    db.execute("COMMIT")
                except BaseException:
                    if db.in_transaction:
                        db.execute("ROLLBACK")
                    raise
            except sqlite3.Error as cause:
                raise CasesUnavailable("the hold commands cannot be written now; try again") from cause

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=_SECONDS)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.executescript(_TABLE)
            self._db = db
        return self._db


def _row(command: HoldCommand) -> tuple[Any, ...]:
    return tuple(getattr(command, name) for name in HoldCommand.__slots__)


def _command(row: Sequence[Any]) -> HoldCommand:
    told = dict(zip(HoldCommand.__slots__, row, strict=True))
    told["verb"], told["target"] = HoldVerb(told["verb"]), HoldTarget(told["target"])
    for name in ("issued_at", "due_at", "next_at"):
        told[name] = Instant(told[name])
    return HoldCommand(**told)


_TABLE: Final = """
CREATE TABLE IF NOT EXISTS commands (
    command_id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL,
    round INTEGER NOT NULL,
    system TEXT NOT NULL,
    verb TEXT NOT NULL,
    target TEXT NOT NULL,
    key TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    problem TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS waiting_commands ON commands (system, next_at) WHERE acknowledged_at IS NULL;
CREATE INDEX IF NOT EXISTS late_commands ON commands (due_at) WHERE acknowledged_at IS NULL;
CREATE INDEX IF NOT EXISTS commands_of_cases ON commands (case_id);
"""
_ISSUE: Final = """
INSERT OR IGNORE INTO commands VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_TRIED: Final = """
UPDATE commands SET attempts = attempts + 1, next_at = ?, problem = ?
WHERE command_id = ? AND acknowledged_at IS NULL
"""
_ACKNOWLEDGE: Final = """
UPDATE commands SET acknowledged_at = ?, acknowledged_by = ?, problem = NULL
WHERE command_id = ? AND acknowledged_at IS NULL
"""
_ONE: Final = "SELECT * FROM commands WHERE command_id = ?"
_OF_CASE: Final = "SELECT * FROM commands WHERE case_id = ? ORDER BY command_id"
_DUE: Final = """
SELECT * FROM commands WHERE system = ? AND next_at <= ? AND acknowledged_at IS NULL ORDER BY next_at LIMIT ?
"""
_OVERDUE: Final = """
SELECT * FROM commands WHERE due_at < ? AND acknowledged_at IS NULL ORDER BY due_at, command_id LIMIT ?
"""
