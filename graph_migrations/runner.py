"""Brings the schema of the graph up to date: numbered scripts, each applied once, in order."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final, LiteralString, cast

from twin.errors import TwinError
from twin.graph.session import Graph

SCRIPTS: Final = Path(__file__).parent

_NAME: Final = re.compile(r"V(\d{4})__([a-z0-9_]+)\.cypher")
_END: Final = re.compile(r";\s*(?:\n|\Z)")
_SCHEMA: Final = ("CREATE CONSTRAINT ", "CREATE INDEX ", "DROP CONSTRAINT ", "DROP INDEX ")
_LOCK_SECONDS: Final = 120.0
_BELIEVED_SECONDS: Final = 2 * _LOCK_SECONDS
"""An asker that waited for the graph compares with its older ``now``: that alone proves no clock wrong."""
_LOCK_POLL_SECONDS: Final = 0.1

_KEY: Final[LiteralString] = """
CREATE CONSTRAINT migration_key IF NOT EXISTS FOR (migration:Migration) REQUIRE migration.version IS UNIQUE
"""
_TAKE: Final[LiteralString] = """
MERGE (lock:Migration {version: 'lock'})
SET lock.asked_by = $holder
WITH lock WHERE coalesce(lock.held_until, 0) < $now OR lock.held_until > $believed
SET lock.holder = $holder, lock.held_until = $until
RETURN lock.holder AS holder
"""
"""What is held past the latest believed end was taken by a clock that was wrong, or ours was."""
_FREE: Final[LiteralString] = """
MATCH (lock:Migration {version: 'lock'}) WHERE lock.holder = $holder
SET lock.held_until = 0
"""
_APPLIED: Final[LiteralString] = """
MATCH (migration:Migration) WHERE migration.version <> 'lock'
RETURN migration.version AS version, migration.checksum AS checksum
ORDER BY version
"""
_RECORD: Final[LiteralString] = """
MERGE (migration:Migration {version: $version})
SET migration.name = $name, migration.checksum = $checksum, migration.applied_at = $applied_at
"""


class MigrationsDoNotFit(TwinError):
    """The graph was made by scripts that are not these: one was changed, removed or slipped in between."""

    code = "migration.changed"


class MigrationsLocked(TwinError):
    """Another process is changing the schema and did not finish in time."""

    code = "migration.locked"


@dataclass(frozen=True, kw_only=True)
class Script:
    """One numbered script; its checksum covers all scripts before it too."""

    version: str
    name: str
    statements: tuple[str, ...]
    checksum: str


async def migrate(graph: Graph, folder: Path = SCRIPTS, *, wait: float = 60.0) -> list[str]:
    """Apply the scripts that the graph lacks; their versions in order, none when it is up to date.

    A script that was cut off is applied again from its start, so each statement must allow that.

    Raises:
        MigrationsDoNotFit: an applied script is not the one in the folder.
        MigrationsLocked: another runner held the lock for longer than ``wait`` seconds.
    """
    scripts = await asyncio.to_thread(read_scripts, folder)
    await graph.define(_KEY)
    if not await _lacking(graph, scripts):
        return []  # without the lock: a process that ends while it holds it keeps no other from starting
    async with _lock(graph, wait):
        pending = await _lacking(graph, scripts)
        for script in pending:
            await _apply(graph, script)
    return [script.version for script in pending]


async def _lacking(graph: Graph, scripts: Sequence[Script]) -> list[Script]:
    return _pending(scripts, {row["version"]: row["checksum"] for row in await graph.read(_APPLIED)})


def read_scripts(folder: Path) -> list[Script]:
    """The scripts of a folder in order.

    Raises:
        MigrationsDoNotFit: two scripts have one number.
    """
    scripts: list[Script] = []
    checksum = ""
    for path in sorted(folder.glob("V*.cypher")):
        match = _NAME.fullmatch(path.name)
        if match is None:
            raise MigrationsDoNotFit(f"{path.name} is not named like V0001__what_it_does.cypher")
        text = path.read_text(encoding="utf-8")
        checksum = hashlib.sha256(f"{checksum}\n{path.name}\n{text}".encode()).hexdigest()
        scripts.append(
            Script(version=match[1], name=match[2], statements=_statements(text), checksum=checksum)
        )
    if any(former.version == latter.version for former, latter in pairwise(scripts)):
        raise MigrationsDoNotFit("two scripts have one number")
    return scripts


def _statements(text: str) -> tuple[str, ...]:
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("//"))
    return tuple(part.strip() for part in _END.split(code) if part.strip())


def _pending(scripts: Sequence[Script], applied: dict[str, str]) -> list[Script]:
    known = {script.version for script in scripts}
    unknown = sorted(set(applied) - known)
    if unknown:
        raise MigrationsDoNotFit(f"the graph has version {unknown[-1]}, which this program does not know")
    for script in scripts[: len(applied)]:
        if applied.get(script.version) != script.checksum:
            raise MigrationsDoNotFit(
                f"script {script.version} or one before it is not what the graph was made by"
            )
    return list(scripts[len(applied) :])


async def _apply(graph: Graph, script: Script) -> None:
    for text in script.statements:
        # Reviewed with the code, never from outside. mypy takes any str for a literal one, pyright does not.
        statement = cast("LiteralString", text)  # type: ignore[redundant-cast]
        if statement.startswith(_SCHEMA):
            await graph.define(statement)
        else:
            await graph.write_with(lambda tx, sent=statement: tx.write(sent))  # type: ignore[misc]
    await graph.write_with(
        lambda tx: tx.write(
            _RECORD,
            version=script.version,
            name=script.name,
            checksum=script.checksum,
            applied_at=time.time_ns() // 1_000_000,
        )
    )


@contextlib.asynccontextmanager
async def _lock(graph: Graph, wait: float) -> AsyncIterator[None]:
    holder = secrets.token_hex(8)
    end = time.monotonic() + wait
    while not await _taken(graph, holder):
        if time.monotonic() > end:
            raise MigrationsLocked("another process is changing the schema of the graph")
        await asyncio.sleep(_LOCK_POLL_SECONDS)
    try:
        yield
    finally:
        await graph.write_with(lambda tx: tx.write(_FREE, holder=holder))


async def _taken(graph: Graph, holder: str) -> bool:
    now = time.time_ns() // 1_000_000
    until = now + int(_LOCK_SECONDS * 1000)
    believed = now + int(_BELIEVED_SECONDS * 1000)
    rows = await graph.write_with(
        lambda tx: tx.write(_TAKE, holder=holder, now=now, until=until, believed=believed)
    )
    return bool(rows)
