"""The two graphs that the twin speaks with, and what their error codes mean to it."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final

from neo4j import Record
from neo4j.exceptions import DriverError, Neo4jError
from neo4j.graph import Entity

from twin.errors import GraphUnavailable, TwinError

ARCADEDB: Final = "arcadedb"
NEO4J: Final = "neo4j"

DEFAULT_DATABASE: Final = {ARCADEDB: "twin", NEO4J: "neo4j"}

_DATA_CODES: Final = ("Neo.ClientError.Statement.", "Neo.ClientError.Schema.")
_PLAIN: Final = frozenset({str, int, float, bool, bytes, bytearray, type(None)})


class GraphRefused(TwinError):
    """The graph will never take this statement with these values: sending it again changes nothing."""

    code = "graph.refused"


class RefusedAtCommit(GraphRefused):
    """A key was found taken at the commit: by another writer, or by the transaction itself.

    Trying again tells which: ArcadeDB checks keys against other writers only then.
    """


class LostRace(GraphUnavailable):
    """The call lost against another writer or lost its connection: the same call may pass at once."""


def dialect_of(agent: str) -> str:
    """Which of the two a server is, by the name it gives itself."""
    return ARCADEDB if "ArcadeDB" in agent else NEO4J


def translated(cause: Exception) -> TwinError:
    """The twin's error for a failure inside the driver; its words hold nothing internal.

    A server-side transaction timeout, which Neo4j reports as the client's fault, is
    ``GraphUnavailable``: the same statement may pass on a calmer server.
    """
    if isinstance(cause, DriverError | Neo4jError) and cause.is_retryable():
        return LostRace("the graph did not answer")
    if isinstance(cause, Neo4jError) and (cause.code or "").startswith(_DATA_CODES):
        return GraphRefused(f"the graph refused a value ({(cause.code or '').rpartition('.')[2]})")
    if isinstance(cause, TypeError | ValueError | ArithmeticError | struct.error):
        return GraphRefused(f"the graph cannot hold a value of this form ({type(cause).__name__})")
    return GraphUnavailable("the graph did not answer")


def translated_at_commit(cause: Exception) -> TwinError:
    """The twin's error for a failure to begin, commit or roll back."""
    error = translated(cause)
    return RefusedAtCommit(error.message) if isinstance(error, GraphRefused) else error


def checked(value: object) -> None:
    """Let only values through that both graphs keep exactly: no times, no objects.

    Instants are integers: an aware datetime loses its zone on one graph, and a ZoneInfo can crash
    the driver.

    Raises:
        GraphRefused: some value, at any depth, is of another type.
    """
    if type(value) in _PLAIN or isinstance(value, str | int | float):
        return
    if isinstance(value, dict):
        parts: Iterable[object] = value.values()
    elif isinstance(value, list | tuple):
        parts = value
    else:
        raise GraphRefused(f"a {type(value).__name__} is no value for the graph")
    if not _PLAIN.issuperset(map(type, parts)):
        for part in parts:
            if type(part) not in _PLAIN:
                checked(part)


def row(record: Record) -> dict[str, object]:
    """One answer row as plain Python values; a node or relationship becomes its properties."""
    return {key: _plain(value) for key, value in record.items()}  # type: ignore[no-untyped-call]


def _plain(value: object) -> object:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, list):
        for place, part in enumerate(value):  # as it came, nobody else has it: no second copy of long lists
            if type(part) not in _PLAIN:
                value[place] = _plain(part)
        return value
    if isinstance(value, dict | Entity):
        pairs: Iterable[tuple[str, object]] = value.items()
        return {key: _plain(part) for key, part in pairs}
    return value
