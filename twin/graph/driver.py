"""Opens the graph at an address with the official driver."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from neo4j import AsyncDriver, AsyncGraphDatabase, ServerInfo
from neo4j.exceptions import ConfigurationError

from twin.errors import GraphUnavailable
from twin.graph.connecting import close_what_is_left
from twin.graph.dialect import DEFAULT_DATABASE, dialect_of, translated
from twin.graph.session import READ_SECONDS, Graph

_OPEN_SECONDS: Final = 10.0
_CONNECT_SECONDS: Final = 3.0
_GOODBYE_SECONDS: Final = 2.0
_SCHEMES: Final = ("bolt://", "bolt+s", "neo4j://", "neo4j+s")
_BAD_ADDRESS: Final = "the graph's address is not of the form bolt://host:port or neo4j://host:port"
_POOL: Final = 64
_QUEUE_SECONDS: Final = 60.0
"""No limit of its own: who queues for a connection waits as long as its own deadline, not less, lets it."""

_FETCH_ROWS: Final = 5_000


async def open_graph(
    url: str,
    user: str | None,
    password: str | None,
    database: str | None,
    read_within: float = READ_SECONDS,
) -> Graph:
    """The graph at a ``bolt://`` or ``neo4j://`` address, after it said which kind it is.

    Without a database name the kind's usual one is taken; ``read_within`` is the deadline of each read.

    Raises:
        GraphUnavailable: nobody answers there in time, or the password is wrong.
    """
    driver = _driver(url, None if user is None else (user, password or ""))
    try:
        server = await _server(driver)
    except BaseException:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await driver.close()
        raise
    dialect = dialect_of(server.agent)
    return Graph(
        driver, database=database or DEFAULT_DATABASE[dialect], dialect=dialect, read_within=read_within
    )


async def _server(driver: AsyncDriver) -> ServerInfo:
    try:
        async with asyncio.timeout(_OPEN_SECONDS):
            return await driver.get_server_info()
    except TimeoutError as cause:
        raise GraphUnavailable("the graph did not answer in time") from cause
    except Exception as cause:
        raise translated(cause) from cause


def _driver(url: str, credentials: tuple[str, str] | None) -> AsyncDriver:
    if not url.startswith(_SCHEMES):
        raise GraphUnavailable(_BAD_ADDRESS)
    close_what_is_left()
    try:
        return AsyncGraphDatabase.driver(
            url,
            auth=credentials,
            user_agent="dieloom",
            connection_timeout=_CONNECT_SECONDS,
            connection_acquisition_timeout=_QUEUE_SECONDS,
            max_connection_pool_size=_POOL,
            max_connection_lifetime=3600.0,
            fetch_size=_FETCH_ROWS,
            max_transaction_retry_time=0,
            notifications_min_severity="OFF",
            telemetry_disabled=True,
        )
    except (ConfigurationError, ValueError) as cause:
        raise GraphUnavailable(_BAD_ADDRESS) from cause
