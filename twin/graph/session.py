"""The door to the graph: reads with a deadline, writes in explicit transactions, typed failures."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, LiteralString, TypeVar

from neo4j import READ_ACCESS, WRITE_ACCESS, AsyncDriver, AsyncSession, AsyncTransaction, Query
from neo4j.exceptions import DriverError, Neo4jError

from twin.errors import GraphUnavailable
from twin.graph.ahead import Ahead
from twin.graph.dialect import LostRace, RefusedAtCommit, checked, row, translated, translated_at_commit

T = TypeVar("T")
Rows = list[dict[str, Any]]

READ_SECONDS: Final = 9.0
"""Below the shortest deadline of a whole question, so that a silent graph is named as the one at fault."""

_BACKOFF_SECONDS: Final = (0.005, 0.01, 0.02, 0.03, 0.05, 0.05, 0.05, 0.05)
"""Waits between tries. The driver's own first wait is a whole second."""

_PROBE: Final[LiteralString] = "RETURN 1 AS one"
_PROBE_SECONDS: Final = 2.0


class _Unprinted(list[object]):
    """A list that the driver does not write out for its log, which costs as much as sending it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"[{len(self)} values]"


class Transaction:
    """One explicit transaction: what it writes is seen whole or not at all."""

    def __init__(self, transaction: AsyncTransaction) -> None:
        self._transaction = transaction
        self._ahead = Ahead(transaction)

    @property
    def is_refused(self) -> bool:
        """Whether the graph failed a statement that was sent, so that there is nothing to commit."""
        return self._ahead.is_refused

    async def write(self, statement: LiteralString, /, **parameters: object) -> Rows:
        """Send a writing statement; its rows.

        Raises:
            GraphRefused: a value or the statement is refused; the transaction is lost.
            GraphUnavailable: the graph did not answer.
        """
        return await self._run(statement, parameters)

    async def read(self, statement: LiteralString, /, **parameters: object) -> Rows:
        """Ask within the transaction, seeing its own writes."""
        return await self._run(statement, parameters)

    async def send(self, statement: LiteralString, /, **parameters: object) -> None:
        """Send a writing statement of which nobody needs a row, and go on while the graph works.

        Raises:
            GraphRefused, GraphUnavailable: as for ``write``, of this statement or one sent before;
                what is still under way at the end fails the commit.
        """
        try:
            await self._ahead.say(statement, _unprinted(parameters))
        except Exception as cause:
            raise translated(cause) from cause

    async def left(self) -> None:
        """Wait until what was sent has gone out; how it ends, the commit tells.

        Raises:
            GraphUnavailable: the graph is gone.
        """
        try:
            await self._ahead.left()
        except Exception as cause:
            raise translated(cause) from cause

    async def forget(self) -> None:
        """Hear what is still under way to its end: the transaction failed, whatever it says."""
        await self._ahead.forget()

    async def drop(self) -> None:
        """Give up what is still under way: the transaction will not be committed."""
        await self._ahead.drop()

    async def _run(self, statement: LiteralString, parameters: dict[str, object]) -> Rows:
        checked(parameters)
        try:
            await self._ahead.left()
            result = await self._transaction.run(statement, _unprinted(parameters))
            return [row(record) async for record in result]
        except Exception as cause:
            raise translated(cause) from cause


def _unprinted(parameters: dict[str, object]) -> dict[str, object]:
    return {
        name: _Unprinted(value) if isinstance(value, list) else value for name, value in parameters.items()
    }


async def _begun(session: AsyncSession, within: float) -> AsyncTransaction:
    # The driver keeps this to itself; it saves a round trip: BEGIN travels with the first statement.
    with session._pipelined_begin:  # noqa: SLF001
        return await session.begin_transaction(timeout=within)


class Graph:
    """The twin's graph database, by one pool of connections.

    A session per call: a session shared by two tasks spins the loop for ever. Each call ends within
    its deadline in seconds; the connection that missed it is dropped, the server may still finish.
    """

    def __init__(
        self,
        driver: AsyncDriver,
        *,
        database: str,
        dialect: str,
        read_within: float = READ_SECONDS,
        write_within: float = 30.0,
    ) -> None:
        self._driver = driver
        self._database = database
        self._read_within = read_within
        self._write_within = write_within
        self.dialect = dialect
        self.statements = 0
        """How many reads were sent outside transactions since the start: what one request costs."""

    async def read(self, statement: LiteralString, /, **parameters: object) -> Rows:
        """The rows that answer a question, tried again at once after a lost race or connection.

        Raises:
            GraphRefused: the statement or a value is refused.
            GraphUnavailable: no answer within the deadline.
        """
        checked(parameters)
        query = Query(statement, timeout=self._read_within)

        async def ask() -> Rows:
            self.statements += 1
            return await self._alone(query, parameters, READ_ACCESS)

        return await self._within(self._read_within, ask)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """An explicit transaction: committed on a clean exit, rolled back on any exception.

        A failed commit may still have happened: write so that doing it again changes nothing.

        Raises:
            GraphUnavailable: it could not be finished within the deadline.
        """
        deadline = asyncio.timeout(self._write_within)
        opened: Transaction | None = None
        try:
            async with (
                deadline,
                self._driver.session(database=self._database, default_access_mode=WRITE_ACCESS) as session,
                await _begun(session, self._write_within) as transaction,
            ):
                opened = Transaction(transaction)
                try:
                    yield opened
                    await opened.left()
                except Exception:
                    await opened.forget()
                    raise
                finally:
                    await opened.drop()
                await transaction.commit()
        except TimeoutError as cause:
            if not deadline.expired():
                raise
            raise GraphUnavailable("the graph did not answer in time") from cause
        except (DriverError, Neo4jError) as cause:
            at_commit = opened is None or not opened.is_refused
            raise (translated_at_commit if at_commit else translated)(cause) from cause

    async def write_with(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run ``work`` in a transaction of its own, from the start again after a lost race.

        ``work`` may run several times and must leave nothing behind but its writes.

        Raises:
            GraphRefused: the statement or a value is refused.
            GraphUnavailable: it could not be committed within the deadline.
        """

        async def attempt() -> T:
            async with self.transaction() as transaction:
                return await work(transaction)

        return await self._within(self._write_within, attempt)

    async def define(self, statement: LiteralString) -> None:
        """Send a schema statement (constraint or index), which no transaction may hold."""
        await self._within(self._write_within, lambda: self._alone(statement, {}, WRITE_ACCESS))

    async def ready(self) -> bool:
        """Whether a query on the database succeeds now."""
        try:
            async with (
                asyncio.timeout(_PROBE_SECONDS),
                self._driver.session(database=self._database) as session,
            ):
                await (await session.run(_PROBE)).consume()
        except Exception:  # noqa: BLE001 - whatever it is, the graph is not ready
            return False
        return True

    async def close(self) -> None:
        """Close every connection; a server that does not say goodbye is left."""
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                await self._driver.close()
        except TimeoutError:
            return

    async def _alone(self, query: LiteralString | Query, parameters: dict[str, object], access: str) -> Rows:
        try:
            async with self._driver.session(database=self._database, default_access_mode=access) as session:
                result = await session.run(query, parameters)
                return [row(record) async for record in result]
        except Exception as cause:
            raise translated(cause) from cause

    async def _within(self, seconds: float, call: Callable[[], Awaitable[T]]) -> T:
        deadline = asyncio.timeout(seconds)
        try:
            async with deadline:
                for wait in _BACKOFF_SECONDS:
                    with contextlib.suppress(LostRace, RefusedAtCommit):
                        return await call()
                    await asyncio.sleep(wait)
                return await call()
        except TimeoutError as cause:
            if not deadline.expired():
                raise
            raise GraphUnavailable("the graph did not answer in time") from cause
