"""Statements that go out to the graph before the ones sent earlier are answered."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Final, LiteralString

from neo4j import AsyncTransaction
from neo4j._codec.hydration import DehydrationHooks
from neo4j.exceptions import DriverError, Neo4jError, TransactionError

_PLAIN_ONLY: Final = DehydrationHooks({}, {}, {})
"""Lets the driver refuse times and objects itself, so that nobody looks at every value before."""

_SEND_FROM: Final = 64
"""Rows from which a statement goes out at once; fewer wait for the next, for a write to the socket less."""


class Ahead:
    """What a transaction has said and not yet heard the answer of; the graph answers in the same order.

    The driver (neo4j 6.4) waits for each answer and keeps its line to the graph to itself; this speaks on
    that line, for as long as the driver has not given it back. A statement that fails fails the next
    question, or the commit; the graph ignores what is behind it, the commit too.
    """

    def __init__(self, transaction: AsyncTransaction) -> None:
        self._transaction = transaction
        self._line: Any = transaction._connection  # noqa: SLF001
        self._watched_line: Any = transaction._error_handling_connection  # noqa: SLF001
        self._rows = 0
        self._leaving: asyncio.Task[None] | None = None
        self.is_refused = False
        """Whether the graph failed one of these statements."""

    async def say(self, statement: LiteralString, parameters: dict[str, object]) -> None:
        """Put a statement on the line, of which nobody needs a row.

        Raises:
            TypeError, ValueError, OverflowError: a value has no form on the line.
            DriverError: the line is broken.
        """
        await self.left()
        self._ours()
        self._line.run(
            statement, parameters=parameters, dehydration_hooks=_PLAIN_ONLY, on_failure=self._refused
        )
        self._line.pull(n=-1, on_failure=self._refused)
        self._rows += max((len(value) for value in parameters.values() if isinstance(value, list)), default=1)
        if self._rows >= _SEND_FROM:
            self._rows = 0
            self._leaving = asyncio.create_task(self._watched_line.send_all())
            await asyncio.sleep(0)  # hands it to the graph before we compute on

    async def left(self) -> None:
        """Wait until what goes out has gone; the line may not be written to before.

        Raises:
            DriverError: the line is broken.
        """
        leaving, self._leaving = self._leaving, None
        if leaving is not None:
            try:
                await leaving
            finally:
                await _ended(leaving)

    async def forget(self) -> None:
        """Hear all of it to its end, whatever it says: the transaction will not be committed."""
        with contextlib.suppress(DriverError, Neo4jError):
            await self.left()
            self._ours()
            await self._watched_line.send_all()
            await self._watched_line.fetch_all()

    async def drop(self) -> None:
        """Give up what still goes out; the line is lost with it."""
        leaving, self._leaving = self._leaving, None
        if leaving is not None:
            await _ended(leaving)

    def _refused(self, _told: dict[str, object]) -> None:
        self.is_refused = True

    def _ours(self) -> None:
        """Make sure that the driver has not given the line to somebody else, as it does after a failure."""
        failure = self._transaction._last_error  # noqa: SLF001
        if failure is not None or self._transaction.closed():
            raise TransactionError(self._transaction, "Transaction failed") from failure


async def _ended(task: asyncio.Task[None]) -> None:
    """Leave nothing running, and nothing of its failure unheard."""
    if not task.done():
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    elif not task.cancelled():
        task.exception()
