import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph_migrations.runner import (
    SCRIPTS,
    MigrationsDoNotFit,
    MigrationsLocked,
    migrate,
    read_scripts,
)
from twin.graph.session import Graph
from twin.vocabulary.graph import NODE_KEYS

KEY = re.compile(r"FOR \(\w+:(\w+)\) REQUIRE \w+\.(\w+) IS UNIQUE")


@pytest.fixture
async def unmigrated(empty_graph: Graph) -> AsyncIterator[Graph]:
    await forget(empty_graph)
    yield empty_graph
    await forget(empty_graph)
    await migrate(empty_graph)


async def forget(graph: Graph) -> None:
    await graph.write_with(lambda tx: tx.write("MATCH (m:Migration) DELETE m"))


def script(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def marker(folder: Path, number: int) -> Path:
    return script(
        folder,
        f"V{number:04d}__lease_{number}.cypher",
        f"// a script of data\nMERGE (one:Lease {{lease_id: 'first-{number}'}});\n"
        f"MERGE (two:Lease {{lease_id: 'second-{number}'}});\n",
    )


async def leases(graph: Graph) -> list[str]:
    return [
        row["lease_id"]
        for row in await graph.read("MATCH (n:Lease) RETURN n.lease_id AS lease_id ORDER BY lease_id")
    ]


def test_every_label_of_the_vocabulary_has_its_unique_key() -> None:
    statements = [text for made in read_scripts(SCRIPTS) for text in made.statements]
    constraints = {match[1]: match[2] for text in statements if (match := KEY.search(text))}
    assert constraints == NODE_KEYS


def test_reads_a_script_as_its_statements_without_comments(tmp_path: Path) -> None:
    marker(tmp_path, 1)
    (read,) = read_scripts(tmp_path)
    assert (read.version, read.name) == ("0001", "lease_1")
    assert read.statements == (
        "MERGE (one:Lease {lease_id: 'first-1'})",
        "MERGE (two:Lease {lease_id: 'second-1'})",
    )


def test_a_checksum_covers_the_scripts_before(tmp_path: Path) -> None:
    marker(tmp_path, 1)
    marker(tmp_path, 2)
    before = read_scripts(tmp_path)
    script(tmp_path, "V0001__lease_1.cypher", "MERGE (one:Lease {lease_id: 'other'});\n")
    after = read_scripts(tmp_path)
    assert before[1].statements == after[1].statements
    assert before[1].checksum != after[1].checksum


@pytest.mark.parametrize("name", ["0001_lease.cypher", "V1__lease.cypher", "V0001_lease.cypher"])
def test_refuses_a_script_of_another_name_form(tmp_path: Path, name: str) -> None:
    script(tmp_path, name if name.startswith("V") else f"V{name}", "RETURN 1;\n")
    with pytest.raises(MigrationsDoNotFit, match="is not named like"):
        read_scripts(tmp_path)


def test_refuses_two_scripts_of_one_number(tmp_path: Path) -> None:
    script(tmp_path, "V0001__lease.cypher", "RETURN 1;\n")
    script(tmp_path, "V0001__other.cypher", "RETURN 1;\n")
    with pytest.raises(MigrationsDoNotFit, match="two scripts have one number"):
        read_scripts(tmp_path)


async def test_the_schema_of_the_twin_is_applied_once(unmigrated: Graph) -> None:
    assert await migrate(unmigrated) == [made.version for made in read_scripts(SCRIPTS)]
    assert await migrate(unmigrated) == []


async def test_applies_only_what_is_missing_in_order(unmigrated: Graph, tmp_path: Path) -> None:
    marker(tmp_path, 1)
    assert await migrate(unmigrated, tmp_path) == ["0001"]
    marker(tmp_path, 2)
    marker(tmp_path, 3)
    assert await migrate(unmigrated, tmp_path) == ["0002", "0003"]
    assert await leases(unmigrated) == ["first-1", "first-2", "first-3", "second-1", "second-2", "second-3"]


async def test_refuses_an_applied_script_that_was_changed(unmigrated: Graph, tmp_path: Path) -> None:
    marker(tmp_path, 1)
    await migrate(unmigrated, tmp_path)
    script(tmp_path, "V0001__lease_1.cypher", "MERGE (one:Lease {lease_id: 'changed'});\n")
    with pytest.raises(MigrationsDoNotFit) as refusal:
        await migrate(unmigrated, tmp_path)
    assert refusal.value.code == "migration.changed"
    assert await leases(unmigrated) == ["first-1", "second-1"]


async def test_refuses_a_script_slipped_in_between(unmigrated: Graph, tmp_path: Path) -> None:
    marker(tmp_path, 1)
    marker(tmp_path, 3)
    await migrate(unmigrated, tmp_path)
    marker(tmp_path, 2)
    with pytest.raises(MigrationsDoNotFit):
        await migrate(unmigrated, tmp_path)


async def test_refuses_a_graph_of_a_newer_program(unmigrated: Graph, tmp_path: Path) -> None:
    marker(tmp_path, 1)
    newer = marker(tmp_path, 2)
    await migrate(unmigrated, tmp_path)
    newer.unlink()
    with pytest.raises(MigrationsDoNotFit, match="version 0002"):
        await migrate(unmigrated, tmp_path)


async def test_two_runners_apply_a_script_once_between_them(unmigrated: Graph, tmp_path: Path) -> None:
    script(tmp_path, "V0001__count.cypher", "CREATE (one:Count {by: 'a runner'});\n")
    versions = await asyncio.gather(*(migrate(unmigrated, tmp_path) for _ in range(4)))
    assert sorted(versions) == [[], [], [], ["0001"]]
    assert await unmigrated.read("MATCH (n:Count) RETURN count(n) AS count") == [{"count": 1}]


async def test_gives_up_when_another_runner_holds_the_lock(unmigrated: Graph, tmp_path: Path) -> None:
    marker(tmp_path, 1)
    held = "CREATE (lock:Migration {version: 'lock', holder: 'another', held_until: $until})"
    await unmigrated.write_with(lambda tx: tx.write(held, until=soon(seconds=60)))
    with pytest.raises(MigrationsLocked):
        await migrate(unmigrated, tmp_path, wait=0.2)
    assert await leases(unmigrated) == []


async def test_a_lock_taken_while_the_asker_waited_for_the_graph_is_not_a_wrong_clock(
    unmigrated: Graph, tmp_path: Path
) -> None:
    marker(tmp_path, 1)
    held = "CREATE (lock:Migration {version: 'lock', holder: 'later', held_until: $until})"
    await unmigrated.write_with(lambda tx: tx.write(held, until=soon(seconds=150)))
    with pytest.raises(MigrationsLocked):
        await migrate(unmigrated, tmp_path, wait=0.2)


async def test_a_lock_left_behind_keeps_nobody_from_a_graph_that_is_up_to_date(
    unmigrated: Graph, tmp_path: Path
) -> None:
    marker(tmp_path, 1)
    assert await migrate(unmigrated, tmp_path) == ["0001"]
    left = "MATCH (lock:Migration {version: 'lock'}) SET lock.holder = 'dead', lock.held_until = $until"
    await unmigrated.write_with(lambda tx: tx.write(left, until=soon(seconds=60)))
    assert await migrate(unmigrated, tmp_path, wait=0.2) == []


async def test_a_lock_of_a_holder_whose_clock_was_an_hour_ahead_runs_out(
    unmigrated: Graph, tmp_path: Path
) -> None:
    marker(tmp_path, 1)
    held = "CREATE (lock:Migration {version: 'lock', holder: 'ahead', held_until: $until})"
    await unmigrated.write_with(lambda tx: tx.write(held, until=soon(seconds=3_720)))
    assert await migrate(unmigrated, tmp_path, wait=0.2) == ["0001"]


def soon(*, seconds: int) -> int:
    return time.time_ns() // 1_000_000 + seconds * 1_000


async def test_a_failing_script_is_not_recorded_and_is_applied_again(
    unmigrated: Graph, tmp_path: Path
) -> None:
    broken = script(tmp_path, "V0001__lease_1.cypher", "MERGE (one:Lease {lease_id: 'first-1'});\nFOO;\n")
    with pytest.raises(Exception, match="SyntaxError"):
        await migrate(unmigrated, tmp_path)
    broken.unlink()
    marker(tmp_path, 1)
    assert await migrate(unmigrated, tmp_path) == ["0001"]
    assert await leases(unmigrated) == ["first-1", "second-1"]
